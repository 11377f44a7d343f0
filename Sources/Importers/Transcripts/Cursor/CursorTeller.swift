import Bytes
import Model

/// Cursor's agent transcripts: lines with neither times, ids nor results.
struct CursorTeller: RecordTeller {
  static let name = "cursor"

  private var dialogue: Dialogue

  init(_ file: TranscriptFile) { dialogue = Dialogue(of: file, agent: Self.name) }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    guard let first = HeadJSON(head).first, first["type"] == nil, first["timestamp"] == nil else { return false }
    guard let role = first["role"]?.string, role == "user" || role == "assistant" else { return false }
    return first["message"]?["content"]?.isArray == true
  }

  mutating func finish(into events: inout [ConversationEvent]) { dialogue.finish(into: &events) }

  mutating func take(_ record: TranscriptDocument.Record, into events: inout [ConversationEvent]) {
    let blocks = MessageBlocks(record.value[member: "message"]?[member: "content"], isCut: record.isCut)
    let seenAt = dialogue.conversation.startedAt
    switch record.value[member: "role"]?.string {
    case "user":
      for case .text(let text) in blocks.parts {
        // What was typed is in a tag of its own; files and rules stand before it.
        guard let open = text.firstRange(of: "<user_query>") else {
          dialogue.user(text, at: nil, seenAt: seenAt, origin: record.origin, into: &events)
          continue
        }
        let rest = text[open.upperBound...]
        let typed = rest.firstRange(of: "</user_query>").map { rest[..<$0.lowerBound] } ?? rest
        let context = String(text[..<open.lowerBound]).trimmed
        dialogue.prompt(
          String(typed).trimmed, kind: .human, context: context.isEmpty ? nil : context, at: nil, seenAt: seenAt,
          origin: record.origin, into: &events)
      }
    case "assistant":
      var answer = Dialogue.Answer()
      answer.isCut = record.isCut
      dialogue.assistant(
        blocks, answer, Dialogue.Moment(at: nil, seenAt: seenAt), origin: record.origin, into: &events)
    default: break
    }
  }
}
