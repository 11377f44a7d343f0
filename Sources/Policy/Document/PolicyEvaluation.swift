import Bytes
public import Model

/// Judges the actions of a case one at a time, then the case.
public struct PolicyEvaluation {
  private let policy: PolicyDocument
  private var book: ApprovalBook?
  private var decisions: [String: Decision] = [:]
  private var findings: [Finding] = []
  private var approvals: [Approval] = []
  private var rules: RuleBook
  private let hasTranscripts: Bool
  /// For what servers returned.
  private let reading: (any CaseReading)?
  /// For what the policy asks.
  private var facts: ActionFactReader?

  /// Without `book` there are no approvals.
  public init(
    policy: PolicyDocument, approvals book: ApprovalBook? = nil, reading: (any CaseReading)? = nil,
    hasTranscripts: Bool = false
  ) {
    self.policy = policy
    self.book = book
    self.hasTranscripts = hasTranscripts
    rules = RuleBook(policy)
    self.reading = rules.needsResponses ? reading : nil
    facts = policy.needsFacts ? reading.map { ActionFactReader($0) } : nil
  }

  /// Takes an action, in the order of time. What is no change is judged too: a policy may forbid a read.
  ///
  /// - Throws: what reading the case throws.
  public mutating func add(_ action: Action, in session: Session, prompt: PromptFacts? = nil) throws {
    var decision = try decide(action, in: session, prompt: prompt)
    var subject = RuleSubject(action: action, session: session, prompt: prompt, hasTranscripts: hasTranscripts)
    if action.hasResponsePayload, action.kind != "login" {
      subject.response = try reading?.responsePayload(of: action.id)
    }
    defer {
      book?.note(action)
      rules.receive(subject)
    }
    guard action.isChange || !decision.isAcceptable && decision.rule != "default" else { return }
    if decision.outcome == .unapproved { try decide(&decision, action, session, prompt) }
    decisions[action.id] = decision
    subject.decision = decision
    guard !decision.isAcceptable else { return }
    findings.append(
      Finding(
        id: "fnd-" + SHA256.digest(of: "\(decision.rule)\n\(action.id)").bytes.prefix(8).hex, rule: decision.rule,
        severity: policy.severity(of: decision, action), sessionID: action.sessionID, actionID: action.id,
        title: "\(action.verb): \(Self.word(decision.outcome))",
        detail: decision.reason, controls: Self.controls(of: action)))
  }

  private mutating func decide(_ action: Action, in session: Session, prompt: PromptFacts?) throws -> Decision {
    guard var reader = facts else { return policy.decide(action, in: session, prompt: prompt) }
    defer { facts = reader }
    return try policy.decide(action, in: session, prompt: prompt, reading: &reader)
  }

  private static func word(_ outcome: Decision.Outcome) -> String {
    switch outcome {
    case .denied: "forbidden"
    case .undecidable: "cannot be judged"
    case .allowed, .approved, .unapproved: "not approved"
    }
  }

  /// Asks the approvals.
  private mutating func decide(
    _ decision: inout Decision, _ action: Action, _ session: Session, _ prompt: PromptFacts?
  ) throws {
    let terms = policy.terms(of: decision.rule)
    guard let ruling = try book?.ruling(action, in: session, prompt: prompt, terms: terms) else { return }
    approvals += ruling.approvals
    if let reason = ruling.reason {
      decision.reason = ruling.isApproved ? reason : "\(policy.described(action)) needs an approval; \(reason)"
    }
    if ruling.isApproved { decision.outcome = .approved }
    for finding in ApprovalFindings.of(ruling, action) { findings.append(finding) }
  }

  /// Takes an anomaly: an id on the wire that contradicts what it names is a finding, for it may be another's.
  public mutating func add(_ anomaly: StoredAnomaly) {
    guard let kind = CarrierConflict.Kind(rawValue: anomaly.code), let action = anomaly.carrierActionID else { return }
    findings.append(
      Finding(
        id: "fnd-" + SHA256.digest(of: "\(anomaly.code)\n\(anomaly.detail)").bytes.prefix(8).hex, rule: anomaly.code,
        severity: kind == .time ? .low : .medium, sessionID: anomaly.sessionID, actionID: action,
        title: "an id on the wire contradicts what it names",
        detail: String(anomaly.detail.dropFirst(action.count + 2)), controls: ["CC6.1", "A.8.5", "IA-2"]))
  }

  /// Controls that such a finding speaks to (SOC 2 CC, ISO/IEC 27001:2022 A, NIST SP 800-53).
  private static func controls(of action: Action) -> [String] {
    switch action.effect {
    case .privilege: ["CC6.3", "A.8.2", "AC-6"]
    case .schema, .execute: ["CC8.1", "A.8.32", "CM-3"]
    case .write, .unknown: ["CC8.1", "A.8.32", "CM-5"]
    case .transfer: ["CC6.7", "A.8.12", "AC-4"]
    case .read, .session: ["CC6.1", "A.8.3", "AC-3"]
    }
  }

  /// Takes what is known when all actions were added: rules that look at the whole case find the rest.
  public mutating func finish(_ facts: RuleFacts) {
    findings += rules.finish(facts)
  }

  /// The verdict on everything that was added; `incompleteness` says what the evidence does not show, a sentence each.
  public func verdict(sources: [Source], incompleteness: [String]) -> Verdict {
    let isBroken = sources.contains(where: \.isBroken)
    let overall: Verdict.Overall
    if isBroken {
      overall = .evidenceBroken
    } else if decisions.values.contains(where: { $0.outcome == .unapproved || $0.outcome == .denied }) {
      overall = .unapproved
    } else if decisions.values.contains(where: { $0.outcome == .undecidable })
      || policy.requiresCompleteEvidence && !incompleteness.isEmpty
    {
      overall = .undecidable
    } else {
      overall = .clean
    }
    var verdict = Verdict(
      overall: overall, policyName: policy.name, policySHA256: policy.sha256, decisions: decisions,
      findings: findings, approvals: approvals + (book?.unused() ?? []), incompleteness: incompleteness)
    let found = Set(findings.map(\.rule))
    for about in RuleCatalog.abouts where found.contains(about.id) {
      let title = about.title.prefix(1).uppercased() + about.title.dropFirst()
      verdict.explanations[about.id] = "\(title). \(about.explanation)"
    }
    return verdict
  }
}
