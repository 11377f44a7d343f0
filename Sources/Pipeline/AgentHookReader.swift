import Model

/// What agents' own hooks told a gateway, as the prompts and calls of a conversation.
struct AgentHookReader {
  /// Conversations and calls that are kept at once; of more the oldest are told as they are.
  private static let limit = 10_000

  private struct Talk {
    var id: String
    var ordinal = 0
    var promptID: String?
  }

  private var talks: [String: Talk] = [:]
  private var calls: [String: ToolCall] = [:]
  private var order: [String] = []

  /// Takes an event; a call is told when its result is.
  mutating func read(_ event: AgentEvent, at time: Timestamp, _ origin: Origin, into heard: inout [ConversationEvent]) {
    let key = "\(event.agent) \(event.conversation)"
    var talk = talks[key] ?? begin(event, key, at: time, origin, into: &heard)
    switch event.kind {
    case .prompt:
      var prompt = Prompt(
        conversationID: talk.id, ordinal: talk.ordinal, kind: .human, text: event.text ?? "", at: time, seenAt: time,
        origin: origin)
      (prompt.nativeID, prompt.agent, prompt.human) = (event.turn, event.agent, event.human)
      prompt.isCut = event.textDigest != nil
      talk.ordinal += 1
      talk.promptID = prompt.id
      heard.append(.prompt(prompt))
    case .call:
      let call = call(of: event, &talk, at: time, origin)
      if let id = call.nativeID {
        if calls.count >= Self.limit { tellOldest(into: &heard) }
        if calls.updateValue(call, forKey: "\(key) \(id)") == nil { order.append("\(key) \(id)") }
      } else {
        heard.append(.toolCall(call))
      }
    case .result:
      let known = event.call.flatMap { calls.removeValue(forKey: "\(key) \($0)") }
      var call = known ?? self.call(of: event, &talk, at: nil, origin, seenAt: time)
      call.endedAt = time
      call.status = event.hasFailed == true ? .failed : .succeeded
      heard.append(.toolCall(call))
    }
    talks[key] = talk
  }

  /// Tells what no result was seen of.
  mutating func finish(into heard: inout [ConversationEvent]) {
    for key in order { if let call = calls.removeValue(forKey: key) { heard.append(.toolCall(call)) } }
    order = []
  }

  private mutating func begin(
    _ event: AgentEvent, _ key: String, at time: Timestamp, _ origin: Origin, into heard: inout [ConversationEvent]
  ) -> Talk {
    // Who comes back after so many others begins anew; ids of prompts are of their place, so none is told twice.
    if talks.count >= Self.limit { talks = [:] }
    var conversation = Conversation(
      id: Conversation.identifier(["hook", event.agent, event.conversation]), startedAt: time, origin: origin)
    (conversation.nativeID, conversation.agent, conversation.human) = (event.conversation, event.agent, event.human)
    heard.append(.conversation(conversation))
    return Talk(id: conversation.id)
  }

  private func call(
    of event: AgentEvent, _ talk: inout Talk, at time: Timestamp?, _ origin: Origin, seenAt: Timestamp? = nil
  ) -> ToolCall {
    var call = ToolCall(
      nativeID: event.call, conversationID: talk.id, ordinal: talk.ordinal, tool: event.tool ?? "",
      arguments: event.text ?? "", seenAt: time ?? seenAt ?? .epoch, origin: origin)
    talk.ordinal += 1
    (call.at, call.promptID, call.turnID) = (time, talk.promptID, event.turn)
    (call.agent, call.agentID, call.isCut) = (event.agent, event.subagent, event.textDigest != nil)
    call.spans = TraceParent.all(in: event.traceparent ?? "").map { "\($0.traceID)-\($0.spanID)" }
    return call
  }

  private mutating func tellOldest(into heard: inout [ConversationEvent]) {
    let half = order.prefix(Self.limit / 2)
    for key in half { if let call = calls.removeValue(forKey: key) { heard.append(.toolCall(call)) } }
    order.removeFirst(half.count)
  }
}
