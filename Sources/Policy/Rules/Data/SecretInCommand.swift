import Model

/// Passwords and keys that were written into a statement or command line.
struct SecretInCommand: FindingRule {
  static let about = RuleAbout(
    id: "secret-in-command", title: "a secret stands in a statement or command line", severity: .medium,
    explanation: "Logs, histories and process lists of the server keep it in the clear.",
    controls: ["CC6.1", "A.5.17", "IA-5", "8.3.2"])

  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    let action = subject.action
    guard ["sql", "exec", "shell"].contains(action.kind), Redaction.isIn(action.text) else { return [] }
    return [
      RuleHit(action, action.kind == "sql" ? "in a statement: \(action.verb)" : "in a command line: \(action.verb)")
    ]
  }

  static let examples = [
    RuleExample(
      "a statement and a command line", finds: 2,
      [
        .sql("ALTER ROLE a PASSWORD [redacted]") { $0.action.verb = "ALTER ROLE" },
        .shell("PGPASSWORD=hunter2 psql shop"),
      ]),
    RuleExample("none", finds: 0, [.sql("SELECT 'password'"), .shell("psql shop")]),
  ]
}
