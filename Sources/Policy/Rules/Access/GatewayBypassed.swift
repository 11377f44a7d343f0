import Model

/// Connections to what a policy protects that did not come through one of its gateways.
struct GatewayBypassed: FindingRule {
  static let about = RuleAbout(
    id: "gateway-bypassed", title: "a connection went round the gateway", severity: .high,
    explanation:
      "The policy names the gateways of this target. What goes round them is neither held back nor recorded there.",
    controls: ["CC6.6", "CC7.2", "A.8.20", "A.8.22", "AC-17(3)", "SC-7", "1.4.2"])

  private struct Group {
    var target: String
    var client: String
    var server: String
    var users: Set<String> = []
    var sessions: [Session] = []
    var isSure = false
    var wasLetIn = false
    var doubt: String?
  }

  private static let sessionLimit = 100_000
  private var targets: [(name: String, target: Target)] = []
  /// Sessions in which something was answered by other than a refusal.
  private var open: Set<String> = []

  mutating func prepare(_ policy: PolicyDocument) {
    targets = policy.targets.filter { !$0.value.gateways.isEmpty }.sorted { $0.key < $1.key }
      .map { (name: $0.key, target: $0.value) }
  }

  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    guard !targets.isEmpty, subject.action.status != .denied, open.count < Self.sessionLimit else { return [] }
    open.insert(subject.session.id)
    return []
  }

  mutating func finish(_ facts: RuleFacts) -> [RuleHit] {
    guard !targets.isEmpty else { return [] }
    var groups: [String: Group] = [:]
    // What a gateway recorded came through it.
    for session in facts.sessions where session.gateway == nil {
      for (name, target) in targets where !target.gateways.contains(where: { $0.matches(endpoint: session.client) }) {
        let reached = target.isReached(by: session)
        guard reached != .no else { continue }
        let host = RuleSubject.host(session.client)
        let key = "\(name)\n\(host)\n\(session.server)"
        var group = groups[key] ?? Group(target: name, client: host, server: session.server)
        if let user = session.user { group.users.insert(user) }
        if group.sessions.count < Self.sessionLimit { group.sessions.append(session) }
        // What could not be looked into may have been let in.
        if open.contains(session.id) || session.isOpaque { group.wasLetIn = true }
        if case .unknown(let why) = reached { group.doubt = why } else { group.isSure = true }
        groups[key] = group
      }
    }
    return groups.sorted { $0.key < $1.key }.compactMap { _, group in hit(group) }
  }

  private func hit(_ group: Group) -> RuleHit? {
    let sessions = group.sessions.sorted { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
    guard let first = sessions.first else { return nil }
    var text = sessions.count == 1 ? "one connection" : "\(sessions.count) connections"
    text += " from \(group.client) to \(group.target) at \(group.server)"
    if !group.users.isEmpty { text += " as \(group.users.sorted().prefix(5).joined(separator: ", "))" }
    let others = sessions.dropFirst().prefix(4).map(\.id)
    if !others.isEmpty { text += "; also \(others.joined(separator: ", "))" }
    if !group.isSure, let doubt = group.doubt { text += "; it may have been another of that server, for \(doubt)" }
    if !group.wasLetIn { text += "; none was let in" }
    return RuleHit(session: first.id, text, group.isSure && group.wasLetIn ? .high : .medium)
  }

  private static let policy = """
    targets:
      prod: { protocol: postgres, database: shop, server: "10.0.0.5:*", gateways: [10.9.0.1, "10.8.0.0/24", "gw*.internal"] }
    """

  private static func from(_ client: String, _ change: (inout RuleSubject) -> Void = { _ in }) -> RuleSubject {
    .sql("SELECT 1", session: client) {
      $0.session.client = client
      $0.session.actionCount = 1
      change(&$0)
    }
  }

  static let examples = [
    RuleExample(
      "two hosts, one of them twice", finds: 2, policy: policy,
      [from("10.0.0.7:1"), from("10.0.0.7:2"), from("laptop.internal:3"), from("10.9.0.1:4")]),
    RuleExample(
      "encrypted, so that the database is not known", finds: 1, policy: policy,
      [
        from("10.0.0.7:1") {
          $0.session.isEncrypted = true
          $0.session.target = nil
        }
      ]),
    RuleExample(
      "through the gateways, or elsewhere", finds: 0, policy: policy,
      [
        from("10.9.0.1:4"), from("10.8.0.77:5"), from("gw2.internal:6"),
        from("10.0.0.7:1") { $0.session.target = "test" },
        from("10.0.0.7:2") { $0.session.server = "10.0.0.6:5432" },
        from("10.0.0.7:3") { $0.session.gateway = "10.9.0.1:5432" },
      ]),
    RuleExample("a policy that names no gateways", finds: 0, [from("10.0.0.7:1")]),
  ]
}
