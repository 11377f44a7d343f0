import Model

/// What a server's own log tells and the captures do not show.
struct UnseenByCapture: FindingRule {
  static let about = RuleAbout(
    id: "unseen-by-capture", title: "a server did what no capture shows", severity: .medium,
    explanation: """
      The server's own log tells of it while captures were being made, and they have nothing of it: somebody came another \
      way than by the place that is recorded.
      """,
    controls: ["CC6.6", "CC7.2", "A.8.15", "AU-6", "AU-12", "SC-7", "10.2.1"])

  mutating func finish(_ facts: RuleFacts) -> [RuleHit] {
    facts.sessions.compactMap { session in
      guard let outcome = facts.serverSessions[session.id], outcome == .unseen || outcome == .local else { return nil }
      let who = [session.user, session.target].compactMap(\.self).joined(separator: " at ")
      let from = outcome == .local ? "over a socket of the server's machine" : "from \(session.client)"
      let what = session.actionCount == 1 ? "1 action" : "\(session.actionCount) actions"
      let changes = session.changeCount == 0 ? "none of them a change" : "\(session.changeCount) of them changes"
      return RuleHit(
        session: session.id, "\(who.isEmpty ? "somebody" : who) \(from), \(session.server): \(what), \(changes)",
        session.changeCount > 0 ? .high : nil)
    }
  }

  static let examples = [
    RuleExample("a connection that only the server knows", finds: 1, [.sql("SELECT 1")]) {
      $0.serverSessions = ["s": .unseen]
    },
    RuleExample("one that a gap hides", finds: 0, [.sql("SELECT 1")]) { $0.serverSessions = ["s": .hidden] },
    RuleExample("one that was captured", finds: 0, [.sql("SELECT 1")]),
  ]
}
