import Glibc
import Model
import Policy

/// One client's connection, from its first byte to its last, on a thread of its own. Nothing in it waits for people: a request
/// that does leaves the other channels alone.
final class SSHConnection {
  /// Why the connection is over.
  struct End: Error {
    var reason: String
  }

  /// Channels of one connection at once.
  static let channelLimit = 32
  /// Milliseconds after which the thread looks round though nothing woke it.
  private static let idleTurn: Int32 = 1_000
  /// Readings of the sockets in one turn: what they bring is recorded together.
  private static let readingLimit = 64
  /// Milliseconds for what is left to be sent at the end.
  private static let lingering: Int32 = 2_000

  let core: GatewayCore
  let listener: SSHListener
  let id: String
  let session: LibsshSession
  let mailbox: SSHMailbox
  let poll: LibsshPoll
  let record: SSHRecord
  let client: Endpoint
  let opening: SessionOpening
  var token: Token?
  var permissions = SSHPermissions.all
  var judge: CommandJudge?
  /// The connection to the target; nil when there is none, and then why not.
  var target: LibsshSession?
  var targetProblem = "it was not asked for"
  var relays: [SSHChannelRelay] = []
  var channelCount: UInt32 = 0
  /// Requests to listen that the target has not answered, ports where it does, and connections that came there.
  var listens: [ListenRequest] = []
  var ports: Set<LibsshMessage.Place> = []
  var arrivals: [Arriving] = []
  /// Answers about the connection as a whole, each with the batch that must be recorded before.
  private var replies: [(batch: UInt64, say: () -> Void)] = []
  private var isDraining = false
  /// Something came to be that may have more to do at once.
  var isTurnDue = false

  var rules: SSHRules { listener.rules }

  /// Serves a client; gives the socket back when he is gone.
  static func serve(_ descriptor: Int32, _ listener: SSHListener, _ core: GatewayCore) {
    let id = core.nextSession()
    do {
      let connection = try SSHConnection(descriptor, id, listener, core)
      connection.run()
    } catch {
      core.log.write(.notice, "no session", ["session": id, "reason": "\(error)"])
    }
  }

  /// Agrees on keys with the client, and begins the recording.
  private init(_ descriptor: Int32, _ id: String, _ listener: SSHListener, _ core: GatewayCore) throws {
    (self.id, self.listener, self.core) = (id, listener, core)
    let limits = core.limits
    SSHSocket.prepare(descriptor, probeSeconds: limits.probeSeconds)
    let ends = (SSHSocket.endpoint(of: descriptor, isPeer: true), SSHSocket.endpoint(of: descriptor, isPeer: false))
    guard let client = ends.0, let gateway = ends.1 else {
      Glibc.close(descriptor)
      throw SSHFault("the connection is gone")
    }
    self.client = client
    let keys: [LibsshKey]
    do {
      mailbox = try SSHMailbox()
      keys = try listener.rules.hostKeyFiles.map { try LibsshKey(file: $0) }
    } catch {
      Glibc.close(descriptor)
      throw error
    }
    session = try LibsshSession(accepted: descriptor, hostKeys: keys, seconds: limits.loginSeconds)
    session.allow(
      keys: !listener.rules.means.isDisjoint(with: [.publicKey, .certificate]),
      passwords: listener.rules.means.contains(.password))
    poll = try LibsshPoll(waking: mailbox.descriptor)
    try poll.add(session)
    var opening = SessionOpening(
      protocolName: "ssh", client: client, gateway: gateway, target: listener.rules.target.name)
    opening.upstream = listener.rules.target.server
    opening.policy = core.policy.policy.sha256
    opening.application = session.clientIdentification.map { String($0.dropFirst(8)) }
    self.opening = opening
    do {
      record = SSHRecord(try core.record(opening), core, mailbox)
    } catch {
      core.recordingFailed(error)
      throw error
    }
  }

  private func run() {
    var reason = "client closed"
    do {
      let identification = SSHTranscript.identification
      try record.add(identification(session.clientIdentification ?? "SSH-2.0-unknown"), from: .fromClient)
      try record.add(identification(session.serverIdentification ?? "SSH-2.0-exhibit"), from: .fromServer)
      try record.add(SSHTranscript.keyExchange(), from: .fromClient)
      try record.add(SSHTranscript.keyExchange(), from: .fromServer)
      try logIn()
      while true { try turn() }
    } catch let end as End {
      reason = end.reason
    } catch {
      core.recordingFailed(error)
      reason = "recording failed"
    }
    close(reason)
  }

  // MARK: Turns

