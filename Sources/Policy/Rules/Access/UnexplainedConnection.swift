import Model

/// A connection from an agent's host that none of its tool calls explains.
struct UnexplainedConnection: FindingRule {
  static let about = RuleAbout(
    id: "unexplained-connection", title: "connections from an agent's host that no tool call explains", severity: .low,
    explanation:
      "A library, a background process or a person opened it: what an agent's transcript shows is not all that its host does.",
    controls: ["CC7.2", "A.8.16", "AU-12", "A.6.2.8"])

  private struct Side {
    var hasPrompt = false
    var session: Session
    var count = 0
  }
  private static let limit = 100_000
  private var sessions: [String: Side] = [:]

  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    guard subject.hasTranscripts else { return [] }
    let id = subject.session.id
    guard sessions[id] != nil || sessions.count < Self.limit else { return [] }
    var side = sessions[id] ?? Side(session: subject.session)
    if subject.prompt != nil { side.hasPrompt = true }
    side.count += 1
    sessions[id] = side
    return []
  }

  mutating func finish(_ facts: RuleFacts) -> [RuleHit] {
    let hosts = Set(sessions.values.filter(\.hasPrompt).map { RuleSubject.host($0.session.client) })
    let left = sessions.values.filter { !$0.hasPrompt && hosts.contains(RuleSubject.host($0.session.client)) }
    // One for each server that such connections go to.
    let groups = Dictionary(grouping: left) { "\(RuleSubject.host($0.session.client)) \($0.session.server)" }
    return groups.sorted { $0.key < $1.key }.compactMap { _, sides in
      guard let first = sides.min(by: { ($0.session.startedAt, $0.session.id) < ($1.session.startedAt, $1.session.id) })
      else { return nil }
      let count = sides.count == 1 ? "one connection" : "\(sides.count) connections"
      return RuleHit(
        session: first.session.id,
        "\(count) from \(RuleSubject.host(first.session.client)) to \(first.session.server), \(sides.reduce(0) { $0 + $1.count }) actions"
      )
    }
  }

  private static func session(_ id: String, _ host: String, agent: Bool) -> RuleSubject {
    .sql("SELECT 1", session: id) {
      $0.hasTranscripts = true
      $0.session.client = "\(host):1"
      if agent {
        $0.prompt = PromptFacts(promptID: "p", human: nil, agent: "a", confidence: 1, isAmbiguous: false)
      }
    }
  }

  static let examples = [
    RuleExample(
      "two of one kind", finds: 1,
      [
        session("a", "10.0.0.1", agent: true), session("b", "10.0.0.1", agent: false),
        session("c", "10.0.0.1", agent: false),
      ]),
    RuleExample(
      "another host", finds: 0, [session("a", "10.0.0.1", agent: true), session("b", "10.0.0.2", agent: false)]),
  ]
}
