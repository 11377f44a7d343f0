import Bytes
import Model
import NIOCore
import Policy

/// A request that waits for people.
struct HTTPHold {
  var id: UInt64
  var rule: String
  var reason: String
  var expiry: Scheduled<Void>
  /// What was laid out for signing.
  var posted: HeldRequest.Posted?
}

extension HTTPRelay {
  func beginHold(rule: String, reason: String) {
    guard let known = exchange, let request = known.request, let session, let token = session.token else { return }
    let limit = core.limits.holdSeconds
    let bound = NIOLoopBound(self, eventLoop: loop)
    let number = core.addHold { [loop] in loop.execute { bound.value.tryHold() } }
    let posted = core.post(
      request.judged, in: session.judge.session, before: session.judge.before, requestedBy: token.human,
      number: number, seconds: limit)
    var decision = GatewayDecision(offset: known.offset, outcome: .held, rule: rule, reason: reason)
    decision.subject = posted.flatMap { Digest(hexadecimal: $0.subject) }
    guard note(.decision(decision)) else {
      core.removeHold(number)
      if let posted { core.approvals?.withdraw(posted.file) }
      return
    }
    core.metrics.count(.held)
    let expiry = loop.assumeIsolated().scheduleTask(in: .seconds(limit)) { [weak self] in
      guard let self else { return }
      self.expire(after: limit)
    }
    hold = HTTPHold(id: number, rule: rule, reason: reason, expiry: expiry, posted: posted)
    phase = .holding
    let held = heldRequest(number, known, request, session, token, posted, rule: rule, reason: reason, seconds: limit)
    core.announce(held, reason: reason)
  }

  /// What reviewers see of it: head without credentials, and content.
  private func heldRequest(
    _ number: UInt64, _ known: HTTPExchange, _ request: CallJudge.Request, _ session: HTTPSession, _ token: Token,
    _ posted: HeldRequest.Posted?, rule: String, reason: String, seconds: Int64
  ) -> HeldRequest {
    let now = core.now()
    let context = session.context
    let count = known.heldContent.reduce(0) { $0 + $1.readableBytes }
    return HeldRequest(
      id: number, session: session.judge.session, identity: token.name, run: token.run,
      target: known.place.target.name,
      context: (context.traceparent.map { [("traceparent", $0)] } ?? []) + context.ids.map { ("prompt", $0) },
      type: "HTTP", headCount: 0, message: shownText(known),
      text: "\(request.text) (\(count) bytes of content)", difference: known.difference,
      parts: request.judged.map(HeldRequest.Part.init), before: [], settings: [], since: now,
      until: now.adding(seconds: seconds), rule: rule, posted: posted,
      estimate: nil, reason: reason)
  }

  /// The request as text, whatever carried it.
  private func shownText(_ known: HTTPExchange) -> ByteBuffer {
    guard frames != nil || known.push != nil else { return known.recorded }
    var text = ByteBuffer()
    known.head.text(
      target: known.head.target,
      fields: CredentialMark.apply(to: known.head.fields, own: login.fields)
        .filter { $0.key != "transfer-encoding" }, into: &text)
    if let push = known.push {
      // The pack is in what is shown of its commits.
      text.writeBytes(push.commands)
      return text
    }
    for piece in known.heldContent { text.writeImmutableBuffer(piece) }
    return text
  }

  /// Policy or approvals may have changed: asks again.
  private func tryHold() {
    guard !isOver, hold != nil, let session, let known = exchange?.request else { return }
    exchange?.request?.judged = session.judge.judgeAgain(known.judged, by: core.policy.policy, at: core.now())
    decide(isFirst: false)
    resume()
  }

  /// An approval that came and does not fit is no reason to go on waiting in the dark.
  func tell(why reason: String) {
    guard let held = hold, held.reason != reason else { return }
    hold?.reason = reason
    core.held.note(reason: reason, of: held.id)
    core.log.write(.notice, "still held", ["session": session?.id ?? "", "rule": held.rule, "reason": reason])
  }

  private func expire(after seconds: Int64) {
    guard !isOver, let held = hold else { return }
    let reason = "nobody approved it within \(seconds) seconds"
    dropHold(.expired, reason)
    refuse(.expired, rule: held.rule, reason: reason, hint: held.reason)
    resume()
  }

  func dropHold(_ outcome: GatewayDecision.Outcome = .withdrawn, _ reason: String = "its session ended") {
    guard let held = hold else { return }
    held.expiry.cancel()
    core.withdraw(held.id, held.posted, HeldBook.End(outcome: outcome, reason: reason))
    hold = nil
  }
}
