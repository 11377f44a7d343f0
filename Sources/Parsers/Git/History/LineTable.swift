import Bytes

/// The lines of two texts, with one number for all lines that are the same.
struct LineTable {
  /// One text: where its lines begin, and their numbers.
  struct Side {
    let bytes: [UInt8]
    /// One more than there are lines.
    fileprivate(set) var starts: [Int] = [0]
    fileprivate(set) var classes: [Int] = []
    var isChanged: [Bool] = []

    var count: Int { classes.count }

    /// The line without the line feed at its end.
    func line(_ index: Int) -> ArraySlice<UInt8> {
      let slice = bytes[starts[index]..<starts[index + 1]]
      return slice.last == 0x0a ? slice.dropLast() : slice
    }

    func endsWithLineFeed(_ index: Int) -> Bool { bytes[starts[index + 1] - 1] == 0x0a }
  }

  var old: Side
  var new: Side
  /// How often each number occurs, by side.
  private(set) var oldCounts: [Int] = []
  private(set) var newCounts: [Int] = []

  private var heads: [Int: Int] = [:]
  private var next: [Int] = []
  private var representatives: [(isOld: Bool, start: Int, end: Int)] = []

  init(_ old: [UInt8], _ new: [UInt8]) {
    self.old = Side(bytes: old)
    self.new = Side(bytes: new)
    split(isOld: true)
    split(isOld: false)
    self.old.isChanged = Array(repeating: false, count: self.old.count)
    self.new.isChanged = Array(repeating: false, count: self.new.count)
    (heads, next, representatives) = ([:], [], [])
  }

  private mutating func split(isOld: Bool) {
    let text = isOld ? old.bytes : new.bytes
    let bytes = text.span
    var index = 0
    while index < bytes.count {
      let end = bytes.firstIndex(of: 0x0a, from: index).map { $0 + 1 } ?? bytes.count
      let number = number(of: bytes.extracting(index..<end), isOld: isOld, index, end)
      if isOld {
        old.classes.append(number)
        old.starts.append(end)
        oldCounts[number] += 1
      } else {
        new.classes.append(number)
        new.starts.append(end)
        newCounts[number] += 1
      }
      index = end
    }
  }

  private mutating func number(of line: Span<UInt8>, isOld: Bool, _ start: Int, _ end: Int) -> Int {
    var hasher = Hasher()
    unsafe line.withUnsafeBufferPointer { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    let hash = hasher.finalize()
    var candidate = heads[hash] ?? -1
    while candidate >= 0 {
      let found = representatives[candidate]
      let text = found.isOld ? old.bytes : new.bytes
      if text.span.extracting(found.start..<found.end).elementsEqual(line) { return candidate }
      candidate = next[candidate]
    }
    let number = representatives.count
    representatives.append((isOld, start, end))
    next.append(heads[hash] ?? -1)
    heads[hash] = number
    oldCounts.append(0)
    newCounts.append(0)
    return number
  }
}
