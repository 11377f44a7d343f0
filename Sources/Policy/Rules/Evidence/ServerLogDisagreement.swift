import Model

/// What captures show and the server's own log does not tell, or tells otherwise.
struct ServerLogDisagreement: FindingRule {
  static let about = RuleAbout(
    id: "server-log-disagreement", title: "a server's log does not tell what was captured", severity: .medium,
    explanation: """
      The log covers that time and tells of such statements, but not of this one, or it tells another outcome: the log was \
      changed, switched off for a while, or is not whole.
      """,
    controls: ["CC7.2", "A.8.15", "AU-9", "AU-10", "10.3.2"])

  mutating func finish(_ facts: RuleFacts) -> [RuleHit] {
    var hits = facts.untoldActions.map { entry in
      var hit = RuleHit(session: entry.split(separator: ".").first.map(String.init), "the log has nothing of it")
      hit.actionID = entry
      return hit
    }
    for log in facts.serverLogs {
      let count = log.counts[.differs, default: 0]
      guard count > 0 else { continue }
      let what = count == 1 ? "1 record tells" : "\(count) records tell"
      hits.append(RuleHit(session: nil, "\(log.path): \(what) another outcome than the capture"))
    }
    return hits
  }

  static let examples = [
    RuleExample("a statement that is not in the log", finds: 1, [.sql("DROP TABLE t")]) { $0.untoldActions = ["s.1"] },
    RuleExample("a statement that failed at the server alone", finds: 1, []) {
      $0.serverLogs = [ServerLog(sourceID: "l", path: "db.csv", format: "postgres-csvlog", counts: [.differs: 1])]
    },
    RuleExample("a log that agrees", finds: 0, [.sql("SELECT 1")]) {
      $0.serverLogs = [ServerLog(sourceID: "l", path: "db.csv", format: "postgres-csvlog", counts: [.matched: 1])]
    },
  ]
}
