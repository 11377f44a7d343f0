import Bytes
import Model

/// The store of spans that Copilot keeps in VS Code: `spans` and their attributes.
struct SpanDatabaseImporter: TranscriptImporter {
  static let name = "otel-db"

  private let file: TranscriptFile
  private var database = DatabaseFile()

  init(_ file: TranscriptFile) { self.file = file }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    DatabaseFile.recognizes(head, words: ["span_attributes", "parent_span_id"])
  }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) { database.receive(bytes) }

  mutating func finish(into events: inout [ConversationEvent]) {
    let file = file
    var story = StepStory(Self.name, file)
    database.read(file, into: &events) { image, _ in
      guard image.tables.isSuperset(of: ["spans", "span_attributes"]) else { return }
      var attributes: [String: [String: String]] = [:]
      // Definitions of tools and histories repeat in every span and are not needed.
      image.rows("SELECT span_id, key, value FROM span_attributes") { row in
        guard let span = row["span_id"].text, let key = row["key"].text, let value = row["value"]?.scalar,
          key != "gen_ai.tool.definitions", key != "gen_ai.system_instructions"
        else { return }
        attributes[span, default: [:]][key] = value
      }
      var number: UInt64 = 0
      image.rows("SELECT * FROM spans") { row in
        number += 1
        guard let id = row["span_id"].text, let at = row["start_time_ms"].time?.at else { return }
        var record = TelemetryRecord(
          isLog: false, name: row["name"].text ?? "", at: at, attributes: attributes[id] ?? [:],
          origin: file.origin(record: number, offset: 0))
        record.spanID = id
        record.traceID = row["trace_id"].text
        record.parentID = row["parent_span_id"].text
        record.endedAt = row["end_time_ms"].time?.at
        // Columns repeat attributes, and stand for them where a reader was told to leave those out.
        for (column, key) in Self.columns where record.attributes[key] == nil {
          record.attributes[key] = row[column]?.scalar
        }
        if case .integer(let code) = row["status_code"], code != 0 { record.failed = code == 2 }
        if let step = record.step { story.add(step) }
      }
    }
    story.finish(into: &events)
  }

  private static let columns = [
    "operation_name": "gen_ai.operation.name", "conversation_id": "gen_ai.conversation.id",
    "chat_session_id": "copilot_chat.chat_session_id", "tool_name": "gen_ai.tool.name",
    "tool_call_id": "gen_ai.tool.call.id", "agent_name": "gen_ai.agent.name", "request_model": "gen_ai.request.model",
    "response_model": "gen_ai.response.model", "input_tokens": "gen_ai.usage.input_tokens",
    "output_tokens": "gen_ai.usage.output_tokens",
  ]
}
