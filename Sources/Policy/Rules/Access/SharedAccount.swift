import Model

/// One account that an agent uses and others too: afterwards nobody can say whose it was.
struct SharedAccount: FindingRule {
  static let about = RuleAbout(
    id: "shared-account", title: "an agent's account is used by others too", severity: .medium,
    explanation:
      "Where an agent and others, or several agents, log in with the same name, the server's own log cannot tell them apart.",
    controls: ["CC6.1", "A.5.16", "IA-2", "8.2.2", "8.6.1"])

  private struct Account {
    var agentHosts: Set<String> = []
    var otherHosts: Set<String> = []
    var agents: Set<String> = []
    var session: String
  }
  private static let limit = 10_000
  private var accounts: [String: Account] = [:]

  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    guard subject.hasTranscripts, let user = subject.action.identity.user else { return [] }
    let key = "\(subject.session.protocolName) \(subject.session.server) \(user)"
    guard accounts[key] != nil || accounts.count < Self.limit else { return [] }
    var account = accounts[key] ?? Account(session: subject.session.id)
    let host = subject.clientHost
    if let prompt = subject.prompt, !prompt.isAmbiguous {
      account.agentHosts.insert(host)
      if let agent = prompt.agent, account.agents.count < 100 { account.agents.insert(agent) }
    } else if account.otherHosts.count < 100 {
      account.otherHosts.insert(host)
    }
    accounts[key] = account
    return []
  }

  mutating func finish(_ facts: RuleFacts) -> [RuleHit] {
    accounts.sorted { $0.key < $1.key }.compactMap { key, account in
      let others = account.otherHosts.subtracting(account.agentHosts).sorted()
      let hosts = account.agentHosts.sorted()
      guard let host = hosts.first, !others.isEmpty || account.agents.count > 1 else { return nil }
      let user = key.split(separator: " ", maxSplits: 2).last ?? ""
      var text = "\(user): by an agent from \(host)"
      if account.agents.count > 1 {
        let names = account.agents.sorted().prefix(5).joined(separator: ", ")
        text = "\(user): by \(account.agents.count) agents, \(names), from \(hosts.prefix(5).joined(separator: ", "))"
      }
      if !others.isEmpty { text += ", and from \(others.prefix(5).joined(separator: ", "))" }
      return RuleHit(session: account.session, text)
    }
  }

  private static func by(_ host: String, agent: Bool, name: String = "a") -> RuleSubject {
    .sql("SELECT 1", session: host) {
      $0.hasTranscripts = true
      $0.session.client = "\(host):1"
      if agent {
        $0.prompt = PromptFacts(promptID: "p", human: nil, agent: name, confidence: 1, isAmbiguous: false)
      }
    }
  }

  static let examples = [
    RuleExample("an agent and somebody else", finds: 1, [by("10.0.0.1", agent: true), by("10.0.0.2", agent: false)]),
    RuleExample(
      "two agents of one host", finds: 1,
      [by("10.0.0.1", agent: true), by("10.0.0.1", agent: true, name: "b")]),
    RuleExample("the same host", finds: 0, [by("10.0.0.1", agent: true), by("10.0.0.1", agent: false)]),
    RuleExample("no agent", finds: 0, [by("10.0.0.1", agent: false), by("10.0.0.2", agent: false)]),
  ]
}
