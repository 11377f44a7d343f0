import Bytes
import Model

/// What is to be told of approvals besides whether they count: those that were tried and failed, and those that are loud.
enum ApprovalFindings {
  static func of(_ ruling: ApprovalRuling, _ action: Action) -> [Finding] {
    var findings: [Finding] = []
    func add(_ rule: String, _ severity: Finding.Severity, _ title: String, _ detail: String) {
      findings.append(
        Finding(
          id: "fnd-" + SHA256.digest(of: "\(rule)\n\(action.id)").bytes.prefix(8).hex, rule: rule, severity: severity,
          sessionID: action.sessionID, actionID: action.id, title: title, detail: detail,
          controls: ["CC8.1", "A.8.32", "A.5.3", "CM-3", "AC-5"]))
    }
    let reason = ruling.reason ?? ""
    if let state = ruling.state, !ruling.isApproved {
      add("approval-\(state.rawValue)", severity(state), title(state), reason)
    }
    if ruling.isEmergency { add("approval-break-glass", .high, "approved in an emergency", reason) }
    if ruling.isApproved, ruling.isClass {
      add("approval-class", .medium, "approved by its shape, not word for word", reason)
    }
    if ruling.isUndated {
      add("approval-unproven", .low, "nothing proves that the approval was given before the action", reason)
    }
    return findings
  }

  private static func severity(_ state: Approval.State) -> Finding.Severity {
    switch state {
    case .own, .late, .mismatch, .revoked, .rejected, .spent, .untrusted: .high
    case .expired, .early, .undated, .excluded, .incomplete: .medium
    case .valid, .unused: .info
    }
  }

  private static func title(_ state: Approval.State) -> String {
    switch state {
    case .valid: "approved"
    case .expired: "the approval was out of its time"
    case .early: "the approval was not yet in force"
    case .own: "approved by who asked for it or did it"
    case .mismatch: "what ran is not what was approved"
    case .late: "approved after the fact"
    case .undated: "nothing proves that the approval came first"
    case .revoked: "the approval was taken back, or its key was"
    case .untrusted: "the signature is not of anybody who is known"
    case .spent: "the approval was used more often than it allows"
    case .rejected: "it was rejected, and done"
    case .incomplete: "too few people approved it"
    case .excluded: "the policy does not take this approval"
    case .unused: "the approval was not used"
    }
  }
}
