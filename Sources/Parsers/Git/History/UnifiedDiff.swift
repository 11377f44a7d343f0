import Bytes

/// The hunks of a unified diff, as `git diff` writes them (diff format of GNU diffutils, three lines of context).
struct UnifiedDiff {
  private(set) var text: [UInt8] = []
  /// Steps that the comparison took.
  let steps: Int
  let isCut: Bool
  private let table: LineTable

  private static let context = 3
  /// Bytes of a line that are repeated behind `@@`.
  private static let headingLength = 80

  /// A run of lines that were replaced.
  private struct Change {
    var old: Range<Int>
    var new: Range<Int>
  }

  init(_ old: [UInt8], _ new: [UInt8], stepLimit: Int) {
    let diff = LineDiff(old, new, stepLimit: stepLimit)
    table = diff.table
    steps = diff.steps
    isCut = diff.isCut
    write(changes())
  }

  private func changes() -> [Change] {
    var found: [Change] = []
    var (i, j) = (0, 0)
    while i < table.old.count || j < table.new.count {
      let (oldStart, newStart) = (i, j)
      while i < table.old.count, table.old.isChanged[i] { i += 1 }
      while j < table.new.count, table.new.isChanged[j] { j += 1 }
      if i > oldStart || j > newStart {
        found.append(Change(old: oldStart..<i, new: newStart..<j))
      } else {
        (i, j) = (i + 1, j + 1)
      }
    }
    return found
  }

  private mutating func write(_ changes: [Change]) {
    var first = 0
    var heading: ArraySlice<UInt8> = []
    var searched = -1
    while first < changes.count {
      var last = first
      // Changes whose contexts touch share a hunk.
      while last + 1 < changes.count,
        changes[last + 1].old.lowerBound - changes[last].old.upperBound <= 2 * Self.context
      { last += 1 }
      let (begin, end) = (changes[first], changes[last])
      let oldStart = max(begin.old.lowerBound - Self.context, 0)
      let newStart = max(begin.new.lowerBound - Self.context, 0)
      let after = min(
        Self.context, table.old.count - end.old.upperBound, table.new.count - end.new.upperBound)
      let (oldEnd, newEnd) = (end.old.upperBound + after, end.new.upperBound + after)
      var line = oldStart - 1
      while line > searched {
        if let found = Self.heading(table.old.line(line)) {
          heading = found
          break
        }
        line -= 1
      }
      searched = oldStart - 1
      writeHead(oldStart..<oldEnd, newStart..<newEnd, heading)
      var (i, j) = (oldStart, newStart)
      for change in changes[first...last] {
        while i < change.old.lowerBound, j < change.new.lowerBound {
          writeLine(0x20, table.new, j)
          (i, j) = (i + 1, j + 1)
        }
        for index in change.old { writeLine(0x2d, table.old, index) }
        for index in change.new { writeLine(0x2b, table.new, index) }
        (i, j) = (change.old.upperBound, change.new.upperBound)
      }
      while i < oldEnd, j < newEnd {
        writeLine(0x20, table.new, j)
        (i, j) = (i + 1, j + 1)
      }
      first = last + 1
    }
  }

  /// A line that begins with a letter, `_` or `$` names what follows.
  private static func heading(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard let byte = line.first else { return nil }
    let isName = (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x5f || byte == 0x24
    guard isName else { return nil }
    var found = line.prefix(headingLength)
    while let last = found.last, last == 0x20 || (0x09...0x0d).contains(last) { found.removeLast() }
    return found
  }

  private mutating func writeHead(_ old: Range<Int>, _ new: Range<Int>, _ heading: ArraySlice<UInt8>) {
    func place(_ range: Range<Int>) -> String {
      let start = range.isEmpty ? range.lowerBound : range.lowerBound + 1
      return range.count == 1 ? "\(start)" : "\(start),\(range.count)"
    }
    text += Array("@@ -\(place(old)) +\(place(new)) @@".utf8)
    if !heading.isEmpty { text += [0x20] + heading }
    text.append(0x0a)
  }

  private mutating func writeLine(_ sign: UInt8, _ side: LineTable.Side, _ index: Int) {
    text.append(sign)
    text.append(contentsOf: side.line(index))
    text.append(0x0a)
    if !side.endsWithLineFeed(index) { text += Array("\\ No newline at end of file\n".utf8) }
  }
}
