import Model
import Policy

/// Requests that wait for people, whatever protocol they came by.
extension GatewayCore {
  /// Shows a request that waits to those who decide, and tells them.
  func announce(_ request: HeldRequest, reason: String) {
    held.add(request)
    notifier.tell(request)
    log.write(
      .notice, "held",
      [
        "session": request.session.id, "identity": request.identity, "rule": request.rule, "reason": reason,
        "request": request.posted?.file ?? "", "id": String(request.id),
      ])
  }

  /// It waits no more.
  func withdraw(_ id: UInt64, _ posted: HeldRequest.Posted?, _ end: HeldBook.End) {
    removeHold(id)
    held.remove(id, end)
    if let posted { approvals?.withdraw(posted.file) }
  }
}

extension HeldRequest.Part {
  init(_ judged: JudgedAction) {
    self.init(
      action: judged.action, rule: judged.decision.rule, reason: judged.decision.reason,
      isWanting: judged.decision.outcome == .unapproved)
  }
}
