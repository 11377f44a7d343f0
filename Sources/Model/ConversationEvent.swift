/// What a source of conversations tells, in order; a conversation comes before what belongs to it.
///
/// Indirect, because it passes through several threads and a noun has some twenty texts, each of which a copy would count.
public indirect enum ConversationEvent: Sendable, Hashable {
  case conversation(Conversation)
  case prompt(Prompt)
  /// Told once: when its result is seen, or when no more can be said of it.
  case toolCall(ToolCall)
  case completion(Completion)
  case anomaly(Anomaly)
}
