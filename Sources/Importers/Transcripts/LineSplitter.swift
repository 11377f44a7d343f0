import Bytes

/// Cuts bytes into lines, in memory bounded by the longest.
struct LineSplitter: Sendable {
  enum Line: Sendable {
    /// Without its line feed, with the offset of its first byte in the file.
    case line([UInt8], offset: UInt64)
    /// Longer than the limit; its bytes were passed over.
    case overLimit(offset: UInt64, byteCount: UInt64)
  }

  let limit: Int
  /// The number of the last line given, from 1.
  private(set) var number: UInt64 = 0
  /// All lines were given.
  private(set) var isAtEnd = false
  /// Whether the last line given had its line feed.
  private(set) var lastLineEnded = true

  private var pending: [UInt8] = []
  /// The first byte of `pending` that was not given, and the first that was not looked at.
  private var start = 0
  private var searched = 0
  /// Where `pending` begins in the file.
  private var base: UInt64 = 0
  /// Where a line began that is being passed over.
  private var skipStart: UInt64?
  private var isOver = false

  init(limit: Int) { self.limit = limit }

  mutating func append(_ bytes: Span<UInt8>) {
    if start > 0 {
      pending.removeFirst(start)
      base += UInt64(start)
      searched -= start
      start = 0
    }
    pending.append(contentsOf: bytes)
  }

  mutating func finish() { isOver = true }

  /// The next line; nil when more bytes are needed or all were given.
  mutating func next() -> Line? {
    if let end = pending.span.firstIndex(of: 0x0A, from: searched) {
      lastLineEnded = true
      return take(to: end, next: end + 1)
    }
    searched = pending.count
    if pending.count - start > limit, skipStart == nil { skipStart = base + UInt64(start) }
    if skipStart != nil { start = pending.count }
    guard isOver, !isAtEnd else { return nil }
    isAtEnd = true
    guard start < pending.count || skipStart != nil else { return nil }
    lastLineEnded = false
    return take(to: pending.count, next: pending.count)
  }

  private mutating func take(to end: Int, next: Int) -> Line {
    number += 1
    defer { (start, searched) = (next, next) }
    let stop = base + UInt64(end)
    if let first = skipStart {
      skipStart = nil
      return .overLimit(offset: first, byteCount: stop - first)
    }
    let first = base + UInt64(start)
    guard end - start <= limit else { return .overLimit(offset: first, byteCount: stop - first) }
    // A byte order mark is no part of the first line.
    let mark = first == 0 && pending.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    return .line(Array(pending[(start + mark)..<end]), offset: first + UInt64(mark))
  }
}
