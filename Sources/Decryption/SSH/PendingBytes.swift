import Bytes
import Model

/// Bytes of one direction that are not read yet, and where each of them stood.
struct PendingBytes {
  /// Places of pieces kept; beyond it later bytes are told by the place of an earlier one.
  static let markLimit = 4096

  private(set) var bytes: [UInt8] = []
  private(set) var head = 0
  private var marks: [(index: Int, at: StreamPosition)] = []
  private var firstMark = 0

  var count: Int { bytes.count - head }
  var isEmpty: Bool { bytes.count == head }

  mutating func append(_ piece: Span<UInt8>, at position: StreamPosition) {
    if head == bytes.count { clear() }
    if marks.count - firstMark < Self.markLimit, !isContinued(position) { marks.append((bytes.count, position)) }
    bytes.append(contentsOf: piece)
  }

  private func isContinued(_ position: StreamPosition) -> Bool {
    guard let last = marks.last else { return false }
    return last.at.advanced(bytes.count - last.index) == position
  }

  mutating func clear() {
    bytes.removeAll(keepingCapacity: bytes.count < 1 << 20)
    marks = []
    (head, firstMark) = (0, 0)
  }

  /// A line with its end; nil while it is not whole.
  ///
  /// - Throws: `DecodeError` for what is no line of text, or one that is too long.
  func line(limit: Int) throws(DecodeError) -> [UInt8]? {
    let rest = bytes.span.extracting(head..<bytes.count)
    let newline = rest.firstIndex(of: 0x0a)
    let end = newline ?? rest.count
    guard end < limit, Identification.isText(rest.extracting(0..<end)) else {
      throw DecodeError(.mismatch, "line", offset: head)
    }
    return newline == nil ? nil : rest.extracting(0..<end + 1).array
  }

  /// Where the byte `offset` bytes ahead stood; nil when nothing is there.
  func position(_ offset: Int = 0) -> StreamPosition? {
    let index = head + offset
    var found = firstMark
    while found + 1 < marks.count, marks[found + 1].index <= index { found += 1 }
    guard found < marks.count else { return nil }
    return marks[found].at.advanced(index - marks[found].index)
  }

  /// A packet of the capture, or a new piece behind a gap, begins `offset` bytes ahead.
  func isSegmentStart(_ offset: Int) -> Bool {
    let index = head + offset
    guard let found = marks.firstIndex(where: { $0.index == index }) else { return false }
    return found == 0 || marks[found - 1].at.origin.packet != marks[found].at.origin.packet
  }

  /// The unread bytes by the packets of the capture that brought them.
  func forEachPiece(_ body: (Int, StreamPosition) -> Void) {
    var found = firstMark
    while found < marks.count {
      let start = max(head, marks[found].index)
      let end = found + 1 < marks.count ? marks[found + 1].index : bytes.count
      if end > start { body(end - start, marks[found].at) }
      found += 1
    }
  }

  mutating func consume(_ count: Int) {
    head += count
    while firstMark + 1 < marks.count, marks[firstMark + 1].index <= head { firstMark += 1 }
  }

  /// Gives consumed bytes back; called once for each piece.
  mutating func compact() {
    guard head > 0 else { return }
    if head == bytes.count { return clear() }
    bytes.removeFirst(head)
    marks.removeFirst(firstMark)
    firstMark = 0
    for index in marks.indices {
      let moved = marks[index].index - head
      if moved < 0 {
        marks[index].at = marks[index].at.advanced(-moved)
        marks[index].index = 0
      } else {
        marks[index].index = moved
      }
    }
    head = 0
  }
}