  private func turn() throws {
    isTurnDue = false
    var readings = 0
    while readings < Self.readingLimit, poll.wait(milliseconds: 0) { readings += 1 }
    try takeLetters()
    while let message = session.nextMessage() { try take(message) }
    // The target asks nothing else that it may have: agents, displays.
    while let message = target?.nextMessage() {
      if case .openForwarded(let destination) = message.ask {
        try take(message, forwarded: destination)
      } else {
        message.refuse()
      }
    }
    for relay in relays { try advance(relay) }
    try settle()
    try keepTime()
    tidy()
    guard session.isConnected else { throw End(reason: "client closed") }
    if let target, !target.isConnected { try loseTarget("the target closed the connection") }
    if isDraining, relays.isEmpty { throw End(reason: "gateway shut down") }
    _ = poll.wait(milliseconds: record.isSettled && !isTurnDue ? waiting : 0)
  }

  /// Sends what is recorded; doing so may bring forth more to record.
  private func settle() throws {
    for _ in 0..<8 {
      record.settle()
      let recorded = try record.recordedBatch()
      while let first = replies.first, first.batch <= recorded {
        replies.removeFirst()
        first.say()
      }
      try stepForwarding(recorded: recorded)
      for relay in relays {
        if recorded >= relay.startBatch { try step(relay) }
        relay.pump(recorded: recorded)
      }
      if record.isSettled { return }
    }
  }

  /// Milliseconds until something is due.
  private var waiting: Int32 {
    let now = ContinuousClock.now
    let due = relays.flatMap { relay in
      [
        relay.hold?.end, relay.hold?.noticeAt, relay.request?.awaited, relay.turnAt,
        relay.masking?.heldSince?.advanced(by: ChannelMasking.pause),
      ].compactMap(\.self)
    }
    guard let next = due.min() else { return Self.idleTurn }
    let left = now.duration(to: next).components
    return Int32(
      clamping: max(0, min(Int64(Self.idleTurn), left.seconds * 1_000 + left.attoseconds / 1_000_000_000_000_000 + 1)))
  }

  /// Says something about the connection as a whole, when what is recorded so far is.
  func reply(_ say: @escaping () -> Void) { replies.append((record.batch, say)) }

  private func takeLetters() throws {
    var asksAgain = false
    for letter in mailbox.take() {
      switch letter {
      case .again: asksAgain = true
      case .reread: try rereadMasking()
      case .drain(let isNow):
        isDraining = true
        if isNow { throw End(reason: "gateway shut down") }
      case .revoke(let why):
        core.log.write(.notice, "revoked", ["session": id, "reason": why])
        throw End(reason: "revoked")
      case .lose: throw End(reason: "recording failed")
      }
    }
    guard asksAgain else { return }
    for relay in relays where relay.hold != nil { try tryHold(relay) }
  }

  private func advance(_ relay: SSHChannelRelay) throws {
    do {
      try relay.takeFromClient(record)
      if relay.clientHasClosed, relay.stage == .holding || relay.stage == .starting || relay.stage == .waiting {
        try giveUp(relay, "the client closed the channel")
      }
      try judgePieces(relay)
      try relay.takeFromTarget(record)
    } catch let fault as SSHMalformation {
      try end(relay, fault)
    } catch let fault as SSHUnmaskable {
      try end(relay, notMasked: fault.reason)
    }
    try tellMasked(relay)
  }

  private func tidy() {
    let finished = relays.filter(\.isFinished)
    guard !finished.isEmpty else { return }
    relays.removeAll(where: \.isFinished)
    for relay in finished { relay.release() }
  }

  /// The target is gone: what runs there is told so.
  func loseTarget(_ why: String) throws {
    guard let target else { return }
    core.log.write(.warning, "target lost", ["session": id, "reason": why])
    targetProblem = why
    try loseArrivals()
    for relay in relays where relay.target != nil {
      do {
        try relay.takeFromTarget(record)
      } catch let fault as SSHMalformation {
        try end(relay, fault)
      } catch let fault as SSHUnmaskable {
        try end(relay, notMasked: fault.reason)
      }
      relay.loseTarget()
      if relay.stage == .running || relay.stage == .starting {
        try withdraw(relay, why)
        try relay.finish(with: why, exitStatus: 255, record)
      }
    }
    poll.remove(target)
    self.target = nil
  }

  // MARK: The end

  private func close(_ reason: String) {
    for relay in relays {
      guard let hold = relay.hold else { continue }
      var decision = GatewayDecision(
        offset: relay.request?.offset ?? 0, outcome: .withdrawn, rule: hold.rule, reason: reason)
      decision.typed = relay.typed
      try? record.note(.decision(decision))
      drop(relay, .withdrawn, reason)
    }
    if reason != "recording failed", reason != "client closed" {
      try? record.add(SSHTranscript.disconnect(reason), from: .fromServer)
    }
    record.settle()
    record.close(reason)
    if let token { core.delist(id, token, reason: reason) }
    for relay in relays + arrivals.map(\.relay) { relay.forget() }
    (relays, arrivals) = ([], [])
    if let target {
      poll.remove(target)
      target.end(milliseconds: 0)
    }
    poll.remove(session)
    session.end(milliseconds: Self.lingering)
  }
}
