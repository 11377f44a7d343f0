import Model
import NIOCore
import Policy

/// Requests that wait for people.
extension PostgresRelay {
  /// How long the client is left without a word.
  private static let noticeDelay = TimeAmount.milliseconds(1_500)

  func hold(_ frame: Frame, _ judged: [StatementJudge.Judged], rule: String, reason: String) {
    guard note(.decision(decision(.held, rule: rule, reason))) else { return }
    core.metrics.count(.held)
    let limit = core.limits.holdSeconds
    let expiry = loop.assumeIsolated().scheduleTask(in: .seconds(limit)) { [weak self] in
      guard let self else { return }
      self.endHold(.expired, "nobody approved it within \(limit) seconds", code: "42501")
    }
    let notice = loop.assumeIsolated().scheduleTask(in: Self.noticeDelay) { [weak self] in
      guard let self else { return }
      self.interject(
        ClientAnswer.Trouble(
          severity: "NOTICE", code: "00000", message: "waiting for an approval: \(reason)", detail: "rule: \(rule)",
          hint: "It waits for at most \(limit) seconds; cancel to give up."))
    }
    let bound = NIOLoopBound(self, eventLoop: loop)
    let loop = loop
    let number = core.addHold { loop.execute { bound.value.tryHold() } }
    hold = Hold(
      id: number, judged: judged, frame: frame, rule: rule, reason: reason, since: .now(), expiry: expiry,
      notice: notice)
    let file = post(judged, number: number, seconds: limit)
    hold?.file = file
    core.log.write(
      .notice, "held", ["session": id, "identity": token.name, "rule": rule, "reason": reason, "request": file ?? ""])
  }

  /// Lays out what people have to sign.
  private func post(_ judged: [StatementJudge.Judged], number: UInt64, seconds: Int64) -> String? {
    let actions = judged.filter { $0.decision.outcome == .unapproved }.map(\.action)
    // The last second of the hold is used up by its end.
    let end = core.now().adding(seconds: seconds + 1)
    guard
      let request = StandingApprovals.request(
        for: actions, in: judge.session, before: judge.before, requestedBy: token.human, useBy: end),
      let file = core.approvals?.post(request, name: "\(id)-\(number)")
    else {
      core.log.write(.warning, "what is held could not be laid out for signing", ["session": id])
      return nil
    }
    return file
  }

  /// Says something to the client as soon as the server is between two messages.
  private func interject(_ trouble: ClientAnswer.Trouble) {
    guard !isOver, hold != nil else { return }
    if answerLeft == 0, outbound.readableBytes == 0 {
      sendToClient(ClientAnswer.notice(trouble))
      toClient.flush()
    } else {
      interjections.append(ClientAnswer.notice(trouble))
    }
  }

  /// Policy or approvals may have changed: asks again.
  func tryHold() {
    guard !isOver, let held = hold else { return }
    let judged = judge.judgeAgain(held.judged, by: core.policy.policy, at: core.now())
    switch verdict(judged, held.frame) {
    case .hold(_, let reason):
      tell(why: reason)
      return
    case .forward(let decision, let used):
      dropHold()
      forward(held.frame, judged, decision, used)
    case .refuse(let refusal):
      dropHold()
      refuse(held.frame, refusal)
    }
    resume()
  }

  /// An approval that came and does not fit is no reason to go on waiting in the dark.
  private func tell(why reason: String) {
    guard let held = hold, held.reason != reason else { return }
    hold?.reason = reason
    core.log.write(.notice, "still held", ["session": id, "identity": token.name, "rule": held.rule, "reason": reason])
    interject(
      ClientAnswer.Trouble(
        severity: "NOTICE", code: "00000", message: "still waiting for an approval: \(reason)",
        detail: "rule: \(held.rule)"))
  }

  /// The client gave up by a CancelRequest; false when nothing is held.
  func cancelHold() -> Bool {
    guard hold != nil else { return false }
    endHold(.withdrawn, "canceling statement due to user request", code: "57014")
    return true
  }

  private func endHold(_ outcome: GatewayDecision.Outcome, _ reason: String, code: String) {
    guard !isOver, let held = hold else { return }
    dropHold()
    let isCancel = code == "57014"
    refuse(
      held.frame,
      Refusal(
        outcome: outcome, rule: held.rule, reason: reason,
        trouble: ClientAnswer.Trouble(
          code: code, message: isCancel ? reason : "permission denied by policy: \(reason)",
          detail: "rule: \(held.rule)", hint: isCancel ? nil : held.reason)))
    resume()
  }

  func dropHold() {
    guard let held = hold else { return }
    held.expiry.cancel()
    held.notice.cancel()
    core.removeHold(held.id)
    if let file = held.file { core.approvals?.withdraw(file) }
    hold = nil
  }
}
