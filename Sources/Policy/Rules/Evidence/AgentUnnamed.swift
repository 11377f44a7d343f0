import Model

/// An agent at work of whom the wire says nothing.
struct AgentUnnamed: FindingRule {
  static let about = RuleAbout(
    id: "agent-unnamed", title: "an agent acts and the connection does not say so", severity: .info,
    explanation:
      "Only the transcript tells that an agent did this. With its id in application_name, a header or the environment, the server's own log would tell too.",
    controls: ["CC6.1", "A.5.16", "IA-2", "A.6.2.8"])

  private static let limit = 100_000
  private var seen: Set<String> = []
  private var groups: [String: (session: String, count: Int)] = [:]

  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    guard let prompt = subject.prompt, !prompt.isAmbiguous, let agent = prompt.agent, subject.session.agent == nil,
      seen.count < Self.limit, seen.insert(subject.session.id).inserted
    else { return [] }
    let application = (subject.action.identity.application ?? "").lowercased()
    guard !application.contains(agent.lowercased()), !application.contains("toolu_"), !application.contains("call_")
    else {
      return []
    }
    let key = "\(agent) as \(subject.action.identity.user ?? "an unknown user") on \(subject.session.server)"
    groups[key, default: (subject.session.id, 0)].count += 1
    return []
  }

  mutating func finish(_ facts: RuleFacts) -> [RuleHit] {
    groups.sorted { $0.key < $1.key }.map { key, group in
      RuleHit(session: group.session, "\(key): \(group.count == 1 ? "one session" : "\(group.count) sessions")")
    }
  }

  private static func by(_ application: String?) -> RuleSubject {
    .sql("SELECT 1") {
      $0.prompt = PromptFacts(promptID: "p", human: nil, agent: "codex", confidence: 1, isAmbiguous: false)
      $0.action.identity.application = application
    }
  }

  static let examples = [
    RuleExample("psql like anybody's", finds: 1, [by("psql")]),
    RuleExample("it says so", finds: 0, [by("codex/0.4 run-7")]),
    RuleExample("no agent", finds: 0, [.sql("SELECT 1")]),
  ]
}
