import Model

/// Sources that wait with a packet in hand, the earliest first.
struct PacketMerge {
  private struct Entry {
    var time: Int64
    /// Place in the order of opening: of equal times the source that began first goes first.
    var rank: Int
    var slot: Int

    func precedes(_ other: Entry) -> Bool {
      time != other.time ? time < other.time : rank < other.rank
    }
  }

  private var heap: [Entry] = []
  private var readers: [PacketReader] = []
  private var free: [Int] = []

  var count: Int { heap.count }

  /// Time and rank of the earliest.
  var first: (time: Int64, rank: Int)? { heap.first.map { ($0.time, $0.rank) } }

  /// Takes `reader`, which has just read a packet, and leaves an empty one in its place.
  mutating func insert(_ reader: inout PacketReader) {
    let slot: Int
    if let used = free.popLast() {
      slot = used
    } else {
      slot = readers.count
      readers.append(PacketReader())
    }
    swap(&reader, &readers[slot])
    push(Entry(time: readers[slot].header.time.nanoseconds, rank: readers[slot].rank, slot: slot))
  }

  /// Puts the earliest into `reader`, which must be empty.
  mutating func removeFirst(into reader: inout PacketReader) {
    guard let entry = heap.first else { return }
    swap(&reader, &readers[entry.slot])
    free.append(entry.slot)
    let last = heap.removeLast()
    guard !heap.isEmpty else { return }
    heap[0] = last
    sift(0)
  }

  /// Exchanges `reader` for the earliest, which must precede it.
  mutating func exchangeFirst(with reader: inout PacketReader) {
    guard let entry = heap.first else { return }
    swap(&reader, &readers[entry.slot])
    heap[0] = Entry(
      time: readers[entry.slot].header.time.nanoseconds, rank: readers[entry.slot].rank, slot: entry.slot)
    sift(0)
  }

  private mutating func push(_ entry: Entry) {
    heap.append(entry)
    var index = heap.count - 1
    while index > 0, heap[index].precedes(heap[(index - 1) / 2]) {
      heap.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  private mutating func sift(_ start: Int) {
    var index = start
    while true {
      var least = index
      for child in [2 * index + 1, 2 * index + 2] where child < heap.count && heap[child].precedes(heap[least]) {
        least = child
      }
      guard least != index else { return }
      heap.swapAt(index, least)
      index = least
    }
  }
}
