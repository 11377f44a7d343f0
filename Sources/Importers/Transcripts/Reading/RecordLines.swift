import Bytes
import Model

/// The records of a transcript in JSON Lines, as values; a damaged line costs no other.
struct RecordLines: Sendable {
  /// Bytes of one line; of a longer one nothing is read.
  static let lineLimit = 64 << 20
  /// Damaged lines that are told one by one; of the others their number.
  static let damageLimit = 256

  private let file: TranscriptFile
  private var lines = LineSplitter(limit: lineLimit)
  private var damageCount = 0
  private var lastDamage = Origin.unknown

  init(_ file: TranscriptFile) { self.file = file }

  mutating func receive(
    _ bytes: Span<UInt8>, into events: inout [ConversationEvent],
    _ body: (TranscriptDocument.Record, inout [ConversationEvent]) -> Void
  ) {
    lines.append(bytes)
    read(into: &events, body)
  }

  mutating func finish(
    into events: inout [ConversationEvent],
    _ body: (TranscriptDocument.Record, inout [ConversationEvent]) -> Void
  ) {
    lines.finish()
    read(into: &events, body)
    guard damageCount > Self.damageLimit else { return }
    let detail = "\(damageCount - Self.damageLimit) more lines are damaged; this is the last"
    events.append(.anomaly(Anomaly("transcript-line-damaged", detail, origin: lastDamage)))
  }

  private mutating func read(
    into events: inout [ConversationEvent],
    _ body: (TranscriptDocument.Record, inout [ConversationEvent]) -> Void
  ) {
    while let line = lines.next() {
      switch line {
      case .overLimit(let offset, let count):
        let detail = "a line of \(count) bytes is longer than \(Self.lineLimit) and was not read"
        let origin = file.origin(record: lines.number, offset: offset)
        events.append(.anomaly(Anomaly("transcript-line-over-limit", detail, origin: origin)))
      case .line(let bytes, let offset): read(bytes, offset, into: &events, body)
      }
    }
  }

  /// The values of a line: an agent that writes from two tasks leaves several on one.
  private mutating func read(
    _ line: [UInt8], _ offset: UInt64, into events: inout [ConversationEvent],
    _ body: (TranscriptDocument.Record, inout [ConversationEvent]) -> Void
  ) {
    var position = JSONBounds.afterBlanks(0, in: line)
    while position < line.count {
      let origin = file.origin(record: lines.number, offset: offset + UInt64(position))
      let end = JSONBounds.end(of: position, in: line)
      let raw = Array(line[position..<(end ?? line.count)])
      if let end, let value = JSONValue(bytes: raw), value.isObject {
        body(TranscriptDocument.Record(value: value, isCut: false, origin: origin), &events)
        position = JSONBounds.afterBlanks(end, in: line)
        continue
      }
      if end == nil, lines.isAtEnd, !lines.lastLineEnded, let text = try? JSONText(raw), text.value.isObject {
        events.append(.anomaly(Anomaly("transcript-cut", "the file ends within a record", origin: origin)))
        body(TranscriptDocument.Record(value: text.value, isCut: true, origin: origin), &events)
        return
      }
      damageCount += 1
      lastDamage = origin
      if damageCount <= Self.damageLimit {
        let detail = "a record of \(line.count - position) bytes is damaged and was passed over"
        events.append(.anomaly(Anomaly("transcript-line-damaged", detail, origin: origin)))
      }
      return
    }
  }
}

extension TranscriptFile {
  /// The file's name without its last extension.
  var stem: String {
    let name = path.split(whereSeparator: { $0 == "/" || $0 == "!" || $0 == "\\" }).last.map(String.init) ?? path
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
    return String(name[..<dot])
  }

  /// The folder before one of that name, or the last folder when none is asked for.
  func folder(before name: String? = nil) -> String? {
    let parts = path.split(whereSeparator: { $0 == "/" || $0 == "!" || $0 == "\\" }).map(String.init)
    guard let name else { return parts.dropLast().last }
    guard let place = parts.lastIndex(of: name), place > 0 else { return nil }
    return parts[place - 1]
  }

  /// When nothing else is known of a time.
  var fallbackTime: Timestamp { modifiedAt ?? .epoch }
}
