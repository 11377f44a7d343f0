import Bytes
import Model

/// Puts the steps of a file in order and tells them, conversation by conversation.
struct StepStory: Sendable {
  /// Steps that are kept; of more, none is told.
  static let countLimit = 1 << 20
  /// How far up a step's parents are followed.
  static let depthLimit = 64

  private let format: String
  private let file: TranscriptFile
  private var steps: [Step] = []
  private var leftOut = 0

  init(_ format: String, _ file: TranscriptFile) {
    self.format = format
    self.file = file
  }

  mutating func add(_ step: Step) {
    if steps.count < Self.countLimit { steps.append(step) } else { leftOut += 1 }
  }

  /// Tells all of them: by conversation in the order of their beginnings, and in each by time.
  mutating func finish(into events: inout [ConversationEvent]) {
    if leftOut > 0 {
      let detail = "\(leftOut) records more than \(Self.countLimit) were not read"
      events.append(.anomaly(Anomaly("transcript-limit", detail, origin: file.origin(record: 0, offset: 0))))
    }
    var sessions = resolvedSessions()
    // Records are told again by other exporters and by other kinds of record; the time orders what the file does not.
    let order = steps.indices.sorted { left, right in
      let (a, b) = (steps[left], steps[right])
      if a.at != b.at { return a.at < b.at }
      if a.sequence != b.sequence { return a.sequence < b.sequence }
      if a.rank != b.rank { return a.rank < b.rank }
      return left < right
    }
    settleCalls(order, &sessions)
    let hasTasks = steps.contains { if case .task(.some) = $0.shape { true } else { false } }
    var groups: [String: [Int]] = [:]
    var names: [String] = []
    for index in order {
      if groups[sessions[index]] == nil { names.append(sessions[index]) }
      groups[sessions[index], default: []].append(index)
    }
    let parents = self.parents(groups, names, sessions)
    var prompts: [String: String] = [:]
    for name in names {
      tell(name, (groups[name] ?? []).map { steps[$0] }, hasTasks, under: parents[name], &prompts, into: &events)
    }
    steps = []
  }

  /// The conversation of each step: its own, or the next of its parents', or its trace's only one, or its trace.
  private func resolvedSessions() -> [String] {
    var byID: [String: Int] = [:]
    var ofTrace: [String: Set<String>] = [:]
    for (index, step) in steps.enumerated() {
      if let id = step.id { byID[id] = index }
      if let trace = step.traceID, let session = step.sessionID { ofTrace[trace, default: []].insert(session) }
    }
    return steps.map { step in
      var current = step
      for _ in 0..<Self.depthLimit {
        if let session = current.sessionID { return session }
        guard let parent = current.parentID.flatMap({ byID[$0] }) else { break }
        current = steps[parent]
      }
      guard let trace = step.traceID else { return "" }
      if let sessions = ofTrace[trace], sessions.count == 1, let only = sessions.first { return only }
      return trace
    }
  }

  /// Records of one call are told in one conversation; a call within a call that repeats its id has none of its own.
  private mutating func settleCalls(_ order: [Int], _ sessions: inout [String]) {
    var first: [String: (session: String, tool: String)] = [:]
    for index in order {
      guard case .tool(var tool) = steps[index].shape, let id = tool.use.id, !id.isEmpty else { continue }
      guard let known = first[id] else {
        first[id] = (sessions[index], tool.use.name)
        continue
      }
      guard known.session != sessions[index] else { continue }
      if tool.use.name.isEmpty || tool.use.name == known.tool {
        sessions[index] = known.session
      } else {
        tool.use.id = nil
        steps[index].shape = .tool(tool)
      }
    }
  }

  /// What a conversation stands below: a call that started its agent, or a span of an earlier conversation.
  private struct Parent {
    var session: String
    var link: Conversation.Link
    var callID: String?
  }

