import Model

/// What approvals say of one action.
struct ApprovalRuling {
  var isApproved: Bool
  /// By whom and where, or why not; nil when no approval speaks of the action at all.
  var reason: String?
  /// The state that says it best.
  var state: Approval.State?
  /// It is what some request asks for, signed or not.
  var isThatChange = false
  /// It was approved by its shape, not word for word.
  var isClass = false
  /// It was approved in an emergency.
  var isEmergency = false
  /// Nothing proves that the approval was given before.
  var isUndated = false
  /// What it used up, when it is approved.
  var use: ApprovalUse?
  /// The signatures that decided, whatever they said.
  var voices: [ApprovalVoice] = []
  /// One for each signature that was weighed.
  var approvals: [Approval] = []
}
