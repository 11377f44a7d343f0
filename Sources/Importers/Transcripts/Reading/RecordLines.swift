import Bytes
import Model

/// The records of a transcript in JSON Lines, as values: for formats of which few and small files exist.
struct RecordLines: Sendable {
  private var lines: TranscriptLines

  init(_ file: TranscriptFile) { lines = TranscriptLines(file) }

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
    lines.report(into: &events)
  }

  private mutating func read(
    into events: inout [ConversationEvent],
    _ body: (TranscriptDocument.Record, inout [ConversationEvent]) -> Void
  ) {
    while let record = lines.next(into: &events) {
      guard let value = record.value.value else {
        let detail = "a record has more than \(JSONValue.countLimit) values and was not read"
        events.append(.anomaly(Anomaly("transcript-limit", detail, origin: record.origin)))
        continue
      }
      body(TranscriptDocument.Record(value: value, isCut: record.isCut, origin: record.origin), &events)
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
