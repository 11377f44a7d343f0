import Model
import NIOCore
import Policy

/// What becomes of a request.
extension HTTPRelay {
  /// Judges what is there of the request.
  func judge() {
    guard let known = exchange, let session else { return }
    stopWaiting()
    if known.request == nil { core.metrics.count(.statement) }
    do throws(HTTPFault) {
      let request = try session.judge.judge(
        known.recorded, isWhole: known.reader.isDone, hasContent: known.body.hasContent, upgrade: known.head.upgrade,
        by: core.policy, at: core.now())
      try readPush(of: request)
      exchange?.request = request
    } catch {
      return failJudging(error)
    }
    decide(isFirst: true)
  }

  private func failJudging(_ fault: HTTPFault) {
    core.log.write(.notice, "request refused", ["session": session?.id ?? "", "reason": fault.reason])
    guard
      note(
        .decision(
          GatewayDecision(
            offset: exchange?.offset ?? 0, outcome: .denied, rule: "default", reason: fault.reason)))
    else { return }
    core.metrics.count(.refused)
    exchange?.isLast = true
    answer(.problem(fault.status, "malformed", fault.reason))
  }

  /// Does what the policy and the approvals say.
  ///
  /// `isFirst`: it does not wait yet.
  func decide(isFirst: Bool) {
    guard let known = exchange, let request = known.request, let session else { return }
    let verdict = core.verdict(
      request.judged, in: session.judge.session, before: session.judge.before, offset: known.offset,
      obstacle: Self.obstacle(known))
    switch verdict {
    case .forward(let decision, let used, let voices):
      dropHold(.approved, decision?.reason ?? "")
      exchange?.uses = used
      if let decision {
        guard core.events(of: decision, voices).allSatisfy({ note($0) }) else { return }
        core.metrics.count(decision.outcome == .approved ? .approved : .allowedChange)
      }
      send()
    case .refuse(let refusal):
      dropHold(.denied, refusal.reason)
      refuse(.denied, rule: refusal.rule, reason: refusal.reason, hint: refusal.hint, refusal.voices)
    case .hold(let rule, let reason):
      if !isFirst { return tell(why: reason) }
      if !awaitPack(), !studyPush() { beginHold(rule: rule, reason: reason) }
    }
  }

  private static func obstacle(_ exchange: HTTPExchange) -> String? {
    // The ids of a push say what is in it, however long its pack is.
    if let push = exchange.push { return push.obstacle }
    if !exchange.reader.isDone { return "its content is too long, or comes too slowly, to be held against an approval" }
    return nil
  }

  func refuse(
    _ outcome: GatewayDecision.Outcome, rule: String, reason: String, hint: String?, _ voices: [ApprovalVoice] = []
  ) {
    guard let known = exchange, let request = known.request else { return }
    let decision = GatewayDecision(offset: known.offset, outcome: outcome, rule: rule, reason: reason)
    guard core.events(of: decision, voices).allSatisfy({ note($0) }) else { return }
    core.metrics.count(.refused)
    core.log.write(
      .notice, "refused",
      [
        "session": session?.id ?? "", "identity": session?.token?.name ?? "", "rule": rule, "reason": reason,
      ])
    // What is said goes out when the decision is recorded: the answer is recorded behind it.
    let told = known.push?.refusal("refused by policy: \(reason) (rule: \(rule))", hint: hint)
    answer(told ?? .refusal(request.speech, rule: rule, reason: reason, hint: hint))
  }
}
