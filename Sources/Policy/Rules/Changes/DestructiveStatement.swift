import Model

/// What destroys more than a person would by hand: whole tables, every row.
struct DestructiveStatement: FindingRule {
  static let about = RuleAbout(
    id: "destructive-statement", title: "destroys a whole table or changes every row", severity: .high,
    explanation: "An UPDATE or DELETE without a condition, TRUNCATE or DROP cannot be taken back once it is committed.",
    controls: ["CC8.1", "A.8.32", "CM-5", "10.2.1.7"])

  private static let dropped: Set<String> = ["table", "schema", "database", "materialized view"]

  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    guard subject.isLasting, subject.action.kind == "sql" else { return [] }
    let action = subject.action
    if action.isUnfiltered { return [RuleHit(action, "\(action.verb) of every row")] }
    if action.verb.hasPrefix("TRUNCATE") { return [RuleHit(action, names("empties", action) { $0.kind == "table" })] }
    let drops = { (resource: Resource) in resource.access == "drop" && Self.dropped.contains(resource.kind) }
    guard action.resources.contains(where: drops) else { return [] }
    return [RuleHit(action, names("drops", action, where: drops))]
  }

  private func names(_ verb: String, _ action: Action, where isMeant: (Resource) -> Bool) -> String {
    "\(verb) \(action.resources.filter(isMeant).prefix(5).map(\.name).joined(separator: ", "))"
  }

  static let examples = [
    RuleExample("no condition", finds: 2, [.sql("DELETE FROM t"), .sql("UPDATE t SET a = 1")]),
    RuleExample(
      "tables that go", finds: 3, [.sql("TRUNCATE t"), .sql("DROP TABLE t"), .sql("DROP SCHEMA s CASCADE")]),
    RuleExample(
      "less than that", finds: 0,
      [.sql("DELETE FROM t WHERE id = 1"), .sql("DROP INDEX i"), .sql("ALTER TABLE t DROP COLUMN c"), .sql("SELECT 1")]),
    RuleExample("rolled back", finds: 0, [.sql("DROP TABLE t") { $0.action.transaction = .rolledBack }]),
  ]
}
