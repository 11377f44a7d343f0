import Bytes
import Model
import NIOCore
import Policy

/// What becomes of a program or a forwarded connection.
extension SSHConnection {
  /// The client is told that its request waits after so long, as `psql` is.
  private static let noticeAfter = Duration.milliseconds(1_500)
  /// How a program ends that was not let through: as one that cannot be executed (POSIX, Shell Command Language §2.8.2).
  static let refusedStatus: Int32 = 126

  func judge(_ relay: SSHChannelRelay) throws {
    guard let judge, let request = relay.request else { return }
    core.metrics.count(.statement)
    let (policy, now) = (core.policy.policy, core.now())
    if let program = request.program {
      relay.request?.judged = judge.judge(
        program, relay.environment, relay.terminal, channel: relay.number, by: policy, at: now)
    } else if let destination = request.destination {
      relay.request?.judged = judge.judge(destination, by: policy, at: now)
    }
    try decide(relay, isFirst: true)
  }

  /// Does what the policy and the approvals say.
  ///
  /// `isFirst`: it does not wait yet.
  func decide(_ relay: SSHChannelRelay, isFirst: Bool) throws {
    guard let judge, let request = relay.request else { return }
    let verdict = core.verdict(
      request.judged, in: judge.session, before: judge.before, offset: request.offset,
      obstacle: Self.obstacle(request))
    switch verdict {
    case .forward(let decision, let used, let voices):
      drop(relay, .approved, decision?.reason ?? "")
      relay.request?.uses = used
      if var decision {
        decision.typed = relay.typed
        for event in core.events(of: decision, voices) { try record.note(event) }
        core.metrics.count(decision.outcome == .approved ? .approved : .allowedChange)
      }
      if let piece = request.piece { return relay.pass(piece, record) }
      if let obstacle = mask(relay) { return try refuse(relay, notMasked: obstacle) }
      start(relay)
    case .refuse(let refusal):
      drop(relay, .denied, refusal.reason)
      try refuse(relay, .denied, rule: refusal.rule, reason: refusal.reason, hint: refusal.hint, refusal.voices)
    case .hold(let rule, let reason):
      if !isFirst { return tell(relay, why: reason) }
      if !awaitMore(relay) { try beginHold(relay, rule: rule, reason: reason) }
    }
  }

  private static func obstacle(_ request: SSHChannelRelay.Request) -> String? {
    if request.piece != nil { return request.obstacle }
    guard let program = request.program else { return "a forwarded connection cannot wait for an approval" }
    return program.isText ? nil : "a command that is no UTF-8 cannot be held against an approval"
  }

  private func start(_ relay: SSHChannelRelay) {
    guard let request = relay.request else { return }
    relay.stage = .starting
    relay.startBatch = record.batch
    if let destination = request.destination { relay.steps = [.forward(destination)] }
    guard let program = request.program else { return }
    relay.steps = [.open] + relay.environment.map { .environment(name: $0.name, value: $0.value) }
    if let terminal = relay.terminal { relay.steps.append(.terminal(terminal)) }
    relay.steps.append(.program(program))
  }

  func refuse(
    _ relay: SSHChannelRelay, _ outcome: GatewayDecision.Outcome, rule: String, reason: String, hint: String,
    _ voices: [ApprovalVoice] = []
  ) throws {
    guard let request = relay.request else { return }
    var decision = GatewayDecision(offset: request.offset, outcome: outcome, rule: rule, reason: reason)
    decision.typed = relay.typed
    for event in core.events(of: decision, voices) { try record.note(event) }
    core.metrics.count(.refused)
    core.log.write(
      .notice, "refused", ["session": id, "identity": token?.name ?? "", "rule": rule, "reason": reason])
    guard request.destination == nil else {
      relay.request = nil
      relay.stage = .over
      try record.add(SSHTranscript.openFailure(relay.number, code: 1, ""), from: .fromServer)
      return reply { request.message?.refuse() }
    }
    if let piece = request.piece {
      try relay.remark("refused by policy: \(reason) (rule: \(rule)). \(hint)", record)
      isTurnDue = true
      return try relay.refuse(
        piece, "refused by policy: \(reason) (rule: \(rule))", exitStatus: Self.refusedStatus, record)
    }
    try relay.end(
      with: "refused by policy: \(reason) (rule: \(rule)). \(hint)", exitStatus: Self.refusedStatus, record)
  }

  /// What was approved was not done.
  func giveBack(_ relay: SSHChannelRelay) {
    guard let uses = relay.request?.uses, !uses.isEmpty else { return }
    relay.request?.uses = []
    core.approvals?.giveBack(uses)
  }

  // MARK: Waiting for people

