import Model

/// Secrets that were read out of a store, and where they were used afterwards.
struct CredentialHandedOut: FindingRule {
  static let about = RuleAbout(
    id: "credential-handed-out", title: "read a credential out of a store", severity: .medium,
    explanation:
      "What was read can be used elsewhere, under another name. Where the same secret was seen again, the finding says so.",
    controls: ["CC6.1", "A.5.17", "A.8.5", "IA-5", "8.6.2"])

  private static let calls = [
    "secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue", "sts:AssumeRole", "sts:GetSessionToken",
    "sts:GetFederationToken", "iam:CreateAccessKey", "iam:CreateServiceSpecificCredential",
    "rds:GenerateDBAuthToken", "ecr:GetAuthorizationToken", "redshift:GetClusterCredentials",
    "cognito-identity:GetCredentialsForIdentity", "sso:GetRoleCredentials",
  ]
  private static let files = [
    ".pgpass", "pgpass.conf", ".aws/credentials", ".netrc", ".kube/config", ".git-credentials", "id_rsa", "id_ed25519",
    "id_ecdsa", "/etc/shadow", ".env", ".docker/config.json", ".vault-token", "/environ", "serviceaccount/token",
  ]
  private static let catalogs: Set<String> = ["pg_authid", "pg_shadow", "pg_user_mapping"]
  private static let (limit, nameLimit, useLimit) = (10_000, 10_000, 20)

  private struct HandOut {
    var action: Action
    var what: String
  }
  /// What was done under a name, first and later.
  private struct Name {
    var firstAt: Timestamp
    var actions: [Action] = []
    var sessions: Set<String> = []
  }

