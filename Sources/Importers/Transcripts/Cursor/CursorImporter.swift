import Bytes
import Model

/// Cursor's agent transcripts: lines with neither times, ids nor results.
struct CursorImporter: TranscriptImporter {
  static let name = "cursor"

  private let file: TranscriptFile
  private var lines: RecordLines
  private var dialogue: Dialogue

  init(_ file: TranscriptFile) {
    self.file = file
    lines = RecordLines(file)
    let native = file.stem
    var conversation = Conversation(
      id: Conversation.identifier([Self.name, native]), startedAt: file.fallbackTime,
      origin: file.origin(record: 1, offset: 0))
    conversation.nativeID = native.cut(to: LLMRequest.nameLimit)
    conversation.agent = Self.name
    conversation.clock = .none
    dialogue = Dialogue(conversation)
  }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    guard let first = HeadJSON(head).first, first["type"] == nil, first["timestamp"] == nil else { return false }
    guard let role = first["role"]?.string, role == "user" || role == "assistant" else { return false }
    return first["message"]?["content"]?.isArray == true
  }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) {
    lines.append(bytes)
    while let record = lines.next(into: &events) { Self.take(record, &dialogue, into: &events) }
  }

  mutating func finish(into events: inout [ConversationEvent]) {
    lines.finish()
    while let record = lines.next(into: &events) { Self.take(record, &dialogue, into: &events) }
    dialogue.finish(into: &events)
    lines.report(into: &events)
  }

  private static func take(
    _ record: TranscriptDocument.Record, _ dialogue: inout Dialogue, into events: inout [ConversationEvent]
  ) {
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
