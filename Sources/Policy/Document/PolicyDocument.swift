import Bytes
public import Model

/// A policy: rules of which the first that matches decides, and a default.
public struct PolicyDocument: Sendable {
  /// `built-in`, or the file's name.
  public let name: String
  /// Over the file's bytes.
  public let sha256: String
  var targets: [String: Target] = [:]
  /// The names of users that a person has, by principal.
  var people: [String: [Glob]] = [:]
  /// Principals by group.
  var groups: [String: [String]] = [:]
  public internal(set) var approvals = ApprovalSettings()
  var rules: [PolicyRule] = []
  /// What it says of the rules that find things, by their ids.
  var findings: [String: FindingSetting] = [:]
  /// What is masked before it is stored or shown.
  public internal(set) var masking = MaskingPlan()
  var fallback = PolicyRule.Consequence.requireApproval
  /// Who may act until when, by name.
  var engagements: [String: Engagement] = [:]
  /// Whether some rule asks for more than the actions themselves say.
  var needsFacts = false
  /// What the evidence does not show makes the verdict undecidable.
  public internal(set) var requiresCompleteEvidence = false

  /// Whether the same action of the same session gets the same decision at any time.
  public var isTimeless: Bool { rules.allSatisfy { $0.matcher.hours == nil } }

  /// A policy without rules.
  init(name: String, text: String) {
    self.name = name
    sha256 = SHA256.digest(of: text).hex
  }

  /// What holds without a policy file: reads and session statements are allowed, every change needs an approval.
  public static let builtInText = """
    version: 1
    rules:
      - id: reads
        when: { effect: [read, session] }
        then: allow
    default: require-approval
    """

  public static let builtIn: PolicyDocument = {
    do {
      return try parse(yaml: builtInText, name: "built-in")
    } catch {
      preconditionFailure("the built-in policy does not parse: \(error)")
    }
  }()

  /// What the policy says of one action. `facts` are what it may ask besides: without them what asks is undecidable.
  public func decide(
    _ action: Action, in session: Session, prompt: PromptFacts? = nil, facts: ActionFacts = ActionFacts()
  ) -> Decision {
    for rule in rules {
      let doubt: String?
      switch rule.matcher.match(action, in: session, prompt: prompt, facts: facts, targets: targets) {
      case .no: continue
      case .yes: doubt = nil
      case .unknown(let why): doubt = why
      }
      // A statement that was not seen as it was sent proves nothing about what it touched.
      if rule.consequence == .allow, doubt != nil || rule.matcher.needsText && action.isInferred { continue }
      // One of two things that it touches does not make the other harmless.
      if rule.consequence == .allow, !rule.matcher.namesAll(action.resources) { continue }
      var decision = decision(action, rule.consequence, rule: rule.id)
      if let doubt {
        if rule.consequence == .deny { decision.outcome = .undecidable }
        decision.reason = "\(described(action)) may be what rule \(rule.id) speaks of: \(doubt)"
      }
      return decision
    }
    return decision(action, fallback, rule: "default")
  }

  /// What the policy says of one action of a case; what it asks besides is read.
  ///
  /// - Throws: what reading the case throws.
  public func decide(
    _ action: Action, in session: Session, prompt: PromptFacts?, reading: inout ActionFactReader
  ) throws -> Decision {
    let facts =
      needsFacts ? try reading.facts(of: action, in: session, prompt: prompt, for: self) : ActionFacts()
    return decide(action, in: session, prompt: prompt, facts: facts)
  }

  private func decision(_ action: Action, _ consequence: PolicyRule.Consequence, rule: String) -> Decision {
    switch consequence {
    case .allow:
      return Decision(actionID: action.id, outcome: .allowed, rule: rule, reason: "allowed by rule \(rule)")
    case .deny:
      return Decision(
        actionID: action.id, outcome: .denied, rule: rule, reason: "\(described(action)) is forbidden by rule \(rule)")
    case .requireApproval:
      return Decision(
        actionID: action.id, outcome: .unapproved, rule: rule,
        reason: "\(described(action)) needs an approval and has none")
    }
  }

  func described(_ action: Action) -> String {
    let what =
      switch action.effect {
      case .write: "a write"
      case .schema: "a change of the schema"
      case .privilege: "a change of privileges"
      case .execute: "the execution of a command"
      case .transfer: "a transfer of files"
      case .unknown: "a statement whose effect cannot be told"
      case .read: "a read"
      case .session: "a session statement"
      }
    return action.isUnfiltered ? what + " of every row" : what
  }

  /// How many must approve what this rule asks an approval for.
  func terms(of rule: String) -> ApprovalTerms { rules.first { $0.id == rule }?.terms ?? ApprovalTerms() }

  func severity(of decision: Decision, _ action: Action) -> Finding.Severity {
    if let severity = rules.first(where: { $0.id == decision.rule })?.severity { return severity }
    if decision.outcome == .denied || action.isUnfiltered { return .high }
    switch action.effect {
    case .privilege, .execute: return .high
    case .schema, .write, .transfer, .unknown: return .medium
    case .read, .session: return .low
    }
  }
}
