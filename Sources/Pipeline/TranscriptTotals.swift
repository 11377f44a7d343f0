import Model

/// What was found in one transcript, for the list of sources.
struct TranscriptTotals {
  private var conversationCount = 0
  private var promptCount = 0
  private var typedCount = 0
  private var callCount = 0
  private(set) var firstAt: Timestamp?
  private(set) var lastAt: Timestamp?
  /// False when records were lost.
  private(set) var isComplete = true

  mutating func add(_ events: [ConversationEvent]) {
    for event in events {
      switch event {
      case .conversation(let conversation):
        conversationCount += 1
        see(conversation.startedAt)
      case .prompt(let prompt):
        promptCount += 1
        if prompt.kind.isTyped { typedCount += 1 }
        see(prompt.at)
      case .toolCall(let call):
        callCount += 1
        see(call.at)
        see(call.endedAt)
      case .completion(let completion): see(completion.at)
      case .anomaly(let anomaly):
        if anomaly.code.name.hasSuffix("-damaged") || anomaly.code.name.hasSuffix("-cut") { isComplete = false }
      }
    }
  }

  private mutating func see(_ time: Timestamp?) {
    guard let time, time != .epoch else { return }
    firstAt = min(firstAt ?? time, time)
    lastAt = max(lastAt ?? time, time)
  }

  /// `claude-code: 2 conversations, 14 prompts (9 typed), 120 tool calls`.
  func note(_ format: String) -> String {
    func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
    return "\(format): \(count(conversationCount, "conversation")), \(count(promptCount, "prompt")) "
      + "(\(typedCount) typed), \(count(callCount, "tool call"))"
  }
}
