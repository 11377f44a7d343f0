import Model

/// Clocks of transcripts that do not run with those of the captures.
struct ClockTrouble: FindingRule {
  static let about = RuleAbout(
    id: "clock-trouble", title: "a clock runs ahead or behind", severity: .low,
    explanation:
      "Times of transcripts and captures were laid on one another with this offset; a host that keeps no time has logs that prove less.",
    controls: ["CC7.2", "A.8.17", "AU-8", "10.6.1"])

  /// Less is usual.
  static let nanoseconds: Int64 = 2_000_000_000

  mutating func finish(_ facts: RuleFacts) -> [RuleHit] {
    facts.conversations.compactMap { conversation in
      guard let offset = conversation.clockOffset, offset.magnitude >= UInt64(Self.nanoseconds) else { return nil }
      let seconds = Double(offset.magnitude) / 1e9
      let text = "\((seconds * 10).rounded() / 10) s \(offset > 0 ? "ahead of" : "behind") the captures"
      return RuleHit(session: nil, "conversation \(conversation.id): \(text)", seconds > 300 ? .medium : .low)
    }
  }

  private static func conversation(_ offset: Int64?) -> StoredConversation {
    var conversation = StoredConversation(id: "c", startedAt: .epoch)
    conversation.clockOffset = offset
    return conversation
  }

  static let examples = [
    RuleExample("ten seconds", finds: 1, []) { $0.conversations = [conversation(-10_000_000_000)] },
    RuleExample("none, or not known", finds: 0, []) { $0.conversations = [conversation(100), conversation(nil)] },
  ]
}
