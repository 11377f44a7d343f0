import Model

/// Finds the prompt at the root: the one that a person typed, whatever agents passed it on.
struct PromptRoots {
  /// Agents that agents started, one within the other.
  private static let depthLimit = 32

  private var prompts: [String: PromptPlace] = [:]
  private var conversations: [String: ConversationPlace] = [:]
  /// The prompt of a call, by the call's native id.
  private var promptOfCall: [String: String] = [:]
  /// The last prompt of a conversation that was typed.
  private var lastTyped: [String: PromptPlace] = [:]
  /// Of what was not typed, the prompt of its conversation that was, before it: an event of a turn belongs to that turn.
  private var typedBefore: [String: PromptPlace] = [:]

  init(_ store: some CorrelationStore) throws {
    for prompt in try store.prompts() {
      prompts[prompt.id] = prompt
      if prompt.kind.isTyped {
        lastTyped[prompt.conversation] = prompt
      } else if let typed = lastTyped[prompt.conversation] {
        typedBefore[prompt.id] = typed
      }
    }
    for conversation in try store.conversations() { conversations[conversation.id] = conversation }
    try store.forEachToolCall { row in
      guard let id = row.call.nativeID, let prompt = row.call.promptID else { return }
      promptOfCall[id] = promptOfCall[id] ?? prompt
    }
  }

  /// The conversation that a call belongs to.
  func conversation(_ id: String) -> ConversationPlace? { conversations[id] }

  /// The prompt as its source names it.
  func prompt(_ id: String) -> PromptPlace? { prompts[id] }

  /// The prompt at the root of a call; nil when the evidence does not lead to one.
  func root(of call: ToolCall) -> PromptPlace? {
    var found = call.promptID.flatMap { prompts[$0] }
    var parentCall = call.parentCallID
    var conversation = conversations[call.conversationID]
    for _ in 0..<Self.depthLimit {
      if let found, found.kind.isTyped { return found }
      if let found, let typed = typedBefore[found.id] { return typed }
      // Up to the call that started this agent, or else to the conversation that this one goes on with.
      if let id = parentCall ?? conversation?.parentCallID, let prompt = promptOfCall[id].flatMap({ prompts[$0] }) {
        guard prompt.id != found?.id else { return found }
        found = prompt
        conversation = conversations[prompt.conversation]
        parentCall = nil
      } else if let parent = conversation?.parentID, let prompt = lastTyped[parent] {
        return prompt
      } else {
        return found
      }
    }
    return found
  }
}
