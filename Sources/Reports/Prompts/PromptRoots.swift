import Model

/// Under which prompt each prompt stands: what a person typed is its own root, what an agent passed on goes back to it.
struct PromptRoots {
  /// Agents that agents started, one within the other.
  private static let depthLimit = 32

  /// The root of each prompt, by place; its own place where nothing leads further.
  let places: [Int]

  init(_ prompts: [StoredPrompt], _ conversations: [StoredConversation]) {
    let byID = Dictionary(conversations.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var promptOfCall: [String: Int] = [:]
    var lastTyped: [String: Int] = [:]
    for (place, prompt) in prompts.enumerated() {
      if prompt.kind.isTyped { lastTyped[prompt.conversation] = place }
      for call in prompt.toolCalls {
        if let id = call.nativeID, promptOfCall[id] == nil { promptOfCall[id] = place }
      }
    }
    places = prompts.indices.map { start in
      var found = start
      for _ in 0..<Self.depthLimit {
        guard !prompts[found].kind.isTyped else { return found }
        let conversation = byID[prompts[found].conversation]
        // Up to the call that started this agent, or else to the conversation that this one goes on with.
        if let call = conversation?.parentCallID, let parent = promptOfCall[call], parent != found {
          found = parent
        } else if let parent = conversation?.parentID, let typed = lastTyped[parent] {
          return typed
        } else {
          return found
        }
      }
      return found
    }
  }
}
