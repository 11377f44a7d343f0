import Model

/// Accounts, keys and agents that were used after the time for which they were meant.
struct EngagementEnded: FindingRule {
  static let about = RuleAbout(
    id: "engagement-ended", title: "access was used outside of its engagement", severity: .high,
    explanation:
      "The policy says until when this account, key or agent may act. What still works afterwards was not taken back.",
    controls: ["CC6.2", "CC6.3", "A.5.11", "A.5.18", "A.6.5", "AC-2(3)", "PS-4", "8.2.5", "8.2.7"])

  private struct Use {
    var engagement: String
    var objection: String
    var session: Session
    var who: String
    var first: Action
    var count = 0
    var wasLetIn = false
  }

  /// Sessions that are remembered.
  private static let limit = 50_000
  private var engagements: [(name: String, engagement: Engagement)] = []
  private var uses: [String: Use] = [:]

  mutating func prepare(_ policy: PolicyDocument) {
    engagements = policy.engagements.sorted { $0.key < $1.key }.map { (name: $0.key, engagement: $0.value) }
  }

  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    guard !engagements.isEmpty else { return [] }
    let (action, session) = (subject.action, subject.session)
    let user = action.identity.user ?? session.user
    let agent = subject.prompt?.agent ?? session.agent
    let human = subject.prompt?.human ?? session.human
    for (name, engagement) in engagements {
      guard let objection = engagement.objection(at: action.startedAt),
        engagement.names(user: user, agent: agent, human: human)
      else { continue }
      let key = "\(name)\n\(session.id)\n\(objection)"
      guard uses[key] != nil || uses.count < Self.limit else { continue }
      let who = [human, agent, user].compactMap(\.self).first ?? "somebody"
      var use =
        uses[key] ?? Use(engagement: name, objection: objection, session: session, who: who, first: action)
      use.count += 1
      if action.status != .denied { use.wasLetIn = true }
      uses[key] = use
    }
    return []
  }

  mutating func finish(_ facts: RuleFacts) -> [RuleHit] {
    let byName = Dictionary(engagements.map { ($0.name, $0.engagement) }, uniquingKeysWith: { first, _ in first })
    let held = uses.values.filter { byName[$0.engagement]?.holds(keys: facts.keys[$0.session.id] ?? []) ?? false }
    // One for each client and server.
    let groups = Dictionary(grouping: held) {
      "\($0.engagement)\n\($0.objection)\n\($0.who)\n\(RuleSubject.host($0.session.client))\n\($0.session.server)"
    }
    return groups.sorted { $0.key < $1.key }.compactMap { _, uses in
      let uses = uses.sorted { ($0.first.startedAt, $0.first.id) < ($1.first.startedAt, $1.first.id) }
      guard let first = uses.first else { return nil }
      let wasLetIn = uses.contains(where: \.wasLetIn)
      let count = uses.reduce(0) { $0 + $1.count }
      var text = "\(first.engagement): \(first.who) acted \(first.objection)"
      text += ", \(count == 1 ? "one action" : "\(count) actions") in "
      text += uses.count == 1 ? "one session" : "\(uses.count) sessions"
      text += " from \(RuleSubject.host(first.session.client)) to \(first.session.server)"
      return RuleHit(first.first, wasLetIn ? text : text + "; none was let in", wasLetIn ? .high : .low)
    }
  }

  private static func act(_ user: String, session: String = "s", denied: Bool = false) -> RuleSubject {
    .other("login", "LOGIN", "login as \(user) by password", .session, session: session, in: "postgres") {
      $0.action.identity.user = user
      $0.action.status = denied ? .denied : .ok
    }
  }

  static let examples = [
    RuleExample(
      "a contractor's account, the day after", finds: 1,
      policy: "engagements: { audit: { user: \"ext_*\", until: 1969-12-31 } }",
      [act("ext_rosa"), act("ext_rosa", session: "t"), act("lin")]),
    RuleExample(
      "refused", finds: 1, policy: "engagements: { audit: { user: \"ext_*\", until: 1969-12-31 } }",
      [act("ext_rosa", denied: true)]),
    RuleExample(
      "a key", finds: 1, policy: "engagements: { old: { key: \"SHA256:abc*\", until: 1969-12-31 } }",
      [act("deploy", session: "a"), act("deploy", session: "b")]
    ) { $0.keys = ["a": ["ssh-ed25519", "SHA256:abcdef"], "b": ["ssh-ed25519", "SHA256:xyz"]] },
    RuleExample(
      "in time, or another", finds: 0,
      policy: "engagements: { audit: { user: \"ext_*\", from: 1969-01-01, until: 1970-01-01 } }",
      [act("ext_rosa"), act("lin")]),
    RuleExample("a policy without engagements", finds: 0, [act("ext_rosa")]),
  ]
}
