import Model

/// Becoming somebody with more rights, or reaching out of the database.
struct PrivilegeEscalation: FindingRule {
  static let about = RuleAbout(
    id: "privilege-escalation", title: "took more rights than it came with", severity: .high,
    explanation:
      "SET ROLE, sudo, superuser attributes, files and programs of the server's host: the session acts with rights that its login alone does not show.",
    controls: ["CC6.1", "A.8.2", "A.8.18", "AC-6(9)", "10.2.1.2"])

  private static let roles: Set<String> = [
    "pg_read_server_files", "pg_write_server_files", "pg_execute_server_program", "pg_read_all_data",
    "pg_write_all_data", "rds_superuser", "cloudsqlsuperuser",
  ]
  private static let functions: Set<String> = [
    "pg_read_file", "pg_read_binary_file", "pg_ls_dir", "lo_import", "lo_export", "pg_file_write",
  ]

  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    let action = subject.action
    guard action.status != .error, action.status != .denied else { return [] }
    if action.kind == "sql" || action.kind == "copy" { return statement(subject) }
    guard ["exec", "shell"].contains(action.kind) else { return [] }
    let words = action.text.split { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "-" }
    for word in ["sudo", "su", "doas", "pkexec", "setcap"]
    where words.first.map(String.init) == word
      || word == "sudo" && words.contains("sudo")
    {
      return [RuleHit(action, "runs \(word)", .medium)]
    }
    return []
  }

  private func statement(_ subject: RuleSubject) -> [RuleHit] {
    let action = subject.action
    let words = subject.words
    if words.starts(with: ["set", "role"]) || words.starts(with: ["set", "local", "role"])
      || words.starts(with: ["set", "session", "authorization"])
    {
      return words.last == "none" || words.last == "default"
        ? [] : [RuleHit(action, action.text.prefix(120) + "", .medium)]
    }
    if ["create", "alter"].contains(words.first), ["role", "user"].contains(words.dropFirst().first ?? ""),
      let right = ["superuser", "createrole", "bypassrls", "replication"].first(where: words.contains)
    {
      return [RuleHit(action, "gives \(right)")]
    }
    if let role = Self.roles.first(where: { role in
      action.resources.contains { $0.name == role } || words.contains(role)
    }) {
      return [RuleHit(action, "gives or takes \(role)")]
    }
    if subject.touches(["execute"], "program") {
      return [RuleHit(action, "runs a program on the server's host", .critical)]
    }
    if let function = words.first(where: Self.functions.contains) {
      return [RuleHit(action, "reaches files of the server's host by \(function)")]
    }
    return []
  }

  static let examples = [
    RuleExample(
      "in the database", finds: 6,
      [
        .sql("SET ROLE postgres"), .sql("SET SESSION AUTHORIZATION dba"), .sql("ALTER ROLE svc SUPERUSER"),
        .sql("GRANT pg_read_server_files TO svc"), .sql("COPY t FROM PROGRAM 'id'"), .sql("SELECT pg_read_file('x')"),
      ]),
    RuleExample("on a host", finds: 2, [.shell("sudo -n id"), .shell("cd /tmp && sudo systemctl restart x")]),
    RuleExample(
      "nothing taken", finds: 0,
      [
        .sql("SET ROLE NONE"), .sql("SET search_path = a"), .sql("SELECT 'SET ROLE postgres'"),
        .sql("COPY t FROM STDIN"),
        .sql("CREATE ROLE r NOSUPERUSER"), .shell("echo pseudo"), .sql("SET ROLE x") { $0.action.status = .error },
      ]),
  ]
}