  private var handedOut: [HandOut] = []
  private var names: [String: Name] = [:]

  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    let action = subject.action
    note(action)
    guard action.status == .ok || action.status == .incomplete, handedOut.count < Self.limit, let what = what(subject)
    else { return [] }
    handedOut.append(HandOut(action: action, what: what))
    return []
  }

  private mutating func note(_ action: Action) {
    guard let user = action.identity.user, names[user] != nil || names.count < Self.nameLimit else { return }
    var name = names[user] ?? Name(firstAt: action.startedAt)
    guard name.sessions.count < 1_000, name.sessions.insert(action.sessionID).inserted else { return }
    names[user] = nil
    name.actions.append(action)
    names[user] = name
  }

  private func what(_ subject: RuleSubject) -> String? {
    let action = subject.action
    if Self.calls.contains(where: action.verb.hasPrefix) { return action.verb }
    // Without decryption it is the name of a parameter, or its ciphertext.
    if action.verb.hasPrefix("ssm:GetParameter"), action.effect == .privilege { return action.verb }
    if action.verb.hasPrefix("vault "), action.effect == .privilege,
      !action.resources.contains(where: { $0.access == "drop" })
    {
      return action.verb
    }
    if action.kind == "http", action.resources.contains(where: { $0.access == "read" && $0.kind == "secret" }) {
      return "\(action.verb) of a secret"
    }
    if action.kind == "http", action.effect == .privilege,
      action.resources.contains(where: { $0.kind == "serviceaccounts/token" })
    {
      return "a token of a service account"
    }
    if action.kind == "sql" || action.kind == "copy" {
      let catalog = action.resources.first { resource in
        resource.access == "read"
          && Self.catalogs.contains(resource.name.split(separator: ".").last.map(String.init) ?? "")
      }
      return catalog.map { "reads passwords out of \($0.name)" }
    }
    guard ["exec", "shell", "sftp", "scp"].contains(action.kind) else { return nil }
    for resource in action.resources where resource.kind == "file" && resource.access == "read" {
      if let file = Self.files.first(where: { resource.name.hasSuffix($0) }) { return "reads \(file)" }
    }
    return HandOutCommands.what(subject.commands)
  }

  mutating func finish(_ facts: RuleFacts) -> [RuleHit] {
    let ids = Set(handedOut.map(\.action.id))
    // The hashes that each hand-out gave, and everywhere else that somebody showed the same.
    var given: [String: Set<String>] = [:]
    for sighting in facts.secrets where sighting.kind.hasSuffix("-answer") {
      guard let id = sighting.actionID, ids.contains(id) else { continue }
      given[id, default: []].insert(sighting.hash)
    }
    let wanted = given.values.reduce(into: Set<String>()) { $0.formUnion($1) }
    var uses: [String: [SecretSighting]] = [:]
    var told: Set<String> = []
    let starts = Dictionary(facts.sessions.map { ($0.id, $0.startedAt) }, uniquingKeysWith: { first, _ in first })
    for sighting in facts.secrets where wanted.contains(sighting.hash) {
      if sighting.isUse, sighting.sessionID != nil { uses[sighting.hash, default: []].append(sighting) }
      if sighting.kind == "transcript" { told.insert(sighting.hash) }
    }
    var byName: [String: Name] = [:]
    if !wanted.isEmpty {
      for (user, name) in names { if let hash = facts.hash(user), wanted.contains(hash) { byName[hash] = name } }
    }
    return handedOut.map { entry in
      let own = given[entry.action.id] ?? []
      let later = own.flatMap { uses[$0] ?? [] }.filter { seen in
        seen.actionID != entry.action.id
          && seen.at ?? seen.sessionID.flatMap { starts[$0] } ?? .epoch > entry.action.startedAt
      }
      let places = Set(later.compactMap { $0.actionID ?? $0.sessionID }).sorted()
      let acts = own.compactMap { byName[$0] }.flatMap { name in
        name.actions.filter { $0.startedAt > entry.action.startedAt && $0.sessionID != entry.action.sessionID }
          .map { (action: $0, isNew: name.firstAt > entry.action.startedAt) }
      }
      var text = entry.what
      var severity: Finding.Severity?
      if !places.isEmpty {
        text += "; the same secret was used later in \(list(places))"
        severity = .high
      } else if !acts.isEmpty {
        text += "; the name that it gave acted later in \(list(Set(acts.map(\.action.id)).sorted()))"
        // A name that nobody had before was made for this.
        severity = acts.contains(where: \.isNew) ? .high : nil
      }
      if !own.isDisjoint(with: told) { text += "; it stands in a transcript too" }
      return RuleHit(entry.action, text, severity)
    }
  }

  private func list(_ places: [String]) -> String {
    let more = places.count - 5
    return places.prefix(5).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
  }

  private static let secret = RuleSubject.other(
    "http", "secretsmanager:GetSecretValue", "POST https://aws/", .privilege, session: "a")
  private static func sighting(_ kind: String, _ session: String, _ action: String?, at second: Int64) -> SecretSighting
  {
    SecretSighting(
      hash: "h", kind: kind, sessionID: session, actionID: action, at: Timestamp(nanoseconds: second * 1_000_000_000))
  }

  static let examples = [
    RuleExample(
      "read and used", finds: 1, [secret, .other("login", "LOGIN", "login", .session, session: "b", in: "postgres")]
    ) { facts in
      facts.secrets = [sighting("http-answer", "a", "a.1", at: 0), sighting("password", "b", nil, at: 60)]
    },
    RuleExample("read what had been used before", finds: 1, [secret]) { facts in
      facts.secrets = [sighting("password", "b", nil, at: -60), sighting("http-answer", "a", "a.1", at: 0)]
    },
    RuleExample(
      "files, catalogs and the environment", finds: 5,
      [
        .shell("cat ~/.pgpass"), .shell("printenv"), .shell("sudo cat /proc/42/environ"),
        .sql("SELECT rolname, rolpassword FROM pg_authid"), .shell("cd /srv && env"),
      ]),
    RuleExample(
      "programs that print secrets", finds: 5,
      [
        .shell("kubectl -n shop get secret db -o jsonpath='{.data.password}' | base64 -d"),
        .shell("vault kv get -field=password secret/db"), .shell("aws ssm get-parameter --name db --with-decryption"),
        .shell("aws secretsmanager get-secret-value --secret-id db"), .shell("gh auth token"),
      ]),
    RuleExample(
      "services that give secrets", finds: 3,
      [
        .other(
          "http", "get", "GET https://k8s/api/v1/namespaces/shop/secrets/db", .read,
          [Resource("read", "secret", "shop/db")]),
        .other("http", "vault read", "vault read database/creds/shop", .privilege, [Resource("read", "secret", "x")]),
        .other("http", "ssm:GetParameter", "ssm:GetParameter db", .privilege),
      ]),
    RuleExample(
      "nothing handed out", finds: 0,
      [
        .shell("cat notes.txt"), .shell("env PGUSER=a psql"), .other("http", "s3:GetObject", "GET https://s3/", .read),
        .shell("kubectl get secrets"), .shell("echo env"),
        .other("http", "ssm:GetParameter", "ssm:GetParameter x", .read),
        .other("http", "create", "POST https://k8s/secrets", .write, [Resource("write", "secret", "shop/db")]),
        .sql("SELECT * FROM pg_user"),
      ]),
  ]
}
