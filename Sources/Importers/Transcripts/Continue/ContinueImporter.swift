import Bytes
import Model

/// Continue's session: one document without times, whose messages hold the states of their calls.
struct ContinueImporter: TranscriptImporter {
  static let name = "continue"

  private let file: TranscriptFile
  private var document = TranscriptDocument()

  init(_ file: TranscriptFile) { self.file = file }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    guard let first = HeadJSON(head).first, first["sessionId"] != nil, let history = first["history"] else {
      return false
    }
    return history.isArray && (history.elements.isEmpty || history.elements.first?["message"]?["role"] != nil)
  }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) { document.receive(bytes) }

  mutating func finish(into events: inout [ConversationEvent]) {
    document.tellLimit(file, into: &events)
    let head = document.head(besides: ["history"])
    let native = head.members?[member: "sessionId"]?.text ?? file.stem
    let created = WrittenTime(head.members?[member: "dateCreated"])?.at
    var conversation = Conversation(
      id: Conversation.identifier([Self.name, native]), startedAt: created ?? file.fallbackTime,
      origin: file.origin(record: 0, offset: 0))
    conversation.nativeID = native.cut(to: LLMRequest.nameLimit)
    conversation.agent = Self.name
    conversation.workingDirectory = head.members?[member: "workspaceDirectory"]?.text?.withoutFileScheme
    conversation.clock = created == nil ? .none : .start
    let seenAt = conversation.startedAt
    var dialogue = Dialogue(conversation)
    if let open = head.lists["history"] {
      document.forEachRecord(from: open, file, into: &events) { record, events in
        Self.tell(record, created, seenAt, &dialogue, into: &events)
      }
    }
    document = TranscriptDocument()
    dialogue.begin(into: &events)
    dialogue.finish(into: &events)
  }

  private static func tell(
    _ record: TranscriptDocument.Record, _ at: Timestamp?, _ seenAt: Timestamp, _ dialogue: inout Dialogue,
    into events: inout [ConversationEvent]
  ) {
    let message = record.value[member: "message"]
    let content = message?[member: "content"]
    switch message?[member: "role"]?.string {
    case "user":
      dialogue.user(
        MessageBlocks(content), Dialogue.Moment(at: at, seenAt: seenAt), origin: record.origin, into: &events)
    case "system":
      if let text = MessageBlocks(content).lastText {
        dialogue.prompt(text, kind: .system, at: at, seenAt: seenAt, origin: record.origin, into: &events)
      }
    case "tool":
      dialogue.close(
        message?[member: "toolCallId"]?.text, MessageBlocks.flat(content), at: at, seenAt: seenAt,
        origin: record.origin, into: &events)
    case "assistant":
      var answer = Dialogue.Answer()
      answer.text = MessageBlocks.flat(content)
      let calls = message?.list("toolCalls") ?? []
      answer.toolCallIDs = calls.compactMap { $0[member: "id"]?.text }
      answer.isCut = record.isCut
      dialogue.answer(answer, at: seenAt, origin: record.origin, into: &events)
      for call in calls {
        let function = call[member: "function"]
        let use = LLMToolUse(
          id: call[member: "id"]?.text, name: function?[member: "name"]?.string ?? "",
          arguments: (function?[member: "arguments"]).map { $0.string ?? $0.compact } ?? "{}",
          isComplete: !record.isCut)
        dialogue.open(use, at: at, seenAt: seenAt, origin: record.origin, into: &events)
      }
      for state in record.value.list("toolCallStates") {
        let status = state[member: "status"]?.string
        guard let status, ["done", "errored", "canceled"].contains(status) else { continue }
        let text = state.list("output").map { MessageBlocks.flat($0[member: "content"]) }.joined(separator: "\n")
        dialogue.close(
          state[member: "toolCallId"]?.text, text, failed: status == "done" ? nil : true, at: at, seenAt: seenAt,
          origin: record.origin, into: &events)
      }
    default: break
    }
  }
}
