import Bytes
import Model

/// The lines of a log, without their ends.
struct ServerLogLines: Sendable {
  /// Bytes of one line: a statement of PostgreSQL may be as long as a message, and longer ones than this are rare.
  static let lineLimit = 64 << 20

  struct Line: Sendable {
    var bytes: [UInt8]
    var origin: Origin
    /// The file ended within it, or at least without its end.
    var isOpen: Bool
  }

  /// Lines that were too long.
  private(set) var skippedCount = 0
  private let file: TranscriptFile
  private let dropsReturns: Bool
  private var lines: LineSplitter

  /// Lines may end with a carriage return, unless a text may go over several.
  init(_ file: TranscriptFile, dropsReturns: Bool = true, limit: Int = lineLimit) {
    self.file = file
    self.dropsReturns = dropsReturns
    lines = LineSplitter(limit: limit)
  }

  mutating func append(_ bytes: Span<UInt8>) { lines.append(bytes) }
  mutating func finish() { lines.finish() }

  /// The next line; nil when more bytes are needed.
  mutating func next(_ damage: inout ServerLogDamage, into events: inout [ServerLogEvent]) -> Line? {
    while true {
      switch lines.next() {
      case .line(var bytes, let offset):
        if dropsReturns, bytes.last == 0x0D { bytes.removeLast() }
        let origin = file.origin(record: lines.number, offset: offset)
        return Line(bytes: bytes, origin: origin, isOpen: !lines.lastLineEnded)
      case .overLimit(let offset, let byteCount):
        skippedCount += 1
        let origin = file.origin(record: lines.number, offset: offset)
        damage.noteOverLimit(byteCount, lines.limit, origin, into: &events)
      case nil: return nil
      }
    }
  }
}