  private func beginHold(_ relay: SSHChannelRelay, rule: String, reason: String) throws {
    guard let judge, let request = relay.request, let token else { return }
    let limit = core.limits.holdSeconds
    let number = core.addHold { [mailbox] in mailbox.post(.again) }
    let posted = core.post(
      request.judged, in: judge.session, before: judge.before, requestedBy: token.human, number: number,
      seconds: limit)
    var decision = GatewayDecision(offset: request.offset, outcome: .held, rule: rule, reason: reason)
    decision.typed = relay.typed
    decision.subject = posted.flatMap { Digest(hexadecimal: $0.subject) }
    do {
      try record.note(.decision(decision))
    } catch {
      core.removeHold(number)
      if let posted { core.approvals?.withdraw(posted.file) }
      throw error
    }
    core.metrics.count(.held)
    let now = ContinuousClock.now
    if request.piece == nil { relay.stage = .holding }
    relay.hold = SSHHold(
      id: number, rule: rule, reason: reason, end: now.advanced(by: .seconds(limit)),
      noticeAt: now.advanced(by: Self.noticeAfter), posted: posted)
    core.announce(
      held(number, relay, request, judge, token, posted, rule: rule, reason: reason, seconds: limit), reason: reason)
  }

  private func held(
    _ number: UInt64, _ relay: SSHChannelRelay, _ request: SSHChannelRelay.Request, _ judge: CommandJudge,
    _ token: Token, _ posted: HeldRequest.Posted?, rule: String, reason: String, seconds: Int64
  ) -> HeldRequest {
    let now = core.now()
    let message = request.program?.text ?? request.piece?.bytes ?? []
    return HeldRequest(
      id: number, session: judge.session, identity: token.name, run: token.run, target: rules.target.name,
      context: relay.traceparent.map { [("traceparent", $0)] } ?? [], type: "SSH", headCount: 0,
      message: ByteBuffer(bytes: message), text: request.judged.first?.action.text ?? "",
      difference: request.difference, parts: request.judged.map(HeldRequest.Part.init), before: [], settings: [],
      since: now,
      until: now.adding(seconds: seconds), rule: rule, posted: posted, estimate: nil, reason: reason)
  }

  /// Policy or approvals may have changed: asks again.
  func tryHold(_ relay: SSHChannelRelay) throws {
    guard let judge, let request = relay.request else { return }
    relay.request?.judged = judge.judgeAgain(request.judged, by: core.policy.policy, at: core.now())
    try decide(relay, isFirst: false)
  }

  /// An approval that came and does not fit is no reason to go on waiting in the dark.
  private func tell(_ relay: SSHChannelRelay, why reason: String) {
    guard let hold = relay.hold, hold.reason != reason else { return }
    relay.hold?.reason = reason
    core.held.note(reason: reason, of: hold.id)
    core.log.write(.notice, "still held", ["session": id, "rule": hold.rule, "reason": reason])
  }

  /// Tells those that wait, and ends the waits that were too long.
  func keepTime() throws {
    let now = ContinuousClock.now
    for relay in relays {
      if let awaited = relay.request?.awaited, now >= awaited { try judgeAwaited(relay) }
      if let held = relay.masking?.heldSince, now >= held.advanced(by: ChannelMasking.pause) {
        try relay.settleMasked(record)
        try tellMasked(relay)
      }
      guard let hold = relay.hold else { continue }
      if now >= hold.end {
        let reason = "nobody approved it within \(core.limits.holdSeconds) seconds"
        drop(relay, .expired, reason)
        try refuse(relay, .expired, rule: hold.rule, reason: reason, hint: hold.reason)
      } else if let noticeAt = hold.noticeAt, now >= noticeAt {
        relay.hold?.noticeAt = nil
        try relay.remark("waits for an approval (rule: \(hold.rule)): \(hold.reason)", record)
      }
    }
  }

  /// The target is not asked for what could not be masked.
  func refuse(_ relay: SSHChannelRelay, notMasked reason: String) throws {
    giveBack(relay)
    try refuse(
      relay, .denied, rule: "masking", reason: "the policy masks what the target sends, and \(reason)",
      hint: "Whoever runs the gateway can say what goes by unmasked.")
  }

  func drop(_ relay: SSHChannelRelay, _ outcome: GatewayDecision.Outcome, _ reason: String) {
    guard let hold = relay.hold else { return }
    relay.hold = nil
    core.withdraw(hold.id, hold.posted, HeldBook.End(outcome: outcome, reason: reason))
  }

  /// Nobody wants any more what waits.
  func withdraw(_ relay: SSHChannelRelay, _ reason: String) throws {
    guard let hold = relay.hold else { return }
    var decision = GatewayDecision(
      offset: relay.request?.offset ?? 0, outcome: .withdrawn, rule: hold.rule, reason: reason)
    decision.typed = relay.typed
    try record.note(.decision(decision))
    drop(relay, .withdrawn, reason)
  }

  /// The client wants it no more.
  func giveUp(_ relay: SSHChannelRelay, _ reason: String) throws {
    try withdraw(relay, reason)
    if !relay.isTargetOpen { giveBack(relay) }
    relay.request = nil
    relay.stage = .over
    if relay.target == nil {
      relay.steps = []
    } else {
      relay.steps = Array(relay.steps.prefix(relay.isTargetOpen ? 0 : 1))
    }
    relay.toTarget.add(.close, record.batch)
  }
}
