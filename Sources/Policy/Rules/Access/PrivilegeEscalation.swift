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
    "pg_write_all_data", "rds_superuser", "cloudsqlsuperuser", "azure_pg_admin", "pg_maintain",
    "pg_create_subscription", "pg_signal_backend",
  ]
  private static let functions: Set<String> = [
    "pg_read_file", "pg_read_binary_file", "pg_ls_dir", "lo_import", "lo_export", "pg_file_write",
  ]
  private static let attributes = ["superuser", "createrole", "bypassrls", "replication"]
  private static let languages: Set<String> = ["plpython3u", "plpython2u", "plpythonu", "plperlu", "pltclu", "c"]
  private static let limit = 100_000

  /// Of each session and role once: some services set a role with each request.
  private var seen: Set<String> = []

  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    let action = subject.action
    guard action.status != .denied, action.transaction != .notRun else { return [] }
    // A program ran, and files were read, whatever becomes of the statement or its transaction.
    if action.status == .error { return failed(subject) }
    for text in subject.statements {
      if let found = statement(text, subject), isFirst(found.what, subject) {
        return [RuleHit(action, found.what, found.severity)]
      }
    }
    if let what = EscalationCommands.what(subject.commands) { return [RuleHit(action, what.what, what.severity)] }
    // `sudo id` is the command id, as root.
    if ["exec", "shell"].contains(action.kind), EscalationCommands.isBecoming(action.text),
      let role = action.resources.first(where: { $0.access == "use" && $0.kind == "role" })
    {
      return [RuleHit(action, "acts as \(role.name)", .medium)]
    }
    return call(action).map { [RuleHit(action, $0)] } ?? []
  }

  /// Of a COPY that failed the program may have run: that it failed is often said of what the program printed.
  private func failed(_ subject: RuleSubject) -> [RuleHit] {
    let found = subject.statements.lazy.compactMap { statement($0, subject) }.first { $0.severity == .critical }
    return found.map { [RuleHit(subject.action, "\($0.what); the statement failed", .high)] } ?? []
  }

  private mutating func isFirst(_ what: String, _ subject: RuleSubject) -> Bool {
    guard what.hasPrefix("becomes ") else { return true }
    return seen.count < Self.limit && seen.insert("\(subject.session.id)\n\(what)").inserted
  }

  // MARK: Statements

  private func statement(_ text: String, _ subject: RuleSubject) -> (what: String, severity: Finding.Severity?)? {
    let words = SQLShape.words(of: text).first ?? []
    guard let first = words.first else { return nil }
    if let role = role(words, text) { return ("becomes \(role)", .medium) }
    if ["create", "alter"].contains(first), ["role", "user"].contains(words.dropFirst().first ?? ""),
      let right = Self.attributes.first(where: words.contains)
    {
      return ("gives \(right)", nil)
    }
    let resources = subject.action.resources
    if first != "revoke",
      let role = Self.roles.first(where: { role in words.contains(role) || resources.contains { $0.name == role } })
    {
      return ("gives or takes \(role)", nil)
    }
    if first == "copy", subject.touches(["execute"], "program") || words.contains("program") {
      return ("runs a program on the server's host", .critical)
    }
    if first == "copy", let file = resources.first(where: { $0.kind == "file" }) {
      return ("\(file.access)s \(file.name) on the server's host", nil)
    }
    if first == "create", words.contains("function") || words.contains("procedure") || words.contains("extension") {
      if let language = language(words) {
        return ("brings in code of \(language), which the server does not confine", nil)
      }
      if let mark = words.firstIndex(of: "security"), words.dropFirst(mark + 1).first == "definer" {
        return ("makes a function that acts with its owner's rights", .medium)
      }
    }
    if let function = words.first(where: Self.functions.contains) {
      return ("reaches files of the server's host by \(function)", nil)
    }
    return nil
  }

  private func language(_ words: [String]) -> String? {
    if let mark = words.firstIndex(of: "language"), let name = words.dropFirst(mark + 1).first {
      return Self.languages.contains(name) ? name : nil
    }
    guard words.contains("extension") else { return nil }
    return words.first { $0 != "c" && Self.languages.contains($0) || $0 == "file_fdw" || $0 == "adminpack" }
  }

  /// The role that the session becomes; nil when it becomes none, or who it was.
  private func role(_ words: [String], _ text: String) -> String? {
    if words.contains("set_config"), let call = text.lowercased().firstRange(of: "set_config") {
      let lower = text.lowercased()[call.upperBound...].split(separator: "'", omittingEmptySubsequences: false)
      guard lower.count > 3, ["role", "session_authorization"].contains(lower[1]) else { return nil }
      return ["", "none", "default"].contains(lower[3]) ? nil : String(lower[3])
    }
    guard words.first == "set" else { return nil }
    var rest = words.dropFirst()
    if rest.starts(with: ["session", "authorization"]) {
      rest = rest.dropFirst(2)
    } else {
      if rest.first == "local" || rest.first == "session" { rest = rest.dropFirst() }
      guard rest.first == "role" || rest.starts(with: ["session", "authorization"]) else { return nil }
      rest = rest.dropFirst(rest.first == "role" ? 1 : 2)
    }
    guard let name = rest.first(where: { $0 != "to" }) else {
      // In quotation marks.
      let quoted = text.split { "'\"".contains($0) }.dropFirst().first
      return quoted.map(String.init)
    }
    return ["none", "default"].contains(name) ? nil : name
  }

  // MARK: Services

  private func call(_ action: Action) -> String? {
    guard action.status == .ok || action.status == .incomplete, action.isChange else { return nil }
    let grants = action.resources.filter { $0.access == "grant" }
    if let policy = grants.first(where: { $0.kind == "policy" && EscalationCommands.isAdministrator($0.name) }) {
      return "\(action.verb): \(policy.name)"
    }
    if let role = grants.first(where: { $0.kind == "role" && EscalationCommands.isAdministrator($0.name) }) {
      return "binds \(role.name)"
    }
    return nil
  }

  static let examples = [
    RuleExample(
      "in the database", finds: 14,
      [
        .sql("SET ROLE postgres"), .sql("SET SESSION AUTHORIZATION dba"), .sql("ALTER ROLE svc SUPERUSER"),
        .sql("GRANT pg_read_server_files TO svc"), .sql("COPY t FROM PROGRAM 'id'"), .sql("SELECT pg_read_file('x')"),
        .sql("ALTER ROLE svc BYPASSRLS"), .sql("CREATE ROLE r CREATEROLE"), .sql("ALTER USER svc WITH REPLICATION"),
        .sql("COPY t FROM '/etc/passwd'"), .sql("SELECT set_config('role', 'ops', false)"), .sql("SET ROLE 'admin'"),
        .sql("CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS 'return 1'"),
        .sql("CREATE FUNCTION g() RETURNS int SECURITY DEFINER LANGUAGE sql AS 'SELECT 1'"),
      ]),
    RuleExample(
      "undone, and done nevertheless", finds: 3,
      [
        .sql("COPY t FROM PROGRAM 'id'") { $0.action.transaction = .rolledBack },
        .sql("COPY t FROM PROGRAM 'id'") { $0.action.status = .error },
        .sql("SELECT pg_read_file('x')") { $0.action.transaction = .rolledBack },
      ]),
    RuleExample("the same role with each request", finds: 1, [.sql("SET ROLE anon"), .sql("SET ROLE anon")]),
    RuleExample(
      "on a host", finds: 11,
      [
        .shell("sudo -n id"), .shell("cd /tmp && sudo systemctl restart x"), .shell("su - postgres -c id"),
        .shell("doas sh"), .shell("pkexec bash"), .shell("usermod -aG sudo rosa"), .shell("chmod u+s /tmp/sh"),
        .shell("chmod 4755 /tmp/sh"), .shell("setcap cap_setuid+ep /usr/bin/python3"),
        .shell("kubectl create clusterrolebinding x --clusterrole=cluster-admin --user=rosa"),
        .shell("aws iam attach-user-policy --user-name x --policy-arn arn:aws:iam::aws:policy/AdministratorAccess"),
      ]),
    RuleExample(
      "of services", finds: 2,
      [
        .other(
          "http", "iam:AttachRolePolicy", "iam:AttachRolePolicy x", .privilege,
          [Resource("grant", "policy", "arn:aws:iam::aws:policy/AdministratorAccess")]),
        .other(
          "http", "create", "POST https://k8s/", .privilege, [Resource("grant", "role", "clusterrole/cluster-admin")]),
      ]),
    RuleExample(
      "nothing taken", finds: 0,
      [
        .sql("SET ROLE NONE"), .sql("SET search_path = a"), .sql("SELECT 'SET ROLE postgres'"), .sql("RESET ROLE"),
        .sql("COPY t FROM STDIN"), .sql("REVOKE pg_read_all_data FROM svc"), .sql("SELECT role FROM t"),
        .sql("CREATE ROLE r NOSUPERUSER"), .shell("echo pseudo"), .sql("SET ROLE x") { $0.action.status = .error },
        .sql("COPY t FROM PROGRAM 'id'") { $0.action.status = .denied },
        .sql("COPY t FROM PROGRAM 'id'") { $0.action.transaction = .notRun },
        .shell("chmod 755 run.sh"), .shell("grep sudo notes.txt"), .shell("usermod -s /bin/sh rosa"),
        .sql("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
        .shell("kubectl create rolebinding x --role=viewer --user=rosa"),
        .other(
          "http", "iam:AttachRolePolicy", "x", .privilege,
          [Resource("grant", "policy", "arn:aws:iam::aws:policy/ReadOnlyAccess")]),
      ]),
  ]
}
