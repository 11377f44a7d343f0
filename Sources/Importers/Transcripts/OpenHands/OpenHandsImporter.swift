import Bytes
import Model

/// OpenHands: an event a file, a list of events, or lines of an evaluation that hold one each.
struct OpenHandsImporter: TranscriptImporter {
  static let name = "openhands"

  private let file: TranscriptFile
  private var document = TranscriptDocument()

  init(_ file: TranscriptFile) { self.file = file }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    let json = HeadJSON(head)
    guard let first = json.records.first else { return false }
    if let history = first["history"] {
      guard first["instruction"] != nil || first["instance_id"] != nil || first["issue"] != nil else { return false }
      return history.isArray
    }
    let events = first.isArray ? first.elements : json.records
    return events.contains { isEvent($0) }
  }

  /// Names of actions and observations are the format's own; events have their source, or lie in pairs.
  private static func isEvent(_ value: JSONValue) -> Bool {
    guard value["action"]?.string != nil || value["observation"]?.string != nil else { return false }
    guard let source = value["source"]?.string else { return false }
    return ["user", "agent", "environment"].contains(source) && (value["id"] != nil || value["timestamp"] != nil)
  }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) { document.receive(bytes) }

  mutating func finish(into events: inout [ConversationEvent]) {
    document.tellLimit(file, into: &events)
    let native = file.folder(before: "events") ?? file.stem
    var teller = OpenHandsTeller(native, file, origin: file.origin(record: 0, offset: 0))
    if let open = document.arrayStart {
      document.forEachRecord(from: open, file, into: &events) { record, events in
        teller.take(record.value, isCut: record.isCut, record.origin, into: &events)
      }
    } else {
      document.forEachValue(file, into: &events) { record, events in
        guard let history = record.value[member: "history"] else {
          teller.take(record.value, isCut: record.isCut, record.origin, into: &events)
          return
        }
        var run = OpenHandsTeller(Self.run(record.value, native, record.origin), file, origin: record.origin)
        for event in history.elements { run.take(event, isCut: false, record.origin, into: &events) }
        run.finish(into: &events)
      }
    }
    document = TranscriptDocument()
    teller.finish(into: &events)
  }

  /// What sets a run of an evaluation apart.
  private static func run(_ value: JSONValue, _ native: String, _ origin: Origin) -> String {
    if let id = value[member: "instance_id"]?.scalar { return id }
    let issue = value[member: "issue"]
    if let number = issue?[member: "number"]?.scalar {
      let names = [issue?[member: "owner"]?.text, issue?[member: "repo"]?.text].compactMap(\.self)
      return names.joined(separator: "/") + "#" + number
    }
    return "\(native)#\(origin.packet)"
  }
}

/// Tells the events of one conversation.
private struct OpenHandsTeller {
  /// Actions whose observation has not come.
  static let openLimit = 1_024
  /// Actions that do something outside the agent.
  private static let calls: Set<String> = [
    "run", "run_ipython", "read", "write", "edit", "browse", "browse_interactive", "call_tool_mcp", "mcp", "delegate",
    "push", "send_pr", "task_tracking",
  ]

  private var dialogue: Dialogue
  private var open: [(event: Int?, key: String)] = []
  private var hasTimes = false

  init(_ native: String, _ file: TranscriptFile, origin: Origin) {
    var conversation = Conversation(
      id: Conversation.identifier(["openhands", native]), startedAt: file.fallbackTime, origin: origin)
    conversation.nativeID = native.cut(to: LLMRequest.nameLimit)
    conversation.agent = "openhands"
    conversation.clock = .none
    dialogue = Dialogue(conversation)
  }

  mutating func take(
    _ event: JSONValue, isCut: Bool, _ origin: Origin, into events: inout [ConversationEvent]
  ) {
    if event.isArray {
      // Older evaluations pair each action with its observation.
      for inner in event.elements where inner.isObject { take(inner, isCut: isCut, origin, into: &events) }
      return
    }
    let written = WrittenTime(event[member: "timestamp"])
    if let written, !hasTimes {
      hasTimes = true
      dialogue.conversation.startedAt = written.at
      dialogue.conversation.clock = written.isLocal ? .local : .utc
    }
    let moment = Dialogue.Moment(at: written?.at, seenAt: written?.at ?? dialogue.conversation.startedAt)
    if event[member: "observation"] != nil {
      observe(event, moment, origin, into: &events)
    } else {
      act(event, moment, isCut: isCut, origin, into: &events)
    }
  }