  /// Of conversations whose first step with a known parent has one in an earlier conversation.
  private func parents(_ groups: [String: [Int]], _ names: [String], _ sessions: [String]) -> [String: Parent] {
    guard names.count > 1 else { return [:] }
    var byID: [String: Int] = [:]
    for (index, step) in steps.enumerated() { if let id = step.id { byID[id] = index } }
    var places: [String: Int] = [:]
    for (place, name) in names.enumerated() { places[name] = place }
    var found: [String: Parent] = [:]
    for name in names {
      let own = (groups[name] ?? []).lazy
      guard
        let (step, above) = own.compactMap({ index in
          self.steps[index].parentID.flatMap { byID[$0] }.map { (self.steps[index], $0) }
        }).first(where: { sessions[$0.1] != name }),
        (places[sessions[above]] ?? .max) < (places[name] ?? 0)
      else { continue }
      if case .tool(let tool) = steps[above].shape, let id = tool.use.id {
        found[name] = Parent(session: sessions[above], link: step.link ?? .subagent, callID: id)
      } else if let link = step.link {
        found[name] = Parent(session: sessions[above], link: link)
      }
    }
    return found
  }

  private func tell(
    _ name: String, _ steps: [Step], _ hasTasks: Bool, under parent: Parent?, _ prompts: inout [String: String],
    into events: inout [ConversationEvent]
  ) {
    guard let first = steps.first, steps.contains(where: { $0.tells }) else { return }
    var conversation = Conversation(
      id: Conversation.identifier([format, name]), startedAt: first.at, origin: first.origin)
    conversation.nativeID = name.isEmpty ? nil : name.cut(to: LLMRequest.nameLimit)
    for step in steps {
      conversation.agent = conversation.agent ?? step.facts.agent?.cut(to: LLMRequest.nameLimit)
      conversation.agentVersion = conversation.agentVersion ?? step.facts.agentVersion?.cut(to: LLMRequest.nameLimit)
      conversation.model = conversation.model ?? step.facts.model?.cut(to: LLMRequest.nameLimit)
      conversation.human = conversation.human ?? step.facts.human?.cut(to: LLMRequest.nameLimit)
      conversation.workingDirectory = conversation.workingDirectory ?? step.facts.workingDirectory
    }
    // Where agents' own work is told, exchanges outside of it are the program's, such as the making of a title.
    let isSide = hasTasks && steps.allSatisfy { if case .model = $0.shape { true } else { false } }
    if isSide { conversation.link = .side }
    if let parent {
      conversation.parentID = Conversation.identifier([format, parent.session])
      conversation.link = parent.link
      conversation.parentCallID = parent.callID?.cut(to: LLMRequest.nameLimit)
    }
    var teller = StepTeller(Dialogue(conversation), steps, hasTasks, prompts)
    teller.tell(steps, into: &events)
    prompts = teller.prompts
  }
}

extension Step {
  /// Of records of one time, what causes others comes first.
  fileprivate var rank: Int {
    switch shape {
    case .facts: 0
    case .prompt: 1
    case .task: 2
    case .model: 3
    case .tool: 4
    }
  }

  fileprivate var tells: Bool { if case .facts = shape { false } else { true } }
}

/// Tells the steps of one conversation.
private struct StepTeller {
  private var dialogue: Dialogue
  private var merged: [String: Step.Tool] = [:]
  private var ends: [String: Timestamp] = [:]
  private var told: Set<String> = []
  private let hasPrompts: Bool
  private let hasTasks: Bool
  private var lastAsked: String?
  /// The prompts that steps told, by the steps' ids: a call below such a step serves its prompt.
  private(set) var prompts: [String: String]

  init(_ dialogue: Dialogue, _ steps: [Step], _ hasTasks: Bool, _ prompts: [String: String]) {
    self.dialogue = dialogue
    self.prompts = prompts
    hasPrompts = steps.contains { if case .prompt = $0.shape { true } else { false } }
    self.hasTasks = hasTasks
    for step in steps {
      guard case .tool(let tool) = step.shape, let id = tool.use.id else { continue }
      merged[id] = merged[id]?.merging(tool) ?? tool
      if let end = step.endedAt { ends[id] = max(ends[id] ?? end, end) }
    }
  }

