import Bytes
import Model

/// Runs all rules over a case.
struct RuleBook {
  /// Findings of one rule; beyond, only their number is told.
  static let hitLimit = 200

  private var rules: [any FindingRule] = RuleCatalog.rules.map { $0.init() }
  private var findings: [Finding] = []
  private var counts: [String: Int] = [:]
  private let severities: [String: FindingSetting]

  /// - Parameter policy: says of rules by their ids how grave they are, and what they look for.
  init(_ policy: PolicyDocument) {
    severities = policy.findings
    rules.removeAll { policy.findings[type(of: $0).about.id] == .off }
    for index in rules.indices { rules[index].prepare(policy) }
  }

  /// Whether some rule looks at what servers returned.
  var needsResponses: Bool { rules.contains { type(of: $0).needsResponses } }

  mutating func receive(_ subject: RuleSubject) {
    var subject = subject
    subject.readCommands()
    for index in rules.indices {
      for hit in rules[index].receive(subject) { add(hit, type(of: rules[index]).about) }
    }
  }

  /// All findings, those of the end included.
  mutating func finish(_ facts: RuleFacts) -> [Finding] {
    for index in rules.indices {
      for hit in rules[index].finish(facts) { add(hit, type(of: rules[index]).about) }
    }
    for rule in rules {
      let about = type(of: rule).about
      let left = (counts[about.id] ?? 0) - RuleBook.hitLimit
      guard left > 0 else { continue }
      findings.append(finding(RuleHit(session: nil, "and \(left) more that are not listed one by one"), about))
    }
    return findings
  }

  private mutating func add(_ hit: RuleHit, _ about: RuleAbout) {
    counts[about.id, default: 0] += 1
    if counts[about.id] ?? 0 <= RuleBook.hitLimit { findings.append(finding(hit, about)) }
  }

  private func finding(_ hit: RuleHit, _ about: RuleAbout) -> Finding {
    var severity = hit.severity ?? about.severity
    if case .severity(let own)? = severities[about.id] { severity = own }
    let key = [about.id, hit.actionID ?? "", hit.sessionID ?? "", hit.detail].joined(separator: "\n")
    return Finding(
      id: "fnd-" + SHA256.digest(of: key).bytes.prefix(8).hex, rule: about.id, severity: severity,
      sessionID: hit.sessionID, actionID: hit.actionID, title: about.title, detail: hit.detail,
      controls: about.controls)
  }
}

/// What a policy says of a rule.
enum FindingSetting: Sendable, Hashable {
  case off
  case severity(Finding.Severity)
}
