import Model

/// Finds the prompt at the root: the one that a person typed, whatever agents passed it on.
struct PromptRoots {
  /// Agents that agents started, one within the other.
  private static let depthLimit = 32

  private var prompts: [String: PromptPlace] = [:]
  private var conversations: [String: ConversationPlace] = [:]
  /// The prompt of a call that started an agent, by the call's native id.
  private var promptOfCall: [String: String] = [:]
  /// The prompts of a conversation that were typed, in its order.
  private var typed: [String: [PromptPlace]] = [:]
  /// Of what was not typed, the prompt of its conversation that was, before it: an event of a turn belongs to that turn.
  private var typedBefore: [String: PromptPlace] = [:]

  init(_ store: some CorrelationStore, _ twins: PromptTwins) throws {
    let places = try store.prompts()
    let byNumber = Dictionary(places.map { ($0.number, $0) }) { first, _ in first }
    for prompt in places {
      // What several sources tell is one prompt.
      prompts[prompt.id] = twins.same[prompt.number].flatMap { byNumber[$0] } ?? prompt
      guard twins.same[prompt.number] == nil else { continue }
      if prompt.kind.isTyped {
        typed[prompt.conversation, default: []].append(prompt)
      } else if let before = typed[prompt.conversation]?.last {
        typedBefore[prompt.id] = before
      }
    }
    for conversation in try store.conversations() { conversations[conversation.id] = conversation }
    for (id, prompt) in try store.startingCalls() { promptOfCall[id] = promptOfCall[id] ?? prompt }
  }

  /// The conversation that a call belongs to.
  func conversation(_ id: String) -> ConversationPlace? { conversations[id] }

  /// The prompt as its source names it.
  func prompt(_ id: String) -> PromptPlace? { prompts[id] }

  /// The prompt at the root of a call; nil when the evidence does not lead to one.
  func root(of call: ToolCall) -> PromptPlace? {
    root(call.promptID.flatMap { prompts[$0] }, call.parentCallID, call.conversationID, call.at)
  }

  /// The prompts that go back to another, with that one; in order of their rows.
  func all() -> [(prompt: Int64, root: Int64)] {
    // What another source tells again goes back to where that one goes.
    let places = prompts.filter { $0.key == $0.value.id }.values
    return places.sorted { $0.number < $1.number }.compactMap { place in
      guard let root = root(place, nil, place.conversation, place.at), root.number != place.number else { return nil }
      return (prompt: place.number, root: root.number)
    }
  }

  private func root(
    _ prompt: PromptPlace?, _ call: String?, _ conversationID: String, _ time: Timestamp?
  ) -> PromptPlace? {
    var found = prompt
    var parentCall = call
    var conversation = conversations[conversationID]
    for _ in 0..<Self.depthLimit {
      if let found, found.kind.isTyped { return found }
      if let found, let typed = typedBefore[found.id] { return typed }
      // Up to the call that started this agent, or else to the conversation that this one goes on with.
      if let id = parentCall ?? conversation?.parentCallID, let prompt = promptOfCall[id].flatMap({ prompts[$0] }) {
        guard prompt.id != found?.id else { return found }
        found = prompt
        conversation = conversations[prompt.conversation]
        parentCall = nil
      } else if let parent = conversation?.parentID, let prompt = lastTyped(in: parent, before: found?.at ?? time) {
        return prompt
      } else {
        return found
      }
    }
    return found
  }

  /// The last prompt of a conversation that was typed before a moment; the last of all where times do not tell.
  private func lastTyped(in conversation: String, before time: Timestamp?) -> PromptPlace? {
    guard let prompts = typed[conversation] else { return nil }
    guard let time else { return prompts.last }
    let before = prompts.filter { $0.at.map { $0 <= time } ?? false }.max { ($0.at ?? time) < ($1.at ?? time) }
    return before ?? (prompts.contains { $0.at != nil } ? nil : prompts.last)
  }
}
