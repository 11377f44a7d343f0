import Model

/// Under which prompt each prompt stands: what a person typed is its own root, what an agent passed on goes back to it.
struct PromptRoots {
  /// Agents that agents started, one within the other.
  private static let depthLimit = 32

  /// The root of each prompt, by place; its own place where nothing leads further.
  let places: [Int]

  /// `prompts` are in order of time.
  init(_ prompts: [StoredPrompt], _ conversations: [StoredConversation]) {
    let byID = Dictionary(conversations.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var promptOfCall: [String: Int] = [:]
    var typed: [String: [Int]] = [:]
    for (place, prompt) in prompts.enumerated() {
      if prompt.kind.isTyped { typed[prompt.conversation, default: []].append(place) }
      for call in prompt.toolCalls where promptOfCall[call.id] == nil { promptOfCall[call.id] = place }
    }
    places = prompts.indices.map { start in
      var found = start
      for _ in 0..<Self.depthLimit {
        guard !prompts[found].kind.isTyped else { return found }
        // An event of a turn belongs to what was typed before it.
        if let before = typed[prompts[found].conversation]?.last(where: { $0 < found }) { return before }
        let conversation = byID[prompts[found].conversation]
        // Up to the call that started this agent, or else to the conversation that this one goes on with.
        if let call = conversation?.parentCall?.id, let parent = promptOfCall[call], parent != found {
          found = parent
        } else if let parent = conversation?.parentID, let typed = typed[parent] {
          return Self.last(of: typed, before: prompts[found].at, prompts) ?? found
        } else {
          return found
        }
      }
      return found
    }
  }

  /// The last that was typed before a moment; the last of all where times do not tell.
  private static func last(of typed: [Int], before time: Timestamp?, _ prompts: [StoredPrompt]) -> Int? {
    guard let time, typed.contains(where: { prompts[$0].at != nil }) else { return typed.last }
    var (low, high) = (0, typed.count)
    while low < high {
      let middle = (low + high) / 2
      if (prompts[typed[middle]].at ?? prompts[typed[middle]].seenAt) <= time {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low > 0 ? typed[low - 1] : nil
  }
}
