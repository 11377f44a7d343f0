import Bytes
import Model

extension LLMTrafficReader {
  /// Finds the conversation that a request goes on with, and tells what is new in it and in its answer.
  mutating func take(
    _ request: LLMRequest, _ reply: LLMReply?, startedAt: Timestamp, endedAt: Timestamp?, origin: Origin,
    into events: inout [ConversationEvent]
  ) {
    var request = request
    request.findCurrent()
    let elements = request.elements
    let key = "\(request.sessionID ?? "")\n\(request.agentID ?? "")"
    let root = request.previousID.flatMap { answers[$0] } ?? SHA256.digest(of: "\(key)\n\(request.previousID ?? "")")
    var chain = [root]
    for element in elements { chain.append(Self.link(chain.last ?? root, element)) }

    var known = chain.count - 1
    var found: Place?
    while known >= 0 {
      found = places[chain[known]]
      if found != nil { break }
      known -= 1
    }
    known = max(known, 0)
    // After a cut, what history keeps of its calls still names the conversation.
    var first = known
    var parent: String?
    if found == nil {
      for (index, element) in elements.enumerated() {
        guard let id = element.callID, let conversation = calls[id] else { continue }
        (parent, first) = (conversation, index + 1)
      }
    }
    var state: State
    let isRetry = known == elements.count && found != nil
    if let found, let old = states[found.conversation], isRetry || continues(old, chain[known], elements, known) {
      state = old
      // After a cut, elements are missing between what is known and what comes.
      state.ordinal = request.isCut && isRetry ? max(old.ordinal, found.ordinal) : found.ordinal
    } else if request.isCut, let old = parent.flatMap({ states[$0] }) {
      // The session's id may stand in the part that is missing.
      state = old
      if old.ordinal >= elements.count { (known, first) = (elements.count, elements.count) }
    } else {
      var noun = Conversation(
        id: Conversation.identifier([chain[min(known + 1, chain.count - 1)].hex]), startedAt: startedAt, origin: origin)
      noun.nativeID = request.sessionID
      (noun.agent, noun.agentID, noun.parentAgentID) = (request.agent, request.agentID, request.parentAgentID)
      (noun.model, noun.human) = (request.model, request.human)
      link(&noun, found: found, parent: parent, elements: elements, request: request)
      state = State(noun: noun, tip: root, requestEnd: root)
      state.ordinal = found?.ordinal ?? 0
      if let parent = noun.parentID, let old = states[parent] { state.promptID = old.promptID }
      events.append(.conversation(noun))
      if let id = request.sessionID, sessions[id] == nil { sessions[id] = noun.id }
    }
    // Calls that a lost part of history keeps open may have their results here.
    for (index, element) in elements.enumerated() where found == nil && index < first {
      guard case .toolResult(let id?, let name, let text, let isError) = element, pending.contains(id) else { continue }
      let time = index >= request.current ? startedAt : nil
      close(id, name, text, isError, in: state, at: time, seenAt: startedAt, origin: origin, into: &events)
    }
    state.ordinal += max(0, first - known)
    tell(request, from: max(first, known), in: &state, at: startedAt, origin: origin, into: &events)
    if let text = request.cutText {
      tellCut(text, after: chain.last ?? root, request, in: &state, at: startedAt, origin: origin, into: &events)
    }
    for index in min(known + 1, chain.count)..<chain.count {
      places[chain[index]] = Place(conversation: state.noun.id, ordinal: state.ordinal - (chain.count - 1 - index))
    }
    if let last = chain.last { (state.tip, state.requestEnd) = (last, last) }
    if places[state.tip] == nil { places[state.tip] = Place(conversation: state.noun.id, ordinal: state.ordinal) }
    state.replyWasComplete = false
    if let reply {
      tell(
        reply, isPlaced: !request.isCut, in: &state, startedAt: startedAt, endedAt: endedAt, origin: origin,
        into: &events)
    }
    states[state.noun.id] = state
  }

  static func link(_ before: Digest, _ element: LLMElement) -> Digest {
    let hash = SHA256()
    hash.update(before.bytes.span)
    for part in element.key {
      let bytes = Array(part.utf8)
      hash.update(Array("\(bytes.count):".utf8).span)
      hash.update(bytes.span)
    }
    return hash.finish()
  }

  /// Whether what follows a known place is the same conversation, and not another continuation of its history.
  private func continues(_ state: State, _ place: Digest, _ elements: [LLMElement], _ known: Int) -> Bool {
    if place == state.tip { return true }
    // The client may send back another answer than was seen, or none when it was cut.
    guard place == state.requestEnd || elements.dropFirst(known).first?.isOfAssistant == true else {
      return !state.replyWasComplete && elements.prefix(known).last?.isOfAssistant == true
    }
    return !state.replyWasComplete || elements.dropFirst(known).first?.isOfAssistant == true
  }

