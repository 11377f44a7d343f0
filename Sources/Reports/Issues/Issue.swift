import Model

/// Something that somebody must look at: a finding, or a change that the policy does not accept.
struct Issue {
  /// The finding's, or made of the action's.
  var id: String
  var rule: String
  var severity: Finding.Severity
  var title: String
  var detail: String
  var controls: [String]
  var sessionID: String?
  var actionID: String?
  /// What the policy says of the action.
  var outcome: Decision.Outcome?

  init(_ finding: Finding, outcome: Decision.Outcome?) {
    id = finding.id
    rule = finding.rule
    severity = finding.severity
    title = finding.title
    detail = finding.detail
    controls = finding.controls
    sessionID = finding.sessionID
    actionID = finding.actionID
    self.outcome = outcome
  }

  /// A decision that no finding tells of.
  init(_ decision: Decision) {
    id = "dec-" + decision.actionID
    rule = decision.rule
    severity = decision.outcome == .undecidable ? .medium : .high
    title =
      switch decision.outcome {
      case .denied: "A forbidden change"
      case .undecidable: "A change that the evidence does not let the policy decide on"
      default: "A change without approval"
      }
    detail = decision.reason
    controls = []
    sessionID = nil
    actionID = decision.actionID
    outcome = decision.outcome
  }
}
