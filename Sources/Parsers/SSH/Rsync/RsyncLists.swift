/// The lists of a connection, by the numbers of their entries.
struct RsyncLists {
  private struct List {
    /// Of the first entry; with incremental recursion the number before it is the folder's.
    var start: Int
    var folder: RsyncEntry?
    var entries: [RsyncEntry]
    var byteCount: Int
  }

  private var lists: [List] = []
  /// Of the lists, those that are over.
  private var overCount = 0
  /// Folders by the numbers by which lists name them.
  private var folders: [RsyncEntry] = []
  private(set) var nextStart: Int
  /// Entries of all lists, also of those that are over.
  private(set) var count = 0
  private(set) var listCount = 0
  private var heldCount = 0
  private var byteCount = 0
  /// The only entry, where it is no folder.
  private(set) var isAlone = false

  init(isIncremental: Bool) { nextStart = isIncremental ? 1 : 0 }

  /// Whether there is room for more entries.
  func hasRoom(for entries: Int, _ bytes: Int) -> Bool {
    heldCount + entries < RsyncLimits.entries && byteCount + bytes < RsyncLimits.nameBytes
  }

  /// Takes a whole list, and puts it into the order in which its entries are numbered.
  mutating func add(_ entries: [RsyncEntry], of folder: Int?) {
    let sorted = entries.map { ($0.order, $0) }.sorted { $0.0.lexicographicallyPrecedes($1.0) }.map(\.1)
    let bytes = sorted.reduce(0) { $0 + $1.name.count + ($1.target?.count ?? 0) }
    // What the command names with a slash at its end is a folder without a name of its own.
    let top = sorted.first.flatMap { $0.order.isEmpty ? $0 : nil }
    let parent = folder.map { folders.indices.contains($0) ? folders[$0] : nil } ?? top
    lists.append(List(start: nextStart, folder: parent, entries: sorted, byteCount: bytes))
    let found = sorted.filter(\.isFolder)
    folders += found
    isAlone = count == 0 && entries.count == 1 && found.isEmpty
    nextStart += entries.count + 1
    count += entries.count
    heldCount += entries.count + found.count + 1
    byteCount += bytes + found.reduce(0) { $0 + $1.name.count }
    listCount += 1
  }

  /// The oldest list is over.
  mutating func removeFirst() {
    guard overCount + 1 < lists.count else { return }
    heldCount -= lists[overCount].entries.count + 1
    byteCount -= lists[overCount].byteCount
    lists[overCount].entries = []
    overCount += 1
    guard overCount > lists.count / 2 else { return }
    lists.removeFirst(overCount)
    overCount = 0
  }

  func entry(_ number: Int) -> RsyncEntry? {
    var (low, high) = (overCount, lists.count)
    while low < high {
      let middle = (low + high) / 2
      if lists[middle].start <= number { low = middle + 1 } else { high = middle }
    }
    if low > overCount, lists[low - 1].entries.indices.contains(number - lists[low - 1].start) {
      return lists[low - 1].entries[number - lists[low - 1].start]
    }
    return low < lists.count && lists[low].start == number + 1 ? lists[low].folder : nil
  }
}
