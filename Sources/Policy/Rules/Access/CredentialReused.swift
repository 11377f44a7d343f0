import Model

/// One credential that was used from several hosts, or by several agents.
struct CredentialReused: FindingRule {
  static let about = RuleAbout(
    id: "credential-reused", title: "one credential is used from several places", severity: .low,
    explanation:
      "The same password, token or key was shown from several hosts or by several agents: it was copied, and cannot be taken from one of them alone.",
    controls: ["CC6.1", "A.5.16", "A.5.17", "IA-5", "8.2.2", "8.6.1"])

  private struct Uses {
    var what: String
    var sessions: [Session] = []
    var seen: Set<String> = []
    var hosts: Set<String> = []
    var agents: Set<String> = []
    var users: Set<String> = []
  }

  private static let (limit, nameLimit) = (100_000, 100)
  /// Agents at work in sessions.
  private var agents: [String: Set<String>] = [:]

  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    let agent =
      if let prompt = subject.prompt, !prompt.isAmbiguous { prompt.agent } else { subject.session.agent }
    guard let agent, agents[subject.session.id] != nil || agents.count < Self.limit else { return [] }
    agents[subject.session.id, default: []].insert(agent)
    return []
  }

  mutating func finish(_ facts: RuleFacts) -> [RuleHit] {
    let sessions = Dictionary(facts.sessions.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var all: [String: Uses] = [:]
    for sighting in facts.secrets where sighting.kind == "password" || sighting.kind == "http-credential" {
      guard let session = sighting.sessionID.flatMap({ sessions[$0] }) else { continue }
      note(sighting.hash, sighting.kind == "password" ? "a password" : "a token", session, &all)
    }
    for (id, names) in facts.keys.sorted(by: { $0.key < $1.key }) {
      guard let session = sessions[id], let key = names.first(where: { $0.hasPrefix("SHA256:") }) else { continue }
      note(key, "the key \(key)", session, &all)
    }
    return all.sorted { $0.key < $1.key }.compactMap { _, uses in hit(uses) }
  }

  private func note(_ key: String, _ what: String, _ session: Session, _ all: inout [String: Uses]) {
    guard all[key] != nil || all.count < Self.limit else { return }
    var uses = all[key] ?? Uses(what: what)
    guard uses.seen.count < Self.limit, uses.seen.insert(session.id).inserted else { return }
    all[key] = nil
    uses.sessions.append(session)
    if uses.hosts.count < Self.nameLimit { uses.hosts.insert(RuleSubject.host(session.client)) }
    if uses.users.count < Self.nameLimit, let user = session.user { uses.users.insert(user) }
    uses.agents.formUnion(agents[session.id] ?? [])
    all[key] = uses
  }

  private func hit(_ uses: Uses) -> RuleHit? {
    guard uses.hosts.count > 1 || uses.agents.count > 1,
      let first = uses.sessions.min(by: { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) })
    else { return nil }
    func list(_ names: Set<String>) -> String { names.sorted().prefix(5).joined(separator: ", ") }
    var parts: [String] = []
    if !uses.users.isEmpty { parts.append("of \(list(uses.users))") }
    if uses.hosts.count > 1 { parts.append("from \(uses.hosts.count) hosts: \(list(uses.hosts))") }
    if !uses.agents.isEmpty { parts.append("by \(list(uses.agents))") }
    let last = uses.sessions.max { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
    let also = last.map { $0.id == first.id ? "" : "; last in \($0.id)" } ?? ""
    return RuleHit(
      session: first.id, "\(uses.what) \(parts.joined(separator: ", "))\(also)", uses.agents.isEmpty ? .low : .medium)
  }

  private static func login(_ session: String, _ host: String, agent: String? = nil) -> RuleSubject {
    .other("login", "LOGIN", "login as svc by password", .session, session: session, in: "postgres") {
      $0.session.client = "\(host):1"
      $0.session.agent = agent
    }
  }
  private static func seen(_ kind: String, _ sessions: String...) -> @Sendable (inout RuleFacts) -> Void {
    { $0.secrets = sessions.map { SecretSighting(hash: "h", kind: kind, sessionID: $0, actionID: nil) } }
  }

  static let examples = [
    RuleExample(
      "a password from two hosts", finds: 1, [login("a", "10.0.0.1"), login("b", "10.0.0.2")],
      seen("password", "a", "b")),
    RuleExample(
      "a token of two agents", finds: 1,
      [login("a", "10.0.0.1", agent: "codex"), login("b", "10.0.0.1", agent: "cline")],
      seen("http-credential", "a", "b")),
    RuleExample("a key from two hosts", finds: 1, [login("a", "10.0.0.1"), login("b", "10.0.0.2")]) {
      $0.keys = ["a": ["ssh-ed25519", "SHA256:k"], "b": ["ssh-ed25519", "SHA256:k"]]
    },
    RuleExample(
      "one host", finds: 0, [login("a", "10.0.0.1"), login("b", "10.0.0.1")], seen("password", "a", "b")),
    RuleExample(
      "what came back, or stood in a form", finds: 0, [login("a", "10.0.0.1"), login("b", "10.0.0.2")],
      seen("http-answer", "a", "b")),
  ]
}
