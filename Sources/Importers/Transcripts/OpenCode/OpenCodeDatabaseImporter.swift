import Bytes
import Model

/// `opencode.db`: sessions, messages and parts, which hold the JSON that an export holds.
struct OpenCodeDatabaseImporter: TranscriptImporter {
  static let name = "opencode-db"
  /// Parts that are kept until their message is told.
  static let partLimit = 1 << 20

  private let file: TranscriptFile
  private var database = DatabaseFile()

  init(_ file: TranscriptFile) { self.file = file }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    DatabaseFile.recognizes(head, words: ["message_id", "session_id", "time_created", "part"])
  }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) { database.receive(bytes) }

  mutating func finish(into events: inout [ConversationEvent]) {
    let file = file
    database.read(file, into: &events) { image, events in
      guard image.tables.isSuperset(of: ["session", "message", "part"]) else { return }
      Self.tell(&image, file, into: &events)
    }
  }

  private struct Message {
    var id: String
    var session: String
    var created: String
    var info: JSONValue?
    var origin: Origin
  }

  private static func tell(_ image: inout SQLiteImage, _ file: TranscriptFile, into events: inout [ConversationEvent]) {
    var number: UInt64 = 0
    func origin() -> Origin {
      number += 1
      return file.origin(record: number, offset: 0)
    }
    var sessions: [(id: String, row: SQLiteImage.Row, origin: Origin)] = []
    image.rows("SELECT * FROM session") { row in
      if let id = row["id"]?.scalar { sessions.append((id, row, origin())) }
    }
    var messages: [String: [Message]] = [:]
    image.rows("SELECT * FROM message") { row in
      guard let id = row["id"]?.scalar, let session = row["session_id"]?.scalar else { return }
      let created = row["time_created"]?.scalar ?? ""
      messages[session, default: []].append(
        Message(id: id, session: session, created: created, info: row["data"].json, origin: origin()))
    }
    var parts: [String: [(id: String, data: String)]] = [:]
    var count = 0
    image.rows("SELECT id, message_id, data FROM part") { row in
      guard let message = row["message_id"]?.scalar, let data = row["data"]?.text, count < partLimit else { return }
      count += 1
      parts[message, default: []].append((row["id"]?.scalar ?? "", data))
    }
    let known = Set(sessions.map(\.id))
    for id in messages.keys.sorted() where !known.contains(id) { sessions.append((id, [:], origin())) }
    sessions.sort { ($0.row["time_created"]?.scalar ?? "", $0.id) < ($1.row["time_created"]?.scalar ?? "", $1.id) }
    for session in sessions {
      var teller = OpenCodeTeller(row: session.row, id: session.id, file, origin: session.origin)
      teller.begin(into: &events)
      let ordered = (messages[session.id] ?? []).sorted { ($0.created, $0.id) < ($1.created, $1.id) }
      for message in ordered {
        // Ids of parts grow with time.
        let own = (parts[message.id] ?? []).sorted { $0.id < $1.id }.compactMap { JSONValue($0.data) }
        teller.message(message.info, id: message.id, parts: own, origin: message.origin, into: &events)
      }
      teller.finish(into: &events)
    }
  }
}