  mutating func tell(_ steps: [Step], into events: inout [ConversationEvent]) {
    for step in steps {
      dialogue.turnID = step.turnID ?? dialogue.turnID
      let told = events.count
      defer { remember(step, events.dropFirst(told)) }
      switch step.shape {
      case .facts: break
      case .prompt(let text): prompt(text, step, into: &events)
      case .task(let text): if !hasPrompts, let text { ask(text, step, into: &events) }
      case .model(let answer, let asked):
        // Each request sends the history anew: only a text that was not the last one is a new prompt.
        if !hasPrompts, !hasTasks, let asked, asked != lastAsked { ask(asked, step, into: &events) }
        lastAsked = asked ?? lastAsked
        dialogue.answer(answer, at: step.at, origin: step.origin, into: &events)
      case .tool(let tool): call(tool, step, into: &events)
      }
    }
    dialogue.finish(into: &events)
  }

  private mutating func remember(_ step: Step, _ told: ArraySlice<ConversationEvent>) {
    guard let id = step.id else { return }
    for case .prompt(let prompt) in told where prompt.kind != .system { prompts[id] = prompt.id }
  }

  private mutating func prompt(_ text: String?, _ step: Step, into events: inout [ConversationEvent]) {
    if let text, let kind = step.promptKind {
      return dialogue.prompt(
        text, kind: kind, context: step.promptContext, nativeID: step.turnID, at: step.at, seenAt: step.at,
        origin: step.origin, into: &events)
    }
    guard let text, !text.isEmpty else {
      dialogue.hiddenPrompt(nativeID: step.turnID, at: step.at, origin: step.origin, into: &events)
      return
    }
    dialogue.user(
      text, nativeID: step.turnID ?? step.id, at: step.at, seenAt: step.at, origin: step.origin, into: &events)
  }

  private mutating func ask(_ text: String, _ step: Step, into events: inout [ConversationEvent]) {
    dialogue.user(
      text, nativeID: step.turnID ?? step.id, at: step.at, seenAt: step.at, origin: step.origin, into: &events)
  }

  private mutating func call(_ tool: Step.Tool, _ step: Step, into events: inout [ConversationEvent]) {
    var tool = tool
    var end = step.endedAt
    if let id = tool.use.id {
      guard told.insert(id).inserted else { return }
      tool = merged[id] ?? tool
      end = ends[id] ?? end
    }
    let known = prompts
    let key = dialogue.open(tool.use, at: step.at, seenAt: step.at, origin: step.origin, into: &events) { call in
      if let command = tool.command { call.command = command.cut(to: LLMTrafficReader.textLimit) }
      call.workingDirectory = tool.workingDirectory ?? call.workingDirectory
      call.isCut = call.isCut || tool.isCut
      call.isBackground = call.isBackground || tool.isBackground
      call.agentID = step.facts.agentID ?? call.agentID
      call.spans = tool.spans
      call.promptID = step.parentID.flatMap { known[$0] } ?? call.promptID
    }
    guard let key, !tool.isOpen, tool.result != nil || tool.failed != nil || end != nil else { return }
    dialogue.close(
      key, tool.result ?? "", failed: tool.failed, exitCode: tool.exitCode, at: end, seenAt: end ?? step.at,
      origin: step.origin, into: &events)
  }
}

extension Step.Tool {
  /// Spans of one call that are kept.
  private static let spanLimit = 16

  /// What two records of one call tell together.
  fileprivate func merging(_ other: Step.Tool) -> Step.Tool {
    var all = self
    if all.use.name.isEmpty { all.use.name = other.use.name }
    if other.use.arguments.utf8.count > all.use.arguments.utf8.count { all.use.arguments = other.use.arguments }
    if all.command == nil || (all.isCut && !other.isCut && other.command != nil) {
      (all.command, all.isCut) = (other.command ?? all.command, other.isCut)
    }
    if (other.result?.utf8.count ?? 0) > (all.result?.utf8.count ?? 0) { all.result = other.result }
    all.failed = all.failed ?? other.failed
    if other.failed == true { all.failed = true }
    all.exitCode = all.exitCode ?? other.exitCode
    all.isOpen = all.isOpen && other.isOpen
    all.isBackground = all.isBackground || other.isBackground
    all.workingDirectory = all.workingDirectory ?? other.workingDirectory
    for span in other.spans where !all.spans.contains(span) && all.spans.count < Self.spanLimit {
      all.spans.append(span)
    }
    return all
  }
}
