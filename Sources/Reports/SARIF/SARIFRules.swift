import Bytes
import Model

/// The rules of a SARIF run: one for each that a result names, in the order of their names.
struct SARIFRules {
  private struct Rule {
    var severity: Finding.Severity
    var controls: Set<String>
    var isDecision: Bool
  }

  /// Tags of one rule; GitHub shows ten.
  private static let tagLimit = 10

  private let names: [String]
  private let rules: [String: Rule]
  private let indices: [String: Int]
  private let policy: String
  private let explanations: [String: String]

  /// The rule of the note on what was left out.
  static let closing = "exhibit-more-results"

  init(_ issues: IssueList, verdict: Verdict) {
    var rules: [String: Rule] = [:]
    for issue in issues.issues {
      let isDecision = issue.actionID.flatMap { verdict.decisions[$0]?.rule } == issue.rule
      var rule = rules[issue.rule] ?? Rule(severity: issue.severity, controls: [], isDecision: isDecision)
      rule.severity = max(rule.severity, issue.severity)
      rule.controls.formUnion(issue.controls)
      rule.isDecision = rule.isDecision || isDecision
      rules[issue.rule] = rule
    }
    if issues.leftCount > 0 { rules[Self.closing] = Rule(severity: .info, controls: [], isDecision: false) }
    self.rules = rules
    names = rules.keys.sorted()
    indices = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    policy = SARIFText.line(verdict.policyName)
    explanations = verdict.explanations
  }

  func index(of rule: String) -> Int { indices[rule] ?? -1 }

  func write(to json: inout JSONWriter) {
    json.array { json in
      for name in names {
        guard let rule = rules[name] else { continue }
        let (short, help) = words(name, rule)
        json.object { json in
          json.member("id", SARIFText.id(name))
          json.key("shortDescription")
          json.object { $0.member("text", short) }
          json.key("fullDescription")
          json.object { $0.member("text", help) }
          json.key("help")
          json.object { $0.member("text", help) }
          json.key("defaultConfiguration")
          json.object { $0.member("level", SARIFText.level(rule.severity)) }
          json.key("properties")
          json.object { json in
            json.member("precision", "very-high")
            json.member("problem.severity", Self.problem(rule.severity))
            json.member("security-severity", Self.score(rule.severity))
            json.member("tags", Self.tags(rule.controls))
          }
        }
      }
    }
  }

  private func words(_ name: String, _ rule: Rule) -> (String, String) {
    if let known = RuleHelp.known[name] { return known }
    let title = SARIFText.line(name)
    if !rule.isDecision, let explanation = explanations[name] {
      return ("Finding: \(title)", "\(explanation) Look at what the result names: exhibit show ID --case FILE.")
    }
    guard rule.isDecision else {
      return ("Finding: \(title)", "Look at the action that the result names: exhibit show ACTION --case FILE.")
    }
    return (
      "Rule \(title) of policy \(policy)",
      """
      The change matched the rule \(title) of the policy \(policy), and nothing that the policy takes made it \
      acceptable. See what ran and who is behind it with exhibit show and exhibit why; next time write the change \
      down with exhibit plan and have it signed with exhibit approve before it runs, or change the rule.
      """
    )
  }

  private static func tags(_ controls: Set<String>) -> [String] {
    ["security"] + controls.sorted().prefix(tagLimit - 1).map { "control/" + SARIFText.line($0) }
  }

  private static func problem(_ severity: Finding.Severity) -> String {
    switch severity {
    case .critical, .high: "error"
    case .medium: "warning"
    case .low, .info: "recommendation"
    }
  }

  /// As GitHub sorts: over 9.0 is critical, 7.0 high, 4.0 medium, below low.
  private static func score(_ severity: Finding.Severity) -> String {
    switch severity {
    case .critical: "9.5"
    case .high: "8.0"
    case .medium: "5.5"
    case .low: "2.0"
    case .info: "0.1"
    }
  }
}
