public import Model

/// A rule finds one thing in a case, and says why it matters. Its examples are run by a test.
protocol FindingRule: SendableMetatype {
  static var about: RuleAbout { get }
  /// What it must find and what it must leave alone.
  static var examples: [RuleExample] { get }

  /// Whether it looks at what servers returned, which must be read for it.
  static var needsResponses: Bool { get }

  init()
  /// Takes what the policy says, before anything else: its targets, its engagements.
  mutating func prepare(_ policy: PolicyDocument)
  /// Takes the next action, in the order of time.
  mutating func receive(_ subject: RuleSubject) -> [RuleHit]
  /// Takes what is known when all actions were seen.
  mutating func finish(_ facts: RuleFacts) -> [RuleHit]
}

extension FindingRule {
  static var needsResponses: Bool { false }
  mutating func prepare(_ policy: PolicyDocument) {}
  mutating func receive(_ subject: RuleSubject) -> [RuleHit] { [] }
  mutating func finish(_ facts: RuleFacts) -> [RuleHit] { [] }
}

/// What people are told of a rule.
public struct RuleAbout: Sendable, Hashable {
  /// `schema-drift`: the name in findings and policies.
  public var id: String
  /// A few words, the title of its findings.
  public var title: String
  public var severity: Finding.Severity
  /// Why it matters, in a sentence or two.
  public var explanation: String
  /// SOC 2 (CC), ISO/IEC 27001:2022 (A), NIST SP 800-53 (AC, AU, …), PCI DSS (numbers).
  public var controls: [String]
}

/// One thing that a rule found.
struct RuleHit: Sendable, Hashable {
  var sessionID: String?
  var actionID: String?
  var detail: String
  /// Where it is another than the rule's.
  var severity: Finding.Severity?

  init(_ action: Action, _ detail: String, _ severity: Finding.Severity? = nil) {
    (sessionID, actionID) = (action.sessionID, action.id)
    self.detail = detail
    self.severity = severity
  }

  init(session: String?, _ detail: String, _ severity: Finding.Severity? = nil) {
    sessionID = session
    self.detail = detail
    self.severity = severity
  }
}
