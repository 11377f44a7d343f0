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
    "sts:GetFederationToken", "ssm:GetParameter", "iam:CreateAccessKey", "rds:GenerateDBAuthToken",
    "ecr:GetAuthorizationToken",
  ]
  private static let files = [
    ".pgpass", ".aws/credentials", ".netrc", ".kube/config", ".git-credentials", "id_rsa", "id_ed25519", "/etc/shadow",
    ".env",
  ]
  private static let limit = 10_000

  private var handedOut: [String: (action: Action, what: String)] = [:]
  private var order: [String] = []

  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    let action = subject.action
    guard action.status == .ok || action.status == .incomplete, order.count < Self.limit, let what = what(subject)
    else {
      return []
    }
    handedOut[action.id] = (action, what)
    order.append(action.id)
    return []
  }

  private func what(_ subject: RuleSubject) -> String? {
    let action = subject.action
    if Self.calls.contains(where: action.verb.hasPrefix) { return action.verb }
    if action.verb.hasPrefix("vault "), action.effect == .privilege { return action.verb }
    if action.resources.contains(where: { $0.kind == "secret" || $0.kind == "secrets" }), action.verb != "list" {
      return "\(action.verb) of a secret"
    }
    guard ["exec", "shell", "sftp", "scp"].contains(action.kind) else { return nil }
    for resource in action.resources where resource.kind == "file" && resource.access == "read" {
      if let file = Self.files.first(where: { resource.name.hasSuffix($0) }) { return "reads \(file)" }
    }
    let words = action.text.split(separator: " ")
    if ["env", "printenv"].contains(words.first ?? ""), words.count == 1 { return "prints the environment" }
    if words.starts(with: ["kubectl"]), words.contains("get"), words.contains(where: { $0.hasPrefix("secret") }) {
      return "kubectl get secret"
    }
    return nil
  }

  mutating func finish(_ facts: RuleFacts) -> [RuleHit] {
    // The hashes that each hand-out carried, and where in the case it stands.
    var given: [String: (hashes: [String], at: Int)] = [:]
    var sightings: [String: [(place: SecretSighting, at: Int)]] = [:]
    for (at, sighting) in facts.secrets.enumerated() where sighting.sessionID != nil {
      sightings[sighting.hash, default: []].append((sighting, at))
      guard let id = sighting.actionID, handedOut[id] != nil else { continue }
      given[id, default: ([], at)].hashes.append(sighting.hash)
    }
    return order.compactMap { handedOut[$0] }.map { entry in
      let own = given[entry.action.id]
      let later = (own?.hashes ?? []).flatMap { sightings[$0] ?? [] }.filter { seen in
        seen.at > own?.at ?? 0 && seen.place.sessionID != entry.action.sessionID
      }
      let places = Set(later.compactMap { $0.place.actionID ?? $0.place.sessionID }).sorted()
      guard !places.isEmpty else { return RuleHit(entry.action, entry.what) }
      return RuleHit(
        entry.action, "\(entry.what); the same secret was seen later in \(places.prefix(5).joined(separator: ", "))",
        .high)
    }
  }

  private static let secret = RuleSubject.other(
    "http", "secretsmanager:GetSecretValue", "POST https://aws/", .privilege, session: "a")

  static let examples = [
    RuleExample("read and used", finds: 1, [secret, .other("login", "LOGIN", "login", .session, session: "b")]) {
      facts in
      facts.secrets = [
        SecretSighting(hash: "h", kind: "http", sessionID: "a", actionID: "a.1"),
        SecretSighting(hash: "h", kind: "password", sessionID: "b", actionID: nil),
      ]
    },
    RuleExample("read what had been stored before", finds: 1, [secret]) { facts in
      facts.secrets = [
        SecretSighting(hash: "h", kind: "http", sessionID: "b", actionID: "b.1"),
        SecretSighting(hash: "h", kind: "http", sessionID: "a", actionID: "a.1"),
      ]
    },
    RuleExample("files and environment", finds: 2, [.shell("cat ~/.pgpass"), .shell("printenv")]),
    RuleExample(
      "nothing handed out", finds: 0,
      [.shell("cat notes.txt"), .shell("env PGUSER=a psql"), .other("http", "s3:GetObject", "GET https://s3/", .read)]),
  ]
}
