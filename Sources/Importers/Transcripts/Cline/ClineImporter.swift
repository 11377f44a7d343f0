import Bytes
import Model

/// Cline: a session's `….messages.json`, or a task's `api_conversation_history.json` of the VS Code extension.
struct ClineImporter: TranscriptImporter {
  static let name = "cline"

  private let file: TranscriptFile
  private var document = TranscriptDocument()

  init(_ file: TranscriptFile) { self.file = file }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    guard let first = HeadJSON(head).first else { return false }
    if first.isArray {
      // The first message of a task is wrapped in its tag; the environment follows it.
      guard let message = first.elements.first, message["role"]?.string == "user" else { return false }
      return message.list("content").contains { block in
        let text = block["text"]?.string ?? ""
        return text.hasPrefix("<task>") || text.hasPrefix("<environment_details>")
      }
    }
    guard first["messages"]?.isArray == true, first["info"] == nil, first["created"] == nil else { return false }
    let isVersioned = first["version"]?.integer != nil && first["updated_at"] != nil
    return isVersioned || ["lead", "subagent", "teammate"].contains(first["agent"]?.string ?? "")
  }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) { document.receive(bytes) }

  mutating func finish(into events: inout [ConversationEvent]) {
    document.tellLimit(file, into: &events)
    let head = document.arrayStart == nil ? document.head(besides: ["messages"]) : nil
    let native = head?.members?[member: "sessionId"]?.text ?? file.folder() ?? file.stem
    let updated = WrittenTime(head?.members?[member: "updated_at"])?.at
    var conversation = Conversation(
      id: Conversation.identifier([Self.name, native]), startedAt: updated ?? file.fallbackTime,
      origin: file.origin(record: 0, offset: 0))
    conversation.nativeID = native.cut(to: LLMRequest.nameLimit)
    conversation.agent = Self.name
    conversation.agentID = head?.members?[member: "agent"]?.text
    if conversation.agentID == "subagent" { conversation.link = .subagent }
    var teller = ClineTeller(conversation, lastKnown: updated ?? file.fallbackTime)
    if let open = document.arrayStart ?? head?.lists["messages"] {
      document.forEachRecord(from: open, file, into: &events) { record, events in teller.take(record, into: &events) }
    }
    document = TranscriptDocument()
    teller.finish(into: &events)
  }
}

/// Tells the messages of a session. Only the model's have times: what stands before one is known by then.
private struct ClineTeller {
  private var dialogue: Dialogue
  private var held: [TranscriptDocument.Record] = []
  private var hasTimes = false
  private let lastKnown: Timestamp
  /// The call that the text of the last answer asked for, in the tags that came before calls of the API's own.
  private var openTag: String?

  init(_ conversation: Conversation, lastKnown: Timestamp) {
    dialogue = Dialogue(conversation)
    self.lastKnown = lastKnown
  }

  mutating func take(_ record: TranscriptDocument.Record, into events: inout [ConversationEvent]) {
    guard let at = WrittenTime(record.value[member: "ts"])?.at else {
      held.append(record)
      return
    }
    if !hasTimes {
      hasTimes = true
      dialogue.conversation.startedAt = at
    }
    flush(seenAt: at, into: &events)
    tell(record, at: at, seenAt: at, into: &events)
  }

  mutating func finish(into events: inout [ConversationEvent]) {
    if !hasTimes { dialogue.conversation.clock = .none }
    flush(seenAt: lastKnown, into: &events)
    dialogue.finish(into: &events)
  }

  private mutating func flush(seenAt: Timestamp, into events: inout [ConversationEvent]) {
    for record in held { tell(record, at: nil, seenAt: seenAt, into: &events) }
    held = []
  }

  private mutating func tell(
    _ record: TranscriptDocument.Record, at: Timestamp?, seenAt: Timestamp, into events: inout [ConversationEvent]
  ) {
    let message = record.value
    let blocks = MessageBlocks(message[member: "content"], isCut: record.isCut)
    var moment = Dialogue.Moment(at: at, seenAt: seenAt)
    moment.endedAt = hasTimes ? seenAt : nil
    let id = message[member: "id"]?.text
    guard message[member: "role"]?.string == "assistant" else {
      tellUser(blocks, id, moment, record.origin, into: &events)
      return
    }
    var answer = Dialogue.Answer()
    answer.id = id
    answer.model = message[member: "modelInfo"]?[member: "id"]?.text
    let metrics = message[member: "metrics"]
    answer.inputTokens = metrics?[member: "inputTokens"]?.scalar.flatMap { UInt64($0) }
    answer.outputTokens = metrics?[member: "outputTokens"]?.scalar.flatMap { UInt64($0) }
    answer.isCut = record.isCut
    dialogue.conversation.model = answer.model ?? dialogue.conversation.model
    dialogue.assistant(blocks, answer, moment, origin: record.origin, into: &events)
    for case .text(let text) in blocks.parts {
      guard let call = ClineTag(text) else { continue }
      let use = LLMToolUse(id: nil, name: call.tool, arguments: call.arguments, isComplete: call.isComplete)
      openTag = dialogue.open(use, at: at, seenAt: seenAt, origin: record.origin, into: &events) {
        if let command = call.command { $0.command = command.cut(to: LLMTrafficReader.textLimit) }
      }
    }
  }

  private mutating func tellUser(
    _ blocks: MessageBlocks, _ id: String?, _ moment: Dialogue.Moment, _ origin: Origin,
    into events: inout [ConversationEvent]
  ) {
    guard case .text(let first) = blocks.parts.first, let header = ClineTag.resultHeader(first) else {
      dialogue.user(blocks, nativeID: id, moment, origin: origin, into: &events)
      return
    }
    let key = openTag
    openTag = nil
    var result = header.rest
    for case .text(let text) in blocks.parts.dropFirst() {
      // What a person adds comes in a tag of its own; the environment is no part of the result.
      if text.hasPrefix("<feedback>") || text.hasPrefix("<user_message>") {
        dialogue.user(
          text, nativeID: id, at: moment.at, seenAt: moment.seenAt, origin: origin, into: &events)
      } else if !text.hasPrefix("<environment_details>") {
        result += (result.isEmpty ? "" : "\n") + text
      }
    }
    let failed = ["The user denied", "The tool execution failed", "Error"].contains { result.hasPrefix($0) }
    dialogue.close(
      key, tool: header.tool, result, failed: failed ? true : nil, at: moment.endedAt, seenAt: moment.seenAt,
      origin: origin,
      into: &events)
  }
}
