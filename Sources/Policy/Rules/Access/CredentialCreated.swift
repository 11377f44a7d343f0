import Model

/// New roles, keys and grants: access that stays when the session is gone.
struct CredentialCreated: FindingRule {
  static let about = RuleAbout(
    id: "credential-created", title: "gave new or wider access", severity: .medium,
    explanation:
      "A role, key, token or grant stays when the session that made it is over: somebody can come back with it.",
    controls: ["CC6.2", "CC6.3", "A.5.18", "AC-2", "10.2.1.5"])

  private static let statements: Set<String> = [
    "CREATE ROLE", "CREATE USER", "ALTER ROLE", "ALTER USER", "GRANT", "ALTER DEFAULT PRIVILEGES",
  ]
  private static let calls = [
    "iam:Create", "iam:Add", "iam:Attach", "iam:Put", "iam:UpdateAssumeRolePolicy", "iam:UpdateLoginProfile",
  ]

  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    let action = subject.action
    guard subject.isLasting else { return [] }
    if action.kind == "sql", Self.statements.contains(action.verb), action.effect == .privilege {
      let names = action.resources.prefix(4).map { "\($0.access) \($0.kind) \($0.name)" }.joined(separator: ", ")
      return [RuleHit(action, names.isEmpty ? action.verb : "\(action.verb): \(names)")]
    }
    if Self.calls.contains(where: action.verb.hasPrefix) { return [RuleHit(action, action.verb)] }
    let keys = action.resources.filter { resource in
      resource.kind == "file" && resource.access != "read"
        && (resource.name.hasSuffix("/authorized_keys") || resource.name.hasPrefix("/etc/sudoers")
          || resource.name == "/etc/passwd" || resource.name == "/etc/shadow")
    }
    if let key = keys.first { return [RuleHit(action, "writes \(key.name)", .high)] }
    return []
  }

  static let examples = [
    RuleExample(
      "roles and grants", finds: 3,
      [.sql("CREATE ROLE r LOGIN"), .sql("GRANT SELECT ON t TO r"), .sql("ALTER ROLE r CREATEDB")]),
    RuleExample(
      "keys", finds: 2,
      [
        .shell("echo ssh-ed25519 AAAA >> ~/.ssh/authorized_keys"),
        .other("http", "iam:CreateAccessKey", "POST https://iam/", .privilege),
      ]),
    RuleExample(
      "nothing given", finds: 0,
      [
        .sql("REVOKE SELECT ON t FROM r"), .sql("SELECT 1"), .shell("cat ~/.ssh/authorized_keys"),
        .other("http", "iam:ListUsers", "POST https://iam/", .read),
        .sql("CREATE ROLE r") { $0.action.transaction = .rolledBack },
      ]),
  ]
}
