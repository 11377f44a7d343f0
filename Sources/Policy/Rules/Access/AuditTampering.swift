import Model

/// Switching off what would have told.
struct AuditTampering: FindingRule {
  static let about = RuleAbout(
    id: "audit-tampering", title: "switched off or wiped what records", severity: .critical,
    explanation: "Logging, audit triggers, statistics and shell histories are what others would look at afterwards.",
    controls: ["CC7.2", "A.8.15", "AU-9", "10.2.1.6", "10.3.2"])

  private static let settings = [
    "log_", "pgaudit.", "logging_collector", "track_", "session_replication_role", "shared_preload_libraries",
  ]
  private static let services: Set<Substring> = [
    "auditd", "rsyslog", "syslog", "systemd-journald", "osqueryd", "falco", "filebeat", "fluentd",
  ]

  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    let action = subject.action
    guard action.status != .error, action.status != .denied else { return [] }
    if action.kind == "sql" { return statement(subject).map { [RuleHit(action, $0.what, $0.severity)] } ?? [] }
    guard ["exec", "shell"].contains(action.kind) else { return [] }
    return command(action).map { [RuleHit(action, $0)] } ?? []
  }

  private func statement(_ subject: RuleSubject) -> (what: String, severity: Finding.Severity)? {
    let words = subject.words
    for resource in subject.action.resources where resource.kind == "setting" {
      if ["show", "select"].contains(words.first ?? ""), resource.access == "read" { continue }
      if Self.settings.contains(where: resource.name.lowercased().hasPrefix) {
        return ("sets \(resource.name)", words.first == "alter" ? .critical : .high)
      }
    }
    if let function = words.first(where: {
      $0.hasPrefix("pg_stat_reset") || $0 == "pg_rotate_logfile" || $0 == "pg_stat_statements_reset"
    }) {
      return ("calls \(function)", .high)
    }
    if words.first == "alter", words.contains("disable"), words.contains("trigger") {
      return ("disables a trigger", .high)
    }
    if words.starts(with: ["drop", "trigger"]) || words.starts(with: ["drop", "event", "trigger"]) {
      return ("drops a trigger", .medium)
    }
    return nil
  }

  private func command(_ action: Action) -> String? {
    for resource in action.resources where resource.kind == "file" && resource.access != "read" {
      if resource.name.hasSuffix("_history") { return "changes \(resource.name)" }
      if resource.name.hasPrefix("/var/log/") { return "changes \(resource.name)" }
    }
    let words = action.text.split { $0 == " " || $0 == ";" || $0 == "&" }
    if words.first == "history", words.contains("-c") { return "wipes the shell's history" }
    if action.text.contains("HISTFILE=/dev/null") || action.text.contains("unset HISTFILE") {
      return "switches the shell's history off"
    }
    if words.contains("systemctl"), words.contains("stop") || words.contains("disable") || words.contains("mask"),
      let service = words.first(where: { Self.services.contains($0.split(separator: ".").first ?? $0) })
    {
      return "stops \(service)"
    }
    if words.contains("journalctl"), words.contains(where: { $0.hasPrefix("--vacuum") }) { return "wipes the journal" }
    return nil
  }

  static let examples = [
    RuleExample(
      "in the database", finds: 5,
      [
        .sql("SET log_statement = 'none'"), .sql("ALTER SYSTEM SET log_connections = off"),
        .sql("SELECT pg_stat_reset()"),
        .sql("ALTER TABLE customers DISABLE TRIGGER customers_audit"), .sql("SET session_replication_role = replica"),
      ]),
    RuleExample(
      "on a host", finds: 4,
      [
        .shell("rm -f ~/.bash_history"), .shell("history -c"), .shell("systemctl stop auditd"),
        .shell("truncate -s 0 /var/log/auth.log"),
      ]),
    RuleExample(
      "looking only", finds: 0,
      [
        .sql("SHOW log_statement"), .sql("SELECT * FROM pg_stat_activity"), .sql("SET search_path = a"),
        .sql("ALTER TABLE t ENABLE TRIGGER a"), .shell("tail /var/log/auth.log"), .shell("systemctl restart nginx"),
        .shell("history"),
      ]),
  ]
}
