import Model

/// The dynamic table of one direction (RFC 7541 §2.3.2), which may be known in part.
///
/// After a header block was lost, an unknown number of entries was added in front of those that were known. None of the
/// old ones can be named any more; those that are added from then on can, because indices count from the newest. The table
/// is whole again when the entries added since would have driven out everything older.
struct HPACKTable {
  struct Entry {
    /// Nil when the name was taken from an entry that is not known, or the field was too large to keep.
    var name: String?
    /// Octets that it has on the wire: text that was read as ISO 8859-1 has more as UTF-8. 0 for a name that was lost.
    var nameCount: Int
    var value: String
    var valueCount: Int

    /// What it counts for in the table (§4.1); with a name that was lost, the least that it can be.
    var size: Int { nameCount + valueCount + 32 }
  }

  enum Lookup {
    case known(Entry)
    /// There may be such an entry, but what it says was lost.
    case lost
    /// There is no such entry.
    case none
  }

  private(set) var size = 0
  /// What the encoder keeps to: 4,096 (RFC 9113 §6.5.2) until it says otherwise.
  private(set) var maximumSize = 4_096
  /// False while the encoder's maximum was not seen.
  private(set) var isMaximumKnown = true
  /// Entries older than those held may exist.
  private(set) var isPartial = false
  private var entries: [Entry] = []
  /// Evicted entries at the front of `entries`.
  private var evicted = 0

  var count: Int { entries.count - evicted }

  /// The entry with `index`, where 0 is the newest.
  func entry(_ index: Int) -> Lookup {
    guard index < count else {
      // No entry is smaller than 32 octets.
      let most = isMaximumKnown ? maximumSize / 32 : .max
      return isPartial && index < most ? .lost : .none
    }
    return .known(entries[entries.count - 1 - index])
  }

  mutating func add(_ entry: Entry) {
    // §4.4: an entry larger than the table empties it.
    let bound = self.bound
    evict(to: bound - entry.size)
    guard entry.size <= bound else { return }
    entries.append(entry)
    size += entry.size
  }

  /// A dynamic table size update (§6.3).
  mutating func resize(_ maximum: Int) {
    maximumSize = maximum
    isMaximumKnown = true
    evict(to: bound)
    if maximum < 32 { isPartial = false }
  }

  /// Header blocks were lost, and with them what they did to the table.
  ///
  /// They may have held a size update, too.
  mutating func lose() {
    entries.removeAll()
    (evicted, size) = (0, 0)
    isPartial = true
    isMaximumKnown = false
  }

  private var bound: Int { isMaximumKnown ? min(maximumSize, HTTP2Limits.tableSize) : HTTP2Limits.tableSize }

  private mutating func evict(to bound: Int) {
    guard size > bound else { return }
    // Where our bound is the encoder's, nothing older than what goes is left. Where ours is lower, it keeps what goes.
    isPartial = !isMaximumKnown || maximumSize > HTTP2Limits.tableSize
    while size > bound, evicted < entries.count {
      size -= entries[evicted].size
      evicted += 1
    }
    guard evicted > 64, evicted > entries.count / 2 else { return }
    entries.removeFirst(evicted)
    evicted = 0
  }
}
