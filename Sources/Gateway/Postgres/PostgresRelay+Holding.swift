import Bytes
import Model
import NIOCore
import Parsers
import Policy

/// Requests that wait for people.
extension PostgresRelay {
  /// How long the client is left without a word.
  private static let noticeDelay = TimeAmount.milliseconds(1_500)

  /// Writes a decision into the recording, with the word of each who had a say in it.
  func note(_ decision: GatewayDecision, _ voices: [ApprovalVoice]) -> Bool {
    core.events(of: decision, voices).allSatisfy { note($0) }
  }

  func hold(
    _ frame: Frame, _ judged: [StatementJudge.Judged], of statement: Statement, rule: String, reason: String
  ) {
    let limit = core.limits.holdSeconds
    let bound = NIOLoopBound(self, eventLoop: loop)
    let number = core.addHold { [loop] in loop.execute { bound.value.tryHold() } }
    let posted = core.post(
      judged, in: judge.session, before: judge.before, requestedBy: token.human, number: number, seconds: limit)
    var decision = decision(.held, rule: rule, reason)
    decision.subject = posted.flatMap { Digest(hexadecimal: $0.subject) }
    guard note(.decision(decision)) else {
      core.removeHold(number)
      if let posted { core.approvals?.withdraw(posted.file) }
      return
    }
    core.metrics.count(.held)
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
    hold = Hold(
      id: number, judged: judged, frame: frame, rule: rule, reason: reason, since: .now(), expiry: expiry,
      notice: notice, posted: posted)
    let request = request(number, frame, judged, statement, posted, rule: rule, reason: reason, seconds: limit)
    core.announce(request, reason: reason)
  }

  /// What reviewers see of it.
  private func request(
    _ number: UInt64, _ frame: Frame, _ judged: [StatementJudge.Judged], _ statement: Statement,
    _ posted: HeldRequest.Posted?, rule: String, reason: String, seconds: Int64
  ) -> HeldRequest {
    let now = core.now()
    let before = judged.first.map { judge.before.statements(before: $0.action) } ?? []
    let isKnown = before.isEmpty && statement.isTextExact && judged.count == 1
    return HeldRequest(
      id: number, session: judge.session, identity: token.name, run: token.run, target: place.target,
      context: place.context, type: String(UnicodeScalar(frame.type)), headCount: 5,
      message: inbox.getSlice(at: inbox.readerIndex, length: frame.heldCount) ?? ByteBuffer(), text: statement.text,
      parts: judged.map(HeldRequest.Part.init), before: before, settings: judge.before.settings, since: now,
      until: now.adding(seconds: seconds), rule: rule,
      posted: posted,
      estimate: isKnown
        ? judged.first.flatMap { place.estimator?.question(statement, $0.action, on: loop) } : nil, reason: reason)
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
    case .forward(let decision, let used, let voices):
      dropHold(.approved, decision?.reason ?? "")
      forward(held.frame, judged, decision, used, voices)
    case .refuse(let refusal):
      dropHold(.denied, refusal.reason)
      refuse(held.frame, refusal)
    }
    resume()
  }

  /// An approval that came and does not fit is no reason to go on waiting in the dark.
  private func tell(why reason: String) {
    guard let held = hold, held.reason != reason else { return }
    hold?.reason = reason
    core.held.note(reason: reason, of: held.id)
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
    dropHold(outcome, reason)
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

  /// The server failed an earlier request of the cycle, so that it would pass over what waits.
  func endPassedOver() {
    guard !isOver, let held = hold, pipeline.isPassingOver else { return }
    let reason = "an earlier request of its cycle failed"
    dropHold(.withdrawn, reason)
    guard note(.decision(decision(.withdrawn, rule: held.rule, reason))) else { return }
    drop(held.frame)
    processClient()
  }

  func dropHold(_ outcome: GatewayDecision.Outcome = .withdrawn, _ reason: String = "its session ended") {
    guard let held = hold else { return }
    held.expiry.cancel()
    held.notice.cancel()
    core.withdraw(held.id, held.posted, HeldBook.End(outcome: outcome, reason: reason))
    hold = nil
  }
}
