import Bytes
import Model

/// The records of a transcript in JSON Lines, as values: for formats of which few and small files exist.
struct RecordLines: Sendable {
  private var lines: TranscriptLines

  init(_ file: TranscriptFile) { lines = TranscriptLines(file) }

  /// Takes the next bytes of the file; `next` gives their records.
  mutating func append(_ bytes: Span<UInt8>) { lines.append(bytes) }

  /// The file is over: `next` gives what is left, and `report` what was counted.
  mutating func finish() { lines.finish() }

  mutating func report(into events: inout [ConversationEvent]) { lines.report(into: &events) }

  /// The next record; nil when more bytes are needed.
  mutating func next(into events: inout [ConversationEvent]) -> TranscriptDocument.Record? {
    while let record = lines.next(into: &events) {
      if let value = record.value.value {
        return TranscriptDocument.Record(value: value, isCut: record.isCut, origin: record.origin)
      }
      let detail = "a record has more than \(JSONValue.countLimit) values and was not read"
      events.append(.anomaly(Anomaly("transcript-limit", detail, origin: record.origin)))
    }
    return nil
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
