import Bytes
import Model

/// Tells sessions of opencode, which keeps messages and their parts: in an export, in files, or in a database.
struct OpenCodeTeller: Sendable {
  static let format = "opencode"

  private(set) var dialogue: Dialogue
  private let file: TranscriptFile

  /// A session by what is known of it: `{id, parentID, directory, version, time: {created}}`.
  init(session: JSONValue?, id: String, _ file: TranscriptFile, origin: Origin) {
    self.file = file
    let created = WrittenTime(session?[member: "time"]?[member: "created"])?.at
    var conversation = Conversation(
      id: Conversation.identifier([Self.format, id]), startedAt: created ?? file.fallbackTime, origin: origin)
    conversation.nativeID = id.cut(to: LLMRequest.nameLimit)
    conversation.agent = Self.format
    conversation.agentVersion = session?[member: "version"]?.text
    conversation.workingDirectory = session?[member: "directory"]?.text
    if let parent = session?[member: "parentID"]?.text {
      conversation.link = .subagent
      if !ScrubbedID.isOne(parent) { conversation.parentID = Conversation.identifier([Self.format, parent]) }
    }
    dialogue = Dialogue(conversation)
  }

  /// A session of which nothing but its id is known.
  init(id: String, startedAt: Timestamp, _ file: TranscriptFile, origin: Origin) {
    self.init(session: nil, id: id, file, origin: origin)
    dialogue.conversation.startedAt = startedAt
  }

  /// A session by its row in the database.
  init(row: SQLiteImage.Row, id: String, _ file: TranscriptFile, origin: Origin) {
    self.init(session: nil, id: id, file, origin: origin)
    dialogue.conversation.startedAt = row["time_created"].time?.at ?? file.fallbackTime
    dialogue.conversation.agentVersion = row["version"].text
    dialogue.conversation.workingDirectory = row["directory"].text
    guard let parent = row["parent_id"].text else { return }
    dialogue.conversation.link = .subagent
    dialogue.conversation.parentID = Conversation.identifier([Self.format, parent])
  }

  /// Tells the session itself.
  mutating func begin(into events: inout [ConversationEvent]) { dialogue.begin(into: &events) }

  mutating func finish(into events: inout [ConversationEvent]) { dialogue.finish(into: &events) }

  /// A message with its parts.
  mutating func message(
    _ info: JSONValue?, id named: String? = nil, parts: [JSONValue], isCut: Bool = false, origin: Origin,
    into events: inout [ConversationEvent]
  ) {
    let created = WrittenTime(info?[member: "time"]?[member: "created"])?.at
    let at = created ?? dialogue.conversation.startedAt
    let id = info?[member: "id"]?.text ?? named
    guard info?[member: "role"]?.string == "assistant" else {
      for part in parts { userPart(part, id, at, origin, into: &events) }
      return
    }
    var answer = Dialogue.Answer()
    answer.id = id
    answer.model = (info?[member: "modelID"] ?? info?[member: "model"]?[member: "modelID"])?.text
    dialogue.conversation.model = answer.model ?? dialogue.conversation.model
    answer.stopReason = info?[member: "finish"]?.text
    answer.endedAt = WrittenTime(info?[member: "time"]?[member: "completed"])?.at
    answer.inputTokens = info?[member: "tokens"]?[member: "input"]?.scalar.flatMap { UInt64($0) }
    answer.outputTokens = info?[member: "tokens"]?[member: "output"]?.scalar.flatMap { UInt64($0) }
    if let error = info?[member: "error"] {
      let name = error[member: "name"]?.text ?? "error"
      let message = error[member: "data"]?[member: "message"]?.text ?? error[member: "message"]?.text
      answer.error = message.map { "\(name): \($0)" } ?? name
    }
    answer.isCut = isCut
    let directory = info?[member: "path"]?[member: "cwd"]?.text
    for (index, part) in parts.enumerated() {
      let partIsCut = isCut && index == parts.count - 1
      switch part[member: "type"]?.string {
      case "text":
        if let text = part[member: "text"]?.text { answer.text += (answer.text.isEmpty ? "" : "\n") + text }
      case "reasoning":
        if let text = part[member: "text"]?.text { answer.reasoning += (answer.reasoning.isEmpty ? "" : "\n") + text }
      case "tool":
        if let id = part[member: "callID"]?.text { answer.toolCallIDs.append(id) }
        tool(part, at, directory, isCut: partIsCut, origin, into: &events)
      default: break
      }
    }
    dialogue.answer(answer, at: at, origin: origin, into: &events)
  }

  /// A part whose message is not at hand: the texts that have times are the model's.
  mutating func part(_ part: JSONValue, origin: Origin, into events: inout [ConversationEvent]) {
    let start = part[member: "time"]?[member: "start"] ?? part[member: "state"]?[member: "time"]?[member: "start"]
    let at = WrittenTime(start)?.at ?? file.fallbackTime
    dialogue.conversation.startedAt = at
    switch part[member: "type"]?.string {
    case "tool": tool(part, at, nil, isCut: false, origin, into: &events)
    case "text" where part[member: "time"] == nil:
      userPart(part, part[member: "messageID"]?.text, at, origin, into: &events)
    case "text", "reasoning":
      var answer = Dialogue.Answer()
      answer.id = part[member: "messageID"]?.text
      let text = part[member: "text"]?.string ?? ""
      if part[member: "type"]?.string == "text" { answer.text = text } else { answer.reasoning = text }
      answer.endedAt = WrittenTime(part[member: "time"]?[member: "end"])?.at
      dialogue.answer(answer, at: at, origin: origin, into: &events)
    default: break
    }
  }

  private mutating func userPart(
    _ part: JSONValue, _ id: String?, _ at: Timestamp, _ origin: Origin, into events: inout [ConversationEvent]
  ) {
    // `synthetic` texts are the program's, such as the contents of files that were named.
    guard part[member: "type"]?.string == "text", part[member: "synthetic"]?.bool != true,
      let text = part[member: "text"]?.text
    else { return }
    let native = ScrubbedID.named(id)
    dialogue.user(text, nativeID: native, at: at, seenAt: at, origin: origin, into: &events)
  }

  private mutating func tool(
    _ part: JSONValue, _ fallback: Timestamp, _ directory: String?, isCut: Bool, _ origin: Origin,
    into events: inout [ConversationEvent]
  ) {
    let state = part[member: "state"]
    let start = WrittenTime(state?[member: "time"]?[member: "start"])?.at ?? fallback
    let end = WrittenTime(state?[member: "time"]?[member: "end"])?.at
    let input = state?[member: "input"]
    let status = state?[member: "status"]?.string
    let use = LLMToolUse(
      id: part[member: "callID"]?.text, name: part[member: "tool"]?.string ?? "",
      arguments: input.map { $0.string ?? $0.compact } ?? "{}", isComplete: !(isCut && status == nil))
    let key = dialogue.open(use, at: start, seenAt: start, origin: origin, into: &events) { call in
      call.workingDirectory = (input?[member: "workdir"] ?? input?[member: "cwd"])?.text ?? directory
    }
    guard let key, status == "completed" || status == "error" else { return }
    let failed = status == "error" ? true : nil
    let text = (state?[member: "error"] ?? state?[member: "output"]).map { $0.string ?? $0.compact } ?? ""
    dialogue.close(
      key, text, failed: failed, exitCode: state?[member: "metadata"]?[member: "exit"]?.integer, at: end,
      seenAt: end ?? start, origin: origin, into: &events)
  }
}
