import Bytes
import Model

/// The Agent Trajectory Interchange Format, versions 1.0 to 1.7.
struct ATIFImporter: TranscriptImporter {
  static let name = "atif"
  /// Trajectories within trajectories; agents nest a few deep.
  static let depthLimit = 8

  private let file: TranscriptFile
  private var document = TranscriptDocument()

  init(_ file: TranscriptFile) { self.file = file }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    HeadJSON(head).first?["schema_version"]?.string?.hasPrefix("ATIF-v") == true
  }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) { document.receive(bytes) }

  mutating func finish(into events: inout [ConversationEvent]) {
    document.tellLimit(file, into: &events)
    let head = document.head(besides: ["steps", "subagent_trajectories"])
    var teller = ATIFTeller(head.members, file, origin: file.origin(record: 0, offset: 0), parent: nil)
    if let open = head.lists["steps"] {
      document.forEachRecord(from: open, file, into: &events) { record, events in
        teller.step(record.value, isCut: record.isCut, record.origin, into: &events)
      }
    }
    teller.finish(into: &events)
    if let open = head.lists["subagent_trajectories"] {
      document.forEachRecord(from: open, file, into: &events) { record, events in
        Self.nested(record.value, record.origin, file, teller, depth: 1, into: &events)
      }
    }
    document = TranscriptDocument()
  }

  private static func nested(
    _ value: JSONValue, _ origin: Origin, _ file: TranscriptFile, _ parent: ATIFTeller, depth: Int,
    into events: inout [ConversationEvent]
  ) {
    var teller = ATIFTeller(value, file, origin: origin, parent: parent)
    for step in value.list("steps") { teller.step(step, isCut: false, origin, into: &events) }
    teller.finish(into: &events)
    guard depth < depthLimit else { return }
    for inner in value.list("subagent_trajectories") {
      nested(inner, origin, file, teller, depth: depth + 1, into: &events)
    }
  }
}

/// Tells the steps of a trajectory.
private struct ATIFTeller {
  private var dialogue: Dialogue
  /// Calls by the trajectory that they started.
  private var started: [String: String] = [:]
  private var lastAt: Timestamp
  private var hasTimes = false

  init(_ facts: JSONValue?, _ file: TranscriptFile, origin: Origin, parent: ATIFTeller?) {
    let agent = facts?[member: "agent"]
    let session = facts?[member: "session_id"]?.text
    let trajectory = facts?[member: "trajectory_id"]?.text
    let native = session ?? trajectory ?? file.stem
    var parts = ["atif", native]
    // Parts of one session tell themselves apart by the trajectory's id.
    if let parent {
      parts += [trajectory ?? agent?[member: "name"]?.text ?? "", parent.dialogue.conversation.id]
    }
    var conversation = Conversation(
      id: Conversation.identifier(parts), startedAt: parent?.lastAt ?? file.fallbackTime, origin: origin)
    conversation.nativeID = native.cut(to: LLMRequest.nameLimit)
    conversation.agent = agent?[member: "name"]?.text
    conversation.agentVersion = agent?[member: "version"]?.text
    conversation.model = agent?[member: "model_name"]?.text
    conversation.clock = .none
    if let parent {
      conversation.parentID = parent.dialogue.conversation.id
      conversation.link = .subagent
      conversation.agentID = trajectory ?? session
      conversation.parentCallID = [trajectory, session].lazy.compactMap { $0.flatMap { parent.started[$0] } }.first
    }
    lastAt = conversation.startedAt
    dialogue = Dialogue(conversation)
  }

  mutating func step(
    _ step: JSONValue, isCut: Bool, _ origin: Origin, into events: inout [ConversationEvent]
  ) {
    // Copied from an earlier part of the session, whose file tells it.
    if step[member: "is_copied_context"]?.bool == true { return }
    let written = WrittenTime(step[member: "timestamp"])
    if let written {
      lastAt = written.at
      if !hasTimes {
        hasTimes = true
        dialogue.conversation.startedAt = written.at
        dialogue.conversation.clock = written.isLocal ? .local : .utc
      }
    }
    let at = written?.at
    let id = step[member: "step_id"]?.scalar
    let text = MessageBlocks.flat(step[member: "message"])
    switch step[member: "source"]?.string {
    case "user": dialogue.user(text, nativeID: id, at: at, seenAt: lastAt, origin: origin, into: &events)
    case "system": dialogue.prompt(text, kind: .system, at: at, seenAt: lastAt, origin: origin, into: &events)
    default: act(step, text, at, isCut: isCut, origin, into: &events)
    }
  }

  private mutating func act(
    _ step: JSONValue, _ text: String, _ at: Timestamp?, isCut: Bool, _ origin: Origin,
    into events: inout [ConversationEvent]
  ) {
    var answer = Dialogue.Answer()
    answer.id = step[member: "step_id"]?.scalar
    answer.text = text
    answer.reasoning = step[member: "reasoning_content"]?.string ?? ""
    answer.model = step[member: "model_name"]?.text
    let metrics = step[member: "metrics"]
    answer.inputTokens = metrics?[member: "prompt_tokens"]?.scalar.flatMap { UInt64($0) }
    answer.outputTokens = metrics?[member: "completion_tokens"]?.scalar.flatMap { UInt64($0) }
    let calls = step.list("tool_calls")
    answer.toolCallIDs = calls.compactMap { $0[member: "tool_call_id"]?.text }
    answer.isCut = isCut
    dialogue.answer(answer, at: at ?? lastAt, origin: origin, into: &events)
    var keys: [String] = []
    var ends: [String: Timestamp] = [:]
    for call in calls {
      let arguments = call[member: "arguments"]
      let invocation = call[member: "extra"]?[member: "invocation"]
      let start = WrittenTime(invocation?[member: "start_timestamp"])?.at ?? at
      let use = LLMToolUse(
        id: call[member: "tool_call_id"]?.text, name: call[member: "function_name"]?.string ?? "",
        arguments: arguments.map { $0.string ?? $0.compact } ?? "{}", isComplete: !isCut)
      guard let key = dialogue.open(use, at: start, seenAt: start ?? lastAt, origin: origin, into: &events) else {
        continue
      }
      keys.append(key)
      ends[key] = WrittenTime(invocation?[member: "end_timestamp"])?.at
    }
    for (index, result) in (step[member: "observation"]?.list("results") ?? []).enumerated() {
      let named = result[member: "source_call_id"]?.text
      for reference in result.list("subagent_trajectory_ref") {
        let ids = [reference[member: "trajectory_id"]?.text, reference[member: "session_id"]?.text]
        for id in ids { if let id, let named { started[id] = named } }
      }
      // Results without an id stand in the order of the calls.
      guard let key = named ?? (index < keys.count ? keys[index] : nil) else { continue }
      let text = MessageBlocks.flat(result[member: "content"])
      dialogue.close(
        key, text, failed: result[member: "is_error"]?.bool, at: ends[key], seenAt: ends[key] ?? lastAt,
        origin: origin, into: &events)
    }
  }

  mutating func finish(into events: inout [ConversationEvent]) {
    dialogue.begin(into: &events)
    dialogue.finish(into: &events)
  }
}
