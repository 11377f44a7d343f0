import Bytes
import Model

/// Factory's droid: lines with Anthropic's blocks; what the program attached stands in the blocks after the first text.
struct DroidTeller: RecordTeller {
  static let name = "droid"

  private let file: TranscriptFile
  private var dialogue: Dialogue?
  /// The session's record, which has no time of its own.
  private var session: TranscriptDocument.Record?

  init(_ file: TranscriptFile) { self.file = file }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    HeadJSON(head).values.contains { value in
      switch value["type"]?.string {
      case "session_start": value["id"]?.string != nil
      case "message":
        value["id"]?.string != nil && value["timestamp"]?.string != nil && value["message"]?["role"] != nil
          && value["message"]?["timestamp"] == nil
      default: false
      }
    }
  }

  mutating func take(_ record: TranscriptDocument.Record, into events: inout [ConversationEvent]) {
    let value = record.value
    switch value[member: "type"]?.string {
    case "session_start": if dialogue == nil { session = record }
    case "message":
      let at = WrittenTime(value[member: "timestamp"])?.at
      if dialogue == nil { begin(at ?? file.fallbackTime, record.origin) }
      message(record, Dialogue.Moment(at: at, seenAt: at ?? file.fallbackTime), into: &events)
    default: break
    }
  }

  mutating func finish(into events: inout [ConversationEvent]) {
    if dialogue == nil, session != nil { begin(file.fallbackTime, file.origin(record: 1, offset: 0)) }
    dialogue?.begin(into: &events)
    dialogue?.finish(into: &events)
  }

  private mutating func begin(_ at: Timestamp, _ origin: Origin) {
    let facts = session?.value
    let native = facts?[member: "id"]?.text ?? file.stem
    var conversation = Conversation(
      id: Conversation.identifier([Self.name, native]), startedAt: at, origin: session?.origin ?? origin)
    conversation.nativeID = native.cut(to: LLMRequest.nameLimit)
    conversation.agent = Self.name
    conversation.agentVersion = facts?[member: "version"]?.scalar
    conversation.human = facts?[member: "owner"]?.text
    conversation.workingDirectory = facts?[member: "cwd"]?.text
    dialogue = Dialogue(conversation)
  }

  private mutating func message(
    _ record: TranscriptDocument.Record, _ moment: Dialogue.Moment, into events: inout [ConversationEvent]
  ) {
    guard let message = record.value[member: "message"] else { return }
    let blocks = MessageBlocks(message[member: "content"], isCut: record.isCut)
    let id = record.value[member: "id"]?.text
    guard message[member: "role"]?.string != "assistant" else {
      var answer = Dialogue.Answer()
      answer.id = id
      answer.isCut = record.isCut
      dialogue?.assistant(blocks, answer, moment, origin: record.origin, into: &events)
      return
    }
    var typed: (text: String, kind: Prompt.Kind)?
    var context: [String] = []
    var afterResult = false
    for part in blocks.parts {
      switch part {
      case .toolResult(let key, let tool, let text, let failed, let code):
        afterResult = true
        dialogue?.close(
          key, tool: tool, text, failed: failed, exitCode: code, at: moment.at, seenAt: moment.seenAt,
          origin: record.origin, into: &events)
      case .text(let text):
        guard typed == nil else {
          context.append(text)
          continue
        }
        for case .user(let text, let kind, let around) in UserText.elements(text, afterResult: afterResult) {
          typed = typed ?? (text, kind)
          if let around { context.append(around) }
        }
      case .reasoning, .toolUse: break
      }
    }
    guard let typed else { return }
    dialogue?.prompt(
      typed.text, kind: typed.kind, context: context.isEmpty ? nil : context.joined(separator: "\n"), nativeID: id,
      at: moment.at, seenAt: moment.seenAt, origin: record.origin, into: &events)
  }
}
