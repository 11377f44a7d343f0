import Model

/// Bytes that were not captured, in which statements may have been.
struct CaptureGap: FindingRule {
  static let about = RuleAbout(
    id: "capture-gap", title: "part of a session was not captured", severity: .medium,
    explanation: "What the client sent in the gap is not known: a change may have been in it.",
    controls: ["CC7.2", "A.8.15", "AU-12", "10.2.1"])

  mutating func finish(_ facts: RuleFacts) -> [RuleHit] {
    let bySession = Dictionary(grouping: facts.gaps, by: \.sessionID)
    return bySession.sorted { $0.key < $1.key }.map { session, gaps in
      let asked = gaps.filter { $0.direction == .fromClient }.reduce(UInt64(0)) { $0 + min($1.byteCount, 1 << 40) }
      let all = gaps.reduce(UInt64(0)) { $0 + min($1.byteCount, 1 << 40) }
      return RuleHit(
        session: session,
        asked > 0
          ? "\(all) bytes in \(gaps.count == 1 ? "one gap" : "\(gaps.count) gaps"), \(asked) of them from the client"
          : "\(all) bytes of answers only; nothing that the client asked is missing", asked > 0 ? .medium : .info)
    }
  }

  private static func gap(_ direction: Direction) -> StoredGap {
    StoredGap(sessionID: "s", direction: direction, at: .epoch, until: nil, byteCount: 100, reason: .notCaptured)
  }

  static let examples = [
    RuleExample("two in one session", finds: 1, []) { $0.gaps = [gap(.fromClient), gap(.fromServer)] },
    RuleExample("none", finds: 0, [.sql("SELECT 1")]),
  ]
}