  private mutating func act(
    _ event: JSONValue, _ moment: Dialogue.Moment, isCut: Bool, _ origin: Origin,
    into events: inout [ConversationEvent]
  ) {
    let action = event[member: "action"]?.string ?? ""
    // Before version 0.9 arguments stood in the event itself.
    let arguments = event[member: "args"] ?? event
    let source = event[member: "source"]?.string
    let id = event[member: "id"]?.scalar
    let thought = (arguments[member: "thought"] ?? event[member: "message"])?.text ?? ""
    switch action {
    case "message":
      let text = arguments[member: "content"]?.text ?? ""
      if source == "user" || (source == nil && dialogue.promptID == nil) {
        dialogue.user(text, nativeID: id, at: moment.at, seenAt: moment.seenAt, origin: origin, into: &events)
      } else {
        answer(event, text, moment, origin, into: &events)
      }
    case "system":
      dialogue.prompt(
        arguments[member: "content"]?.text ?? "", kind: .system, nativeID: id, at: moment.at, seenAt: moment.seenAt,
        origin: origin, into: &events)
    case "finish", "think", "reject":
      let text = arguments[member: "final_thought"]?.text ?? arguments[member: "thought"]?.text ?? thought
      answer(event, text, moment, origin, into: &events)
    default:
      let metadata = event[member: "tool_call_metadata"]
      guard Self.calls.contains(action) || metadata != nil else { return }
      answer(event, thought, moment, origin, into: &events)
      let use = LLMToolUse(
        id: metadata?[member: "tool_call_id"]?.text, name: action, arguments: sent(metadata) ?? arguments.compact,
        isComplete: !isCut)
      let key = dialogue.open(use, at: moment.at, seenAt: moment.seenAt, origin: origin, into: &events) { call in
        if let command = (arguments[member: "command"] ?? arguments[member: "code"])?.text, action.hasPrefix("run") {
          call.command = command.cut(to: LLMTrafficReader.textLimit)
        }
        call.workingDirectory = arguments[member: "cwd"]?.text
      }
      if let key { open.append((event[member: "id"]?.integer, key)) }
      if open.count > Self.openLimit { open.removeFirst() }
    }
  }

  private mutating func answer(
    _ event: JSONValue, _ text: String, _ moment: Dialogue.Moment, _ origin: Origin,
    into events: inout [ConversationEvent]
  ) {
    var answer = Dialogue.Answer()
    let response = event[member: "tool_call_metadata"]?[member: "model_response"]
    answer.id = response?[member: "id"]?.text
    answer.model = response?[member: "model"]?.text
    answer.text = text
    dialogue.answer(answer, at: moment.seenAt, origin: origin, into: &events)
  }

  /// The arguments as the model wrote them.
  private func sent(_ metadata: JSONValue?) -> String? {
    guard let id = metadata?[member: "tool_call_id"]?.text else { return nil }
    for choice in metadata?[member: "model_response"]?.list("choices") ?? [] {
      for call in choice[member: "message"]?.list("tool_calls") ?? [] where call[member: "id"]?.text == id {
        return call[member: "function"]?[member: "arguments"]?.text
      }
    }
    return nil
  }

  private mutating func observe(
    _ event: JSONValue, _ moment: Dialogue.Moment, _ origin: Origin, into events: inout [ConversationEvent]
  ) {
    let kind = event[member: "observation"]?.string ?? ""
    guard !["agent_state_changed", "recall", "null", "think", "user_rejected_message"].contains(kind) else { return }
    let extras = event[member: "extras"] ?? event
    let metadata = event[member: "tool_call_metadata"]
    let cause = event[member: "cause"]?.integer
    let id = metadata?[member: "tool_call_id"]?.text
    var key = id
    if let place = open.firstIndex(where: { ($0.event != nil && $0.event == cause) || ($0.key == id && id != nil) })
      ?? (cause == nil && id == nil ? open.indices.last : nil)
    {
      key = open.remove(at: place).key
    } else if let id {
      // The action is in another file; what the model asked for stands with its observation too.
      let use = LLMToolUse(
        id: id, name: metadata?[member: "function_name"]?.string ?? kind, arguments: sent(metadata) ?? "{}")
      key = dialogue.open(use, at: nil, seenAt: moment.seenAt, origin: origin, into: &events) ?? id
    }
    guard let key else { return }
    let code = (extras[member: "metadata"]?[member: "exit_code"] ?? extras[member: "exit_code"])?.integer
    let text = (event[member: "content"] ?? event[member: "message"])?.string ?? ""
    let failed = kind == "error" || kind == "user_rejected" ? true : code.map { $0 != 0 }
    dialogue.close(
      key, tool: kind, text, failed: failed, exitCode: code, at: moment.at, seenAt: moment.seenAt, origin: origin,
      into: &events)
  }

  mutating func finish(into events: inout [ConversationEvent]) { dialogue.finish(into: &events) }
}
