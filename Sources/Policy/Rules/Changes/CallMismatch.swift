import Model

/// A tool call that said one thing while the wire shows another.
struct CallMismatch: FindingRule {
  static let about = RuleAbout(
    id: "call-mismatch", title: "a tool call did something else than it says", severity: .high,
    explanation:
      "What the transcript shows of the call is not what went over the wire: the transcript is not a record of what was done.",
    controls: ["CC7.2", "A.8.16", "AU-10", "A.6.2.8"])

  mutating func finish(_ facts: RuleFacts) -> [RuleHit] {
    facts.mismatchedCalls.map { call in
      let action = facts.mismatchedActions[call.id]
      var hit = RuleHit(
        session: action.flatMap { $0.split(separator: ".").first.map(String.init) },
        "\(call.id), \(call.tool): \(call.witnessDetail ?? "the wire shows something else")")
      hit.actionID = action
      return hit
    }
  }

  static let examples = [
    RuleExample("a call that lied", finds: 1, []) { facts in
      var call = StoredToolCall(id: "tcl-1", tool: "Bash", command: "psql -c 'SELECT 1'", status: .succeeded)
      call.witness = .mismatched
      facts.mismatchedCalls = [call]
    },
    RuleExample("no call that lied", finds: 0, [.sql("SELECT 1")]),
  ]
}
