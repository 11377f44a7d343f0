import Model

/// Changes out of an agent's host that no prompt explains.
struct ChangeWithoutPrompt: FindingRule {
  static let about = RuleAbout(
    id: "change-without-prompt", title: "changes from an agent's host go back to no known prompt", severity: .medium,
    explanation:
      "The agent's transcripts explain other actions from this host, and not these: a script that ran on, another program, or a person with the agent's access.",
    controls: ["CC7.2", "A.8.16", "AU-6", "A.6.2.8"])

  private struct Tally {
    var session: Session
    var first: Action
    var count: Int
  }

  /// Sessions that are remembered.
  private static let sessionLimit = 10_000
  private var agentHosts: Set<String> = []
  private var unexplained: [String: Tally] = [:]

  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    guard subject.hasTranscripts else { return [] }
    if let prompt = subject.prompt {
      if !prompt.isAmbiguous { agentHosts.insert(subject.clientHost) }
    } else if subject.action.isChange, subject.isLasting {
      let id = subject.session.id
      if let known = unexplained[id] {
        unexplained[id]?.count = known.count + 1
      } else if unexplained.count < Self.sessionLimit {
        unexplained[id] = Tally(session: subject.session, first: subject.action, count: 1)
      }
    }
    return []
  }

  mutating func finish(_ facts: RuleFacts) -> [RuleHit] {
    unexplained.values.filter { agentHosts.contains(RuleSubject.host($0.session.client)) }
      .sorted { $0.first.id < $1.first.id }
      .map { tally in
        RuleHit(
          tally.first,
          "\(tally.count) \(tally.count == 1 ? "change" : "changes") of \(tally.session.user ?? "an unknown user") from \(RuleSubject.host(tally.session.client)), this one first"
        )
      }
  }

  private static let prompt = PromptFacts(promptID: "p", human: nil, agent: "a", confidence: 1, isAmbiguous: false)

  static let examples = [
    RuleExample(
      "one session of the agent, one of nobody", finds: 1,
      [
        .sql("UPDATE t SET a = 1 WHERE b", session: "a") {
          $0.hasTranscripts = true
          $0.prompt = prompt
        },
        .sql("DELETE FROM t WHERE b", session: "b") { $0.hasTranscripts = true },
        .sql("DELETE FROM t WHERE c", session: "b") { $0.hasTranscripts = true },
      ]),
    RuleExample(
      "another host", finds: 0,
      [
        .sql("UPDATE t SET a = 1 WHERE b", session: "a") {
          $0.hasTranscripts = true
          $0.prompt = prompt
        },
        .sql("DELETE FROM t WHERE b", session: "b") {
          $0.hasTranscripts = true
          $0.session.client = "10.0.0.8:1"
        },
      ]),
    RuleExample("a case without transcripts", finds: 0, [.sql("DELETE FROM t WHERE b")]),
  ]
}
