import Bytes
import Model

/// Tells messages of Goose, which keeps them in lines, in an export, or in a database.
struct GooseTeller: Sendable {
  static let format = "goose"

  private(set) var dialogue: Dialogue

  init(_ native: String, directory: String?, startedAt: Timestamp, origin: Origin) {
    var conversation = Conversation(
      id: Conversation.identifier([Self.format, native]), startedAt: startedAt, origin: origin)
    conversation.nativeID = native.cut(to: LLMRequest.nameLimit)
    conversation.agent = Self.format
    conversation.workingDirectory = directory
    dialogue = Dialogue(conversation)
  }

  mutating func begin(into events: inout [ConversationEvent]) { dialogue.begin(into: &events) }

  mutating func finish(into events: inout [ConversationEvent]) { dialogue.finish(into: &events) }

  /// A message: `{role, created, content: [{type: text | toolRequest | toolResponse | …}]}`.
  mutating func message(
    role: String?, content: JSONValue?, id: String?, at: Timestamp?, isCut: Bool, origin: Origin,
    into events: inout [ConversationEvent]
  ) {
    let seenAt = at ?? dialogue.conversation.startedAt
    var answer = Dialogue.Answer()
    answer.id = id
    answer.isCut = isCut
    let blocks = content?.elements ?? []
    for (index, block) in blocks.enumerated() {
      switch block[member: "type"]?.string {
      case "text":
        let text = block[member: "text"]?.text ?? ""
        if role == "assistant" {
          answer.text += (answer.text.isEmpty ? "" : "\n") + text
        } else {
          dialogue.user(text, nativeID: id, at: at, seenAt: seenAt, origin: origin, into: &events)
        }
      case "thinking", "reasoning": answer.reasoning += (block[member: "thinking"] ?? block[member: "text"])?.text ?? ""
      case "toolRequest", "frontendToolRequest":
        let call = block[member: "toolCall"]
        let value = call?[member: "value"] ?? call?[member: "Ok"] ?? call
        let native = block[member: "id"]?.text
        if let native { answer.toolCallIDs.append(native) }
        let use = LLMToolUse(
          id: native, name: value?[member: "name"]?.string ?? "",
          arguments: value?[member: "arguments"].map { $0.string ?? $0.compact } ?? "{}",
          isComplete: !(isCut && index == blocks.count - 1))
        dialogue.open(use, at: at, seenAt: seenAt, origin: origin, into: &events)
      case "toolResponse":
        let result = block[member: "toolResult"]
        let error = (result?[member: "error"] ?? result?[member: "Err"])?.scalar
        let value = result?[member: "value"] ?? result?[member: "Ok"]
        let isError =
          error != nil || value?[member: "isError"]?.bool == true || result?[member: "status"]?.string == "error"
        let text = error ?? MessageBlocks.flat(value?[member: "content"] ?? value)
        dialogue.close(
          block[member: "id"]?.text, text, failed: isError ? true : nil, at: at, seenAt: seenAt, origin: origin,
          into: &events)
      case "summarizationRequested", "contextLengthExceeded", "systemNotification": break
      default: break
      }
    }
    if role == "assistant" { dialogue.answer(answer, at: seenAt, origin: origin, into: &events) }
  }
}