  private mutating func link(
    _ noun: inout Conversation, found: Place?, parent: String?, elements: [LLMElement], request: LLMRequest
  ) {
    guard case .user(let text, let kind, _)? = elements.first(where: { if case .user = $0 { true } else { false } })
    else {
      noun.parentID = found?.conversation ?? parent
      noun.link = noun.parentID == nil ? nil : .branch
      return
    }
    let session = request.sessionID.flatMap { sessions[$0] }
    if let found {
      (noun.parentID, noun.link) = (found.conversation, .branch)
    } else if let given = delegations[SHA256.digest(of: text.trimmed)] {
      (noun.parentID, noun.parentCallID, noun.link) = (given.conversation, given.call, .subagent)
    } else if request.agentID != nil {
      (noun.parentID, noun.link) = (session, .subagent)
    } else if let parent = parent ?? (kind == .summary ? session : nil) {
      (noun.parentID, noun.link) = (parent, .compaction)
    } else if let session {
      (noun.parentID, noun.link) = (session, .side)
    }
  }

  private mutating func tell(
    _ request: LLMRequest, from start: Int, in state: inout State, at: Timestamp, origin: Origin,
    into events: inout [ConversationEvent]
  ) {
    for text in request.system {
      let id = state.noun.nativeID ?? state.noun.id
      let key = "\(id)\n\(SHA256.digest(of: text).hex)"
      guard systems[key] == nil else { continue }
      systems[key] = true
      var noun = prompt(text, .system, nil, ordinal: 0, at: at, request, state, seenAt: at, origin)
      if request.isSystemCut, text == request.system.last { noun.isCut = true }
      events.append(.prompt(noun))
    }
    for (index, element) in request.elements.enumerated().dropFirst(start) {
      let time = index >= request.current ? at : nil
      switch element {
      case .user(let text, var kind, let context):
        if kind == .human, state.noun.link == .subagent, state.ordinal == 0 { kind = .delegated }
        let noun = prompt(text, kind, context, ordinal: state.ordinal, at: time, request, state, seenAt: at, origin)
        state.promptID = noun.id
        events.append(.prompt(noun))
      case .assistant: break
      case .toolUse(let use): open(use, in: state, at: nil, seenAt: at, origin: origin, into: &events)
      case .toolResult(let id, let name, let text, let isError):
        close(id, name, text, isError, in: state, at: time, seenAt: at, origin: origin, into: &events)
      }
      state.ordinal += 1
    }
  }

  /// Tells the start of a prompt that is cut, once: every later request has it too.
  private mutating func tellCut(
    _ element: LLMElement, after place: Digest, _ request: LLMRequest, in state: inout State, at: Timestamp,
    origin: Origin, into events: inout [ConversationEvent]
  ) {
    guard case .user(let text, let kind, let context) = element, cuts[place] == nil else { return }
    cuts[place] = true
    var noun = prompt(text, kind, context, ordinal: state.ordinal, at: nil, request, state, seenAt: at, origin)
    noun.isCut = true
    state.promptID = noun.id
    events.append(.prompt(noun))
  }

  private func prompt(
    _ text: String, _ kind: Prompt.Kind, _ context: String?, ordinal: Int, at: Timestamp?, _ request: LLMRequest,
    _ state: State, seenAt: Timestamp, _ origin: Origin
  ) -> Prompt {
    let kept = text.cut(to: Self.textLimit)
    var noun = Prompt(
      conversationID: state.noun.id, ordinal: ordinal, kind: kind, text: kept, at: at, seenAt: seenAt, origin: origin)
    noun.isCut = kept.utf8.count < text.utf8.count
    noun.context = context?.cut(to: Self.resultLimit)
    noun.nativeID = at == nil ? nil : request.turnID
    (noun.agent, noun.agentID, noun.model, noun.human) = (request.agent, request.agentID, request.model, request.human)
    return noun
  }

  private mutating func tell(
    _ reply: LLMReply, isPlaced: Bool, in state: inout State, startedAt: Timestamp, endedAt: Timestamp?, origin: Origin,
    into events: inout [ConversationEvent]
  ) {
    let status: Completion.Status = reply.error != nil ? .failed : reply.isComplete ? .complete : .incomplete
    var noun = Completion(
      nativeID: reply.id, conversationID: state.noun.id, ordinal: state.ordinal,
      text: reply.text.cut(to: Self.textLimit), at: startedAt, status: status, origin: origin)
    noun.promptID = state.promptID
    noun.model = reply.model ?? state.noun.model
    noun.endedAt = reply.isComplete ? reply.endedAt ?? endedAt : endedAt
    noun.reasoning = reply.reasoning.cut(to: Self.textLimit)
    (noun.stopReason, noun.error) = (reply.stopReason, reply.error)
    (noun.inputTokens, noun.outputTokens) = (reply.inputTokens, reply.outputTokens)
    noun.toolCallIDs = reply.toolUses.compactMap(\.id)
    events.append(.completion(noun))
    var elements = reply.toolUses.map { LLMElement.toolUse($0) }
    if !reply.text.trimmed.isEmpty { elements.insert(.assistant(reply.text), at: 0) }
    for element in elements {
      if case .toolUse(let use) = element {
        open(use, in: state, at: use.at ?? endedAt ?? startedAt, seenAt: startedAt, origin: origin, into: &events)
      }
      state.ordinal += 1
      guard isPlaced else { continue }
      state.tip = Self.link(state.tip, element)
      places[state.tip] = Place(conversation: state.noun.id, ordinal: state.ordinal)
    }
    guard isPlaced else { return }
    if let id = reply.id { answers[id] = state.tip }
    state.replyWasComplete = reply.isComplete && reply.error == nil && !elements.isEmpty
  }
}
