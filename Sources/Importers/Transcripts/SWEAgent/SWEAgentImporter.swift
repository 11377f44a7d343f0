import Bytes
import Model

/// SWE-agent's trajectory: what was said in `history`, where commands ran in `trajectory`, and no times.
struct SWEAgentImporter: TranscriptImporter {
  static let name = "swe-agent"

  private let file: TranscriptFile
  private var document = TranscriptDocument()

  init(_ file: TranscriptFile) { self.file = file }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    guard let first = HeadJSON(head).first, first["sessionId"] == nil else { return false }
    if let step = first["trajectory"]?.elements.first {
      return step["action"]?.string != nil && (step["observation"] != nil || step["response"] != nil)
    }
    guard let message = first["history"]?.elements.first else { return false }
    return message["role"]?.string != nil && message["content"] != nil
  }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) { document.receive(bytes) }

  mutating func finish(into events: inout [ConversationEvent]) {
    document.tellLimit(file, into: &events)
    let head = document.head(besides: ["history", "trajectory"])
    let steps = steps(head, into: &events)
    let native = file.stem
    var conversation = Conversation(
      id: Conversation.identifier([Self.name, native]), startedAt: file.fallbackTime,
      origin: file.origin(record: 0, offset: 0))
    conversation.nativeID = native.cut(to: LLMRequest.nameLimit)
    conversation.agent = Self.name
    conversation.clock = .none
    var teller = SWEAgentTeller(conversation, steps)
    if let open = head.lists["history"] {
      document.forEachRecord(from: open, file, into: &events) { record, events in
        teller.take(record, into: &events)
      }
    }
    document = TranscriptDocument()
    teller.finish(into: &events)
  }

  /// What the trajectory tells of each action.
  private func steps(_ head: TranscriptDocument.Head, into events: inout [ConversationEvent]) -> [SWEAgentTeller.Step] {
    guard let open = head.lists["trajectory"] else { return [] }
    var steps: [SWEAgentTeller.Step] = []
    document.forEachRecord(from: open, file, into: &events) { record, _ in
      let value = record.value
      let state = value[member: "state"]
      let inner = state?.string.flatMap { JSONValue($0) } ?? state
      steps.append(
        SWEAgentTeller.Step(
          action: value[member: "action"]?.string ?? "", observation: value[member: "observation"]?.string,
          thought: value[member: "thought"]?.string ?? "", directory: inner?[member: "working_dir"]?.text,
          origin: record.origin))
    }
    return steps
  }
}

/// Tells the messages, and after them the steps that no message told.
private struct SWEAgentTeller {
  struct Step: Sendable {
    var action: String
    var observation: String?
    var thought: String
    /// The directory after the step, which is where the next one runs.
    var directory: String?
    var origin: Origin
  }

  private var dialogue: Dialogue
  private let steps: [Step]
  private var next = 0
  /// Calls whose observation has not come, in order.
  private var open: [(id: String?, key: String)] = []
  private var hasActed = false

  init(_ conversation: Conversation, _ steps: [Step]) {
    dialogue = Dialogue(conversation)
    self.steps = steps
  }

  private var seenAt: Timestamp { dialogue.conversation.startedAt }

  mutating func take(_ record: TranscriptDocument.Record, into events: inout [ConversationEvent]) {
    let message = record.value
    // A demonstration is a transcript of another time, shown to the model.
    if message[member: "is_demo"]?.bool == true { return }
    let text = MessageBlocks.flat(message[member: "content"])
    switch message[member: "role"]?.string {
    case "system":
      dialogue.prompt(text, kind: .system, at: nil, seenAt: seenAt, origin: record.origin, into: &events)
    case "assistant": act(message, text, record, into: &events)
    case "user" where !hasActed:
      dialogue.prompt(text, kind: .human, at: nil, seenAt: seenAt, origin: record.origin, into: &events)
    case "user", "tool":
      let ids = message.list("tool_call_ids").compactMap(\.text)
      let keys = ids.isEmpty ? Array(open.prefix(1)) : open.filter { ids.contains($0.id ?? "") }
      for key in keys.map(\.key) { observe(key, text, record.origin, into: &events) }
    default: break
    }
  }

  private mutating func act(
    _ message: JSONValue, _ text: String, _ record: TranscriptDocument.Record,
    into events: inout [ConversationEvent]
  ) {
    hasActed = true
    // What was not observed before the next action never was.
    open = []
    var answer = Dialogue.Answer()
    answer.text = text
    answer.isCut = record.isCut
    let calls = message.list("tool_calls")
    let action = message[member: "action"]?.string ?? ""
    answer.toolCallIDs = calls.compactMap { $0[member: "id"]?.text }
    dialogue.answer(answer, at: seenAt, origin: record.origin, into: &events)
    guard !calls.isEmpty || !action.isEmpty else { return }
    let directory = next > 0 && next <= steps.count ? steps[next - 1].directory : nil
    next += 1
    for call in calls {
      let function = call[member: "function"]
      let use = LLMToolUse(
        id: call[member: "id"]?.text, name: function?[member: "name"]?.string ?? "",
        arguments: (function?[member: "arguments"]).map { $0.string ?? $0.compact } ?? "{}",
        isComplete: !record.isCut)
      perform(use, calls.count == 1 ? action : "", directory, record.origin, into: &events)
    }
    if calls.isEmpty {
      let use = LLMToolUse(id: nil, name: "bash", arguments: action, isComplete: !record.isCut)
      perform(use, action, directory, record.origin, into: &events)
    }
  }

  private mutating func perform(
    _ use: LLMToolUse, _ action: String, _ directory: String?, _ origin: Origin,
    into events: inout [ConversationEvent]
  ) {
    // A replay gives the ids of its source to more than one call.
    let key = dialogue.open(use, isAlwaysNew: true, at: nil, seenAt: seenAt, origin: origin, into: &events) { call in
      // Every tool of this agent is a command of the shell it works in.
      if !action.isEmpty { call.command = action.trimmed.cut(to: LLMTrafficReader.textLimit) }
      call.workingDirectory = directory
    }
    if let key { open.append((use.id, key)) }
  }

  private mutating func observe(
    _ key: String, _ text: String, _ origin: Origin, into events: inout [ConversationEvent]
  ) {
    guard let place = open.firstIndex(where: { $0.key == key }) else { return }
    open.remove(at: place)
    dialogue.close(key, text, at: nil, seenAt: seenAt, origin: origin, into: &events)
  }

  mutating func finish(into events: inout [ConversationEvent]) {
    if !hasActed {
      // Without a history the steps are all there is.
      for step in steps {
        let directory = next > 0 ? steps[next - 1].directory : nil
        next += 1
        let use = LLMToolUse(id: nil, name: "bash", arguments: step.action)
        perform(use, step.action, directory, step.origin, into: &events)
        if let text = step.observation, let key = open.first?.key { observe(key, text, step.origin, into: &events) }
        open = []
      }
    }
    dialogue.begin(into: &events)
    dialogue.finish(into: &events)
  }
}
