import Bytes
import Model

/// Goose's `sessions.db`, from version 1.10 on.
struct GooseDatabaseImporter: TranscriptImporter {
  static let name = "goose-db"

  private let file: TranscriptFile
  private var database = DatabaseFile()

  init(_ file: TranscriptFile) { self.file = file }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    DatabaseFile.recognizes(head, words: ["content_json", "session_id", "working_dir"])
  }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) { database.receive(bytes) }

  mutating func finish(into events: inout [ConversationEvent]) {
    let file = file
    database.read(file, into: &events) { image, events in
      guard image.tables.contains("messages") else { return }
      Self.tell(&image, file, into: &events)
    }
  }

  private static func tell(_ image: inout SQLiteImage, _ file: TranscriptFile, into events: inout [ConversationEvent]) {
    var sessions: [String: SQLiteImage.Row] = [:]
    if image.tables.contains("sessions") {
      image.rows("SELECT * FROM sessions") { row in if let id = row["id"]?.scalar { sessions[id] = row } }
    }
    var messages: [(session: String, at: WrittenTime?, row: SQLiteImage.Row, origin: Origin)] = []
    var number: UInt64 = 0
    // In the order of their row numbers, which is that of the conversation.
    image.rows("SELECT * FROM messages") { row in
      number += 1
      guard let session = row["session_id"]?.scalar else { return }
      let at = row["created_timestamp"].time ?? row["timestamp"].time
      messages.append((session, at, row, file.origin(record: number, offset: 0)))
    }
    var tellers: [String: GooseTeller] = [:]
    var order: [String] = []
    for message in messages {
      if tellers[message.session] == nil {
        let facts = sessions[message.session] ?? [:]
        let start = facts["created_at"].time?.at ?? message.at?.at ?? file.fallbackTime
        var teller = GooseTeller(
          message.session, directory: facts["working_dir"].text, startedAt: start, origin: message.origin)
        teller.begin(into: &events)
        tellers[message.session] = teller
        order.append(message.session)
      }
      tellers[message.session]?.message(
        role: message.row["role"].text, content: message.row["content_json"].json,
        id: message.row["message_id"]?.scalar ?? message.row["id"]?.scalar, at: message.at?.at, isCut: false,
        origin: message.origin, into: &events)
    }
    for session in order { tellers[session]?.finish(into: &events) }
  }
}
