import Model
import Policy

/// Ports at which the target listens for the client (`ssh -R`, RFC 4254 §7), and the connections that come there.
///
/// Whether it may listen is judged, and each connection that comes. Neither can wait for people.
extension SSHConnection {
  private static let obstacle = "a forwarded connection cannot wait for an approval"

  /// A request to listen, or to listen no more, whose answer the target owes. Requests are answered in their order.
  struct ListenRequest {
    var message: LibsshMessage
    var place: LibsshMessage.Place
    var isEnd: Bool
    var uses: [ApprovalUse] = []
    /// The batch of the recording that it is in.
    var batch: UInt64
  }

  /// A connection that came at the target and that the client is asked to take.
  struct Arriving {
    var relay: SSHChannelRelay
    var message: LibsshMessage
    var destination: LibsshMessage.Destination
    var batch: UInt64
  }

  // MARK: What the client asks

  func take(_ message: LibsshMessage, listen place: LibsshMessage.Place, isEnd: Bool) throws {
    let offset = record.receivedCount
    try record.add(SSHTranscript.listen(place, isEnd: isEnd), from: .fromClient)
    var request = ListenRequest(message: message, place: place, isEnd: isEnd, batch: record.batch)
    if let why = obstacle(to: request) {
      core.log.write(.notice, "refused", ["session": id, "reason": why])
      return try answer(request, isDone: false)
    }
    if !isEnd {
      guard let uses = try allowed(Forwarding(.listen, destination: place.name), at: offset) else {
        return try answer(request, isDone: false)
      }
      request.uses = uses
    }
    listens.append(request)
  }

  private func obstacle(to request: ListenRequest) -> String? {
    if request.isEnd { return ports.contains(request.place) ? nil : "nothing listens there for this client" }
    guard permissions.hasForwarding else { return "its certificate permits no forwarding" }
    guard request.place.port != 0 else { return "a port of the target's choice is not offered" }
    guard ports.count + listens.count < Self.channelLimit else { return "it has too many ports" }
    guard !isMasked || rules.unmasked.contains(.forward) else { return "a forwarded connection cannot be masked" }
    return target == nil ? targetProblem : nil
  }

  private func answer(_ request: ListenRequest, isDone: Bool) throws {
    try record.add(isDone ? SSHTranscript.requestSuccess : SSHTranscript.requestFailure, from: .fromServer)
    reply { isDone ? request.message.acceptListening(at: request.place.port) : request.message.refuse() }
  }

  /// What the policy says; what it used up of approvals where that is yes.
  private func allowed(_ forwarding: Forwarding, at offset: UInt64) throws -> [ApprovalUse]? {
    guard let judge else { return nil }
    core.metrics.count(.statement)
    let judged = judge.judge(forwarding, by: core.policy.policy, at: core.now())
    let refused: (rule: String, reason: String, voices: [ApprovalVoice])
    switch core.verdict(judged, in: judge.session, before: judge.before, offset: offset, obstacle: Self.obstacle) {
    case .forward(let decision, let used, let voices):
      if let decision {
        for event in core.events(of: decision, voices) { try record.note(event) }
        core.metrics.count(decision.outcome == .approved ? .approved : .allowedChange)
      }
      return used
    case .refuse(let refusal): refused = (refusal.rule, refusal.reason, refusal.voices)
    case .hold(let rule, _): refused = (rule, Self.obstacle, [])
    }
    let decision = GatewayDecision(offset: offset, outcome: .denied, rule: refused.rule, reason: refused.reason)
    for event in core.events(of: decision, refused.voices) { try record.note(event) }
    core.metrics.count(.refused)
    core.log.write(
      .notice, "refused",
      ["session": id, "identity": token?.name ?? "", "rule": refused.rule, "reason": refused.reason])
    return nil
  }

  // MARK: What the target says

  /// A connection that came at a port of the client's.
  func take(_ message: LibsshMessage, forwarded destination: LibsshMessage.Destination) throws {
    guard ports.contains(LibsshMessage.Place(host: destination.host, port: destination.port)) else {
      core.log.write(.warning, "refused", ["session": id, "reason": "the target opens what nobody asked for"])
      return message.refuse()
    }
    let number = nextNumber()
    try record.add(SSHTranscript.open("forwarded-tcpip", number, destination), from: .fromServer)
    guard relays.count + arrivals.count < Self.channelLimit, !isMasked || rules.unmasked.contains(.forward),
      let channel = LibsshChannel(of: session),
      try allowed(judge?.forwarding(.forwardedTCPIP, destination), at: record.receivedCount) != nil
    else {
      try record.add(SSHTranscript.openFailure(number, code: 1, ""), from: .fromClient)
      return message.refuse()
    }
    let relay = SSHChannelRelay(number)
    relay.isForward = true
    relay.client = channel
    arrivals.append(Arriving(relay: relay, message: message, destination: destination, batch: record.batch))
  }

  private func allowed(_ forwarding: Forwarding?, at offset: UInt64) throws -> [ApprovalUse]? {
    guard let forwarding else { return nil }
    return try allowed(forwarding, at: offset)
  }

  // MARK: Steps

  /// Asks each end for what comes next.
  func stepForwarding(recorded: UInt64) throws {
    while let first = listens.first, first.batch <= recorded {
      guard let target else {
        listens.removeFirst()
        core.approvals?.giveBack(first.uses)
        try answer(first, isDone: false)
        continue
      }
      let progress = target.listen(first.place, isEnd: first.isEnd)
      if progress == .underWay { break }
      listens.removeFirst()
      if progress == .done, first.isEnd { ports.remove(first.place) }
      if progress == .done, !first.isEnd { ports.insert(first.place) }
      if progress != .done { core.approvals?.giveBack(first.uses) }
      try answer(first, isDone: progress == .done)
    }
    var waiting: [Arriving] = []
    for one in arrivals {
      guard one.batch <= recorded, let channel = one.relay.client else {
        waiting.append(one)
        continue
      }
      switch channel.open(arrived: one.destination) {
      case .underWay: waiting.append(one)
      case .failed:
        try record.add(SSHTranscript.openFailure(one.relay.number, code: 2, ""), from: .fromClient)
        channel.release()
        one.message.refuse()
      case .done:
        try record.add(SSHTranscript.opened(one.relay.number), from: .fromClient)
        begin(one)
      }
    }
    arrivals = waiting
  }

  /// The client took it; so does the gateway when that is recorded.
  private func begin(_ one: Arriving) {
    let relay = one.relay
    relay.stage = .running
    relays.append(relay)
    reply { [self] in
      relay.target = target == nil ? nil : one.message.acceptOpening()
      relay.isTargetOpen = relay.target != nil
      isTurnDue = true
      guard relay.target == nil else { return }
      relay.stage = .over
      relay.toClient.add(.close, 0)
    }
  }

  /// The target is gone, and with it what came there.
  func loseArrivals() throws {
    for one in arrivals {
      try record.add(SSHTranscript.openFailure(one.relay.number, code: 2, ""), from: .fromClient)
      one.relay.client?.release()
    }
    arrivals = []
    ports = []
  }
}
