import Model

/// A schema that is no longer what people approved.
struct SchemaDrift: FindingRule {
  static let about = RuleAbout(
    id: "schema-drift", title: "the schema changed and no approval explains it", severity: .medium,
    explanation: "A table, column, index or function is there, or gone, that no approved migration speaks of.",
    controls: ["CC8.1", "A.8.32", "CM-3", "6.5.1"])

  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    let action = subject.action
    guard action.effect == .schema, action.kind == "sql", subject.isLasting, let decision = subject.decision,
      !decision.isAcceptable
    else { return [] }
    let changed = action.resources.filter { $0.access != "read" && $0.access != "use" }
    let names = changed.prefix(5).map { "\($0.access) \($0.kind) \($0.name)" }.joined(separator: ", ")
    return [RuleHit(action, names.isEmpty ? action.verb : names)]
  }

  private static func decided(_ outcome: Decision.Outcome) -> @Sendable (inout RuleSubject) -> Void {
    { $0.decision = Decision(actionID: "s.1", outcome: outcome, rule: "r", reason: "") }
  }

  static let examples = [
    RuleExample("a column that nobody approved", finds: 1, [.sql("ALTER TABLE t ADD c int", decided(.unapproved))]),
    RuleExample(
      "approved, and not of the schema", finds: 0,
      [
        .sql("ALTER TABLE t ADD c int", decided(.approved)), .sql("UPDATE t SET a = 1 WHERE b", decided(.unapproved)),
        .sql("CREATE INDEX i ON t (a)"),
      ]),
  ]
}
