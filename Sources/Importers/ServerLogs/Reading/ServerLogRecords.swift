import Bytes
import Model

/// The records of a log in JSON Lines; one that is damaged takes no other with it.
struct ServerLogRecords: Sendable {
  private var lines: TranscriptLines
  private var found: [ConversationEvent] = []

  /// `recognizes` tells a record of the format from an object within one.
  init(_ file: TranscriptFile, recognizes: @escaping @Sendable (JSONNode) -> Bool) {
    lines = TranscriptLines(file, lineLimit: ServerLogLines.lineLimit, recognizes: recognizes)
  }

  mutating func append(_ bytes: Span<UInt8>) { lines.append(bytes) }
  mutating func finish() { lines.finish() }

  /// The next record; nil when more bytes are needed.
  mutating func next(
    _ damage: inout ServerLogDamage, into events: inout [ServerLogEvent]
  ) -> TranscriptLines.Record? {
    let record = lines.next(into: &found)
    tell(&damage, into: &events)
    return record
  }

  /// Lines as they are damaged for an agent's transcript are so for a log.
  private mutating func tell(_ damage: inout ServerLogDamage, into events: inout [ServerLogEvent]) {
    for case .anomaly(let anomaly) in found {
      let isLength = anomaly.code == "transcript-line-over-limit"
      let code: Anomaly.Code = isLength ? "server-log-line-over-limit" : "server-log-line-damaged"
      damage.note(code, anomaly.detail, anomaly.origin, into: &events)
    }
    found.removeAll(keepingCapacity: true)
  }
}
