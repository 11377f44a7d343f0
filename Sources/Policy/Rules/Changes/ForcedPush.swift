import Model

/// History that was rewritten, and pushes straight to the branches that others build on.
struct ForcedPush: FindingRule {
  static let about = RuleAbout(
    id: "forced-push", title: "a branch was rewritten, deleted, or pushed to without review", severity: .low,
    explanation:
      "A forced push takes commits away from others; a push straight to a main or release branch goes round their review.",
    controls: ["CC8.1", "A.8.4", "CM-5", "6.2.3"])

  private static let mainBranches: Set<String> = ["refs/heads/main", "refs/heads/master", "refs/heads/trunk"]

  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    let action = subject.action
    guard action.verb == "git push", action.status == .ok || action.status == .incomplete else { return [] }
    var hits: [String] = []
    var severity = Finding.Severity.low
    for update in (action.parameters.flatMap(ApprovalText.anyValues) ?? []).compactMap(\.self) {
      let words = update.split(separator: " ")
      guard words.count >= 3 else { continue }
      let name = String(words[2])
      if words.last == "forced" {
        hits.append("\(name) was rewritten")
        severity = .high
      } else if words[1].allSatisfy({ $0 == "0" }) {
        hits.append("\(name) was deleted")
        severity = max(severity, .medium)
      } else if Self.mainBranches.contains(name) || name.hasPrefix("refs/heads/release") {
        hits.append("\(name) was pushed to")
      }
    }
    return hits.isEmpty ? [] : [RuleHit(action, hits.prefix(8).joined(separator: "; "), severity)]
  }

  private static func push(_ update: String) -> RuleSubject {
    .other("git", "git push", "git push shop.git", .write, in: "ssh") { $0.action.parameters = "[\"\(update)\"]" }
  }
  private static let (one, two) = (String(repeating: "1", count: 40), String(repeating: "2", count: 40))

  static let examples = [
    RuleExample(
      "forced, deleted, main", finds: 3,
      [
        push("\(one) \(two) refs/heads/topic forced"), push("\(one) \(String(repeating: "0", count: 40)) refs/tags/v1"),
        push("\(one) \(two) refs/heads/main"),
      ]),
    RuleExample("a branch of one's own", finds: 0, [push("\(one) \(two) refs/heads/topic")]),
  ]
}
