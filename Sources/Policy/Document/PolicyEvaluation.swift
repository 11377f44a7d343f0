import Bytes
public import Model

/// Judges the actions of a case one at a time, then the case.
public struct PolicyEvaluation {
  private let policy: PolicyDocument
  private var decisions: [String: Decision] = [:]
  private var findings: [Finding] = []

  public init(policy: PolicyDocument) { self.policy = policy }

  /// Takes an action. What is no change is judged too: a policy may forbid a read.
  public mutating func add(_ action: Action, in session: Session) {
    let decision = policy.decide(action, in: session)
    if action.isChange || !decision.isAcceptable && decision.rule != "default" { decisions[action.id] = decision }
    guard let kept = decisions[action.id], !kept.isAcceptable else { return }
    findings.append(
      Finding(
        id: "fnd-" + SHA256.digest(of: "\(decision.rule)\n\(action.id)").bytes.prefix(8).hex, rule: decision.rule,
        severity: policy.severity(of: decision, action), sessionID: action.sessionID, actionID: action.id,
        title: "\(action.verb): \(decision.outcome == .denied ? "forbidden" : "not approved")",
        detail: decision.reason, controls: Self.controls(of: action)))
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

  /// The verdict on everything that was added; `incompleteness` says what the evidence does not show, a sentence each.
  public func verdict(sources: [Source], incompleteness: [String]) -> Verdict {
    let isBroken = sources.contains { $0.integrity.hasPrefix("broken") || $0.integrity == "forked" }
    let overall: Verdict.Overall
    if isBroken {
      overall = .evidenceBroken
    } else if decisions.values.contains(where: { $0.outcome == .unapproved || $0.outcome == .denied }) {
      overall = .unapproved
    } else if policy.requiresCompleteEvidence && !incompleteness.isEmpty {
      overall = .undecidable
    } else {
      overall = .clean
    }
    return Verdict(
      overall: overall, policyName: policy.name, policySHA256: policy.sha256, decisions: decisions,
      findings: findings, incompleteness: incompleteness)
  }
}
