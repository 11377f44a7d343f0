import Model
import Policy

/// What becomes of what is asked inside a channel.
extension SSHConnection {
  /// For so long it is waited for the rest of what people are to decide about.
  private static let awaiting = Duration.seconds(15)

  /// Judges what the client sent, one after the other, up to what waits.
  func judgePieces(_ relay: SSHChannelRelay) throws {
    if let request = relay.request, request.awaited != nil, relay.inspection?.expectsMore == false {
      ask(relay)
      if relay.question == nil { try judgeAwaited(relay) }
    }
    if relay.clientHasClosed, relay.request?.piece != nil {
      try withdraw(relay, "the client closed the channel")
      relay.request = nil
      relay.dropQuestion()
    }
    if relay.clientHasClosed { return try relay.leavePieces(record) }
    if let interrupt = try relay.takeInterrupt(record) {
      try withdraw(relay, "the client pressed ^C")
      relay.pass(interrupt, record)
    }
    while let (piece, turn) = try relay.nextPiece(record) {
      switch (turn, piece.kind) {
      case (.waits, _): return
      case (_, .void): try relay.refuse(piece, "", exitStatus: 0, record)
      case (.unjudged, _): relay.pass(piece, record)
      case (.judged, _): try judge(piece, relay)
      case (.refused(let reason), _):
        relay.request = SSHChannelRelay.Request(piece: piece, message: nil, offset: piece.offset)
        core.metrics.count(.statement)
        try refuse(relay, line: reason)
      }
    }
  }

  /// A line that nobody can judge does not run.
  private func refuse(_ relay: SSHChannelRelay, line reason: String) throws {
    try refuse(
      relay, .denied, rule: GatewayDecision.unreadableRule, reason: reason,
      hint: "What is typed here is judged before it runs; write it in one line.")
  }

  private func judge(_ piece: ChannelPiece, _ relay: SSHChannelRelay) throws {
    relay.request = SSHChannelRelay.Request(piece: piece, message: nil, offset: piece.offset)
    core.metrics.count(.statement)
    if let obstacle = relay.inspection?.subject(of: piece, at: core.now()).flatMap(obstacle(toReading:)) {
      return try refuse(relay, notMasked: obstacle)
    }
    try judgeSubject(relay, piece)
    try decide(relay, isFirst: true)
  }

  private func judgeSubject(_ relay: SSHChannelRelay, _ piece: ChannelPiece) throws {
    let now = core.now()
    guard let judge, let subject = relay.inspection?.subject(of: piece, at: now) else {
      throw SSHMalformation(sender: .fromClient, reason: "what is asked is not known")
    }
    relay.request?.judged = judge.judge(subject, by: core.policy.policy, at: now)
    switch subject {
    case .line(_, let isLate):
      relay.request?.obstacle = isLate ? "it runs already: it was typed before the shell asked for it" : nil
    case .file(_, let isExact):
      relay.request?.obstacle = isExact ? nil : "a path that is not shown as it is cannot be held against an approval"
    case .push(_, let push, let isExact):
      relay.request?.obstacle = isExact ? nil : "a reference that is no text cannot be held against an approval"
      relay.request?.difference = PushReview.text(
        of: push, isWhole: relay.inspection?.expectsMore == false,
        obstacle: (relay.inspection as? PushInspection)?.snapshot?.problem)
    }
  }

  /// Whether people are asked only when more of it is there.
  func awaitMore(_ relay: SSHChannelRelay) -> Bool {
    guard relay.request?.piece != nil, relay.request?.awaited == nil, !relay.hasAwaited else { return false }
    if relay.inspection?.expectsMore == false {
      ask(relay)
      if relay.question == nil { return false }
    }
    relay.request?.awaited = ContinuousClock.now.advanced(by: Self.awaiting)
    return true
  }

  /// Asks the target, once, what has to be known of it besides, and goes on with that.
  private func ask(_ relay: SSHChannelRelay) {
    if relay.question == nil, let target, let question = relay.inspection?.question() {
      relay.question = OwnChannel(of: target, question)
      isTurnDue = true
    }
    relay.question?.turn()
    if relay.question?.isOver == true { relay.dropQuestion() }
  }

  /// All of it is there, or nobody waits for it any longer.
  func judgeAwaited(_ relay: SSHChannelRelay) throws {
    guard relay.hold == nil, let piece = relay.request?.piece else { return }
    relay.request?.awaited = nil
    relay.hasAwaited = true
    relay.dropQuestion()
    try judgeSubject(relay, piece)
    try decide(relay, isFirst: true)
  }

  /// Ends a channel in which something was said that cannot be judged.
  func end(_ relay: SSHChannelRelay, _ fault: SSHMalformation) throws {
    let who = fault.sender == .fromClient ? "the client" : "the target"
    let reason = "what \(who) sends cannot be read: \(fault.reason)"
    try withdraw(relay, reason)
    try record.note(
      .decision(GatewayDecision(offset: record.receivedCount, outcome: .denied, rule: "default", reason: reason)))
    core.metrics.count(.refused)
    core.log.write(.notice, "refused", ["session": id, "identity": token?.name ?? "", "reason": reason])
    try relay.finish(with: reason, exitStatus: 255, record)
  }
}
