import Model

/// One account that an agent uses and others too: afterwards nobody can say whose it was.
struct SharedAccount: FindingRule {
  static let about = RuleAbout(
    id: "shared-account", title: "an agent's account is used from other hosts too", severity: .medium,
    explanation: "Where an agent and others log in with the same name, the server's own log cannot tell them apart.",
    controls: ["CC6.1", "A.5.16", "IA-2", "8.2.2", "8.6.1"])

  private struct Account {
    var agentHosts: Set<String> = []
    var otherHosts: Set<String> = []
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
    } else if account.otherHosts.count < 100 {
      account.otherHosts.insert(host)
    }
    accounts[key] = account
    return []
  }

  mutating func finish(_ facts: RuleFacts) -> [RuleHit] {
    accounts.sorted { $0.key < $1.key }.compactMap { key, account in
      let others = account.otherHosts.subtracting(account.agentHosts).sorted()
      guard let agent = account.agentHosts.min(), !others.isEmpty else { return nil }
      let user = key.split(separator: " ").last ?? ""
      return RuleHit(
        session: account.session,
        "\(user): by an agent from \(agent), and from \(others.prefix(5).joined(separator: ", "))")
    }
  }

  private static func by(_ host: String, agent: Bool) -> RuleSubject {
    .sql("SELECT 1", session: host) {
      $0.hasTranscripts = true
      $0.session.client = "\(host):1"
      if agent {
        $0.prompt = PromptFacts(promptID: "p", human: nil, agent: "a", confidence: 1, isAmbiguous: false)
      }
    }
  }

  static let examples = [
    RuleExample("an agent and somebody else", finds: 1, [by("10.0.0.1", agent: true), by("10.0.0.2", agent: false)]),
    RuleExample("the same host", finds: 0, [by("10.0.0.1", agent: true), by("10.0.0.1", agent: false)]),
    RuleExample("no agent", finds: 0, [by("10.0.0.1", agent: false), by("10.0.0.2", agent: false)]),
  ]
}
