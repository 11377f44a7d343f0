import Model
import NIOCore
import NIOSSL
import Policy

/// One client's connection: reads a request, judges it, sends it on and brings the answer, one at a time. Contents stream in
/// both directions; of a request so much is held as its judgement needs. Lives on one event loop.
final class HTTPRelay {
  /// What the connection is in the middle of.
  enum Phase {
    /// A request's head, or nothing.
    case reading
    /// The content that is judged.
    case collecting
    /// It waits for people.
    case holding
    /// It waits for a connection to the target.
    case connecting
    /// The request, or what is left of its content, goes on, and the answer comes.
    case forwarding
    /// It was answered here, and the rest of its content is thrown away.
    case discarding
    /// What both ends say is passed on.
    case tunnel
    case over
  }

  let core: GatewayCore
  let listener: HTTPListener
  let channel: any Channel
  let loop: any EventLoop
  let toClient: Outbox
  let certificates = ShownCertificates()
  /// Names the connection in the log before it has a session.
  let connectionID: String
  var clientContext: ChannelHandlerContext?
  var login: HTTPLogin

  var phase = Phase.reading
  var session: HTTPSession?
  var exchange: HTTPExchange?
  var hold: HTTPHold?
  var line: HTTPTargetLine?
  /// How a connection to a place is opened.
  var dial: (HTTPPlace, @escaping (Result<HTTPTargetLine, GatewayError>) -> Void) -> Void = { _, _ in }
  /// The place of a CONNECT, within which the connection is.
  var inner: HTTPPlace?
  /// Who asked for it.
  var innerToken: Token?

  // From the client
  var inbox = ByteBuffer()
  /// Bytes in which no head ends.
  var scanned = 0
  /// For what the phase waits for.
  var deadline: Scheduled<Void>?
  var isWaitingForHead = false
  /// Bytes of a refused request's content that are still thrown away.
  var discardLeft = 0
  var isDraining = false
  /// Only what it said before still goes on.
  var isClientGone = false

  var isOver: Bool { if case .over = phase { true } else { false } }
  var limits: HTTPLimits { listener.rules.limits }

  init(core: GatewayCore, listener: HTTPListener, channel: any Channel) {
    (self.core, self.listener, self.channel) = (core, listener, channel)
    loop = channel.eventLoop
    toClient = Outbox(channel)
    connectionID = core.nextSession()
    login = HTTPLogin(core, listener)
    dial = { [weak self] place, finish in
      guard let self else { return }
      listener.connect(place, limits: core.limits, on: self.loop, relay: self, finish: finish)
    }
  }

  // MARK: The client's channel

  func clientOpened() {
    wait(limits.headSeconds) { $0.headIsLate() }
    readClient()
  }

  func receiveFromClient(_ buffer: ByteBuffer) {
    guard !isOver else { return }
    if inbox.readableBytes == 0 {
      inbox = buffer
      scanned = 0
    } else {
      if inbox.readerIndex > inbox.readableBytes { inbox.discardReadBytes() }
      inbox.writeImmutableBuffer(buffer)
    }
    processClient()
  }

  func clientReadComplete() {
    line?.outbox.flush()
    toClient.flush()
    readClient()
  }

  func clientClosed() {
    // What it said last in a tunnel goes on when it is recorded.
    guard isTunnel, let line, !line.outbox.isEmpty else { return end("client closed") }
    isClientGone = true
    wait(core.limits.drainSeconds) { $0.end("client closed") }
  }
  func clientFailed(_ error: any Error) { end("client failed: \(error)") }

  /// Reads a side only while what it sends can go on.
  func readClient() {
    let isWanted =
      switch phase {
      case .reading, .collecting, .discarding: toClient.isWritable
      case .forwarding: exchange?.reader.isDone == false && line?.outbox.isWritable ?? false
      case .tunnel: line?.outbox.isWritable ?? false
      case .holding, .connecting, .over: false
      }
    if isWanted { channel.read() }
  }

  func readTarget() {
    guard let line, line.isOpen, toClient.isWritable else { return }
    line.outbox.channel.read()
  }

  /// As `resume`, but not within what a write calls back.
  func resumeSoon() {
    loop.assumeIsolated().execute { [weak self] in self?.resume() }
  }

  /// Something that one side had to wait for may be over.
  func resume() {
    guard !isOver else { return }
    processTarget()
    processClient()
    line?.outbox.flush()
    toClient.flush()
    readClient()
    readTarget()
  }

  // MARK: Time

  /// Does something when so many seconds went by and nothing else was waited for.
  func wait(_ seconds: Int64, _ late: @escaping (HTTPRelay) -> Void) {
    deadline?.cancel()
    deadline = loop.assumeIsolated().scheduleTask(in: .seconds(seconds)) { [weak self] in
      guard let self, !self.isOver else { return }
      late(self)
    }
  }

  func stopWaiting() {
    deadline?.cancel()
    deadline = nil
  }

  private func headIsLate() {
    guard case .reading = phase else { return }
    if inbox.readableBytes == 0 { return end("no request came") }
    refuse(HTTPFault(408, "the head of the request took too long"))
  }

  /// Between two requests.
  func waitForRequest() {
    wait(limits.idleSeconds) { relay in
      guard case .reading = relay.phase else { return }
      relay.end("idle")
    }
  }

  // MARK: Recording

  /// Says something to the client, after it is recorded.
  ///
  /// This is the one way of a target's bytes to the client.
  func say(_ buffer: ByteBuffer) {
    guard buffer.readableBytes > 0, !isOver else { return }
    guard let session else { return toClient.send(buffer, after: nil) }
    do {
      guard !isClientGone else { return }
      try session.record.send(buffer)
      core.metrics.add(bytes: buffer.readableBytes, from: .fromServer)
    } catch {
      fail(recording: error)
    }
  }

  /// Records bytes of the client; what they are goes on when the exchange's gate opens.
  func record(_ buffer: ByteBuffer) -> Bool {
    guard let session else { return false }
    do {
      let gate = try session.record.receive(buffer)
      if let gate { exchange?.gate = gate }
      core.metrics.add(bytes: buffer.readableBytes, from: .fromClient)
      return true
    } catch {
      fail(recording: error)
      return false
    }
  }

  /// Writes an event; what it is about goes on after it.
  func note(_ event: GatewayEvent) -> Bool {
    guard let session else { return false }
    do {
      if let gate = try session.record.note(event) { exchange?.gate = gate }
      return true
    } catch {
      fail(recording: error)
      return false
    }
  }

  // MARK: The end

  /// Nothing can be recorded, so nothing goes on.
  func fail(recording error: any Error) {
    core.recordingFailed(error)
    guard !isOver else { return }
    let isBetween = exchange?.reply == nil && !isTunnel
    let answer = HTTPAnswer.problem(
      503, "not-recorded", "the gateway cannot record, so it lets nothing pass",
      hint: "Whoever runs the gateway finds the reason in its log.")
    let method = exchange?.head.method ?? "GET"
    close("recording failed")
    toClient.abandon(isBetween ? answer.text(to: method, isLast: true) : nil)
  }

  var isTunnel: Bool { if case .tunnel = phase { true } else { false } }

  /// Ends both sides, when what is recorded for the client was sent.
  func end(_ reason: String) {
    guard !isOver else { return }
    if let held = hold {
      let decision = GatewayDecision(
        offset: exchange?.offset ?? 0, outcome: .withdrawn, rule: held.rule, reason: reason)
      guard note(.decision(decision)) else { return }
    }
    close(reason)
    toClient.finish(within: core.limits.drainSeconds)
  }

  private func close(_ reason: String) {
    try? noteMasked()
    phase = .over
    stopWaiting()
    dropHold()
    giveBack()
    exchange = nil
    session?.close(reason)
    session = nil
    dropLine()
    core.dropped()
  }

  /// What was approved was not done.
  func giveBack() {
    guard let uses = exchange?.uses, !uses.isEmpty, exchange?.reply == nil else { return }
    exchange?.uses = []
    core.approvals?.giveBack(uses)
  }

  /// Whose it is may not have it any more.
  func revoke(_ why: String) {
    guard !isOver else { return }
    core.log.write(.notice, "revoked", ["session": session?.id ?? connectionID, "reason": why])
    if exchange != nil, exchange?.reply == nil, !isTunnel {
      exchange?.isLast = true
      dropHold()
      answer(.problem(401, "revoked", "what you were let in by was revoked"))
    }
    end("revoked")
  }

  /// The gateway goes down: as soon as nothing is under way.
  func drain(now isNow: Bool) {
    isDraining = true
    guard isNow || exchange == nil && inbox.readableBytes == 0 && !isTunnel else { return }
    if isNow, hold != nil {
      dropHold()
      answer(.problem(503, "shutting-down", "the gateway is going down"))
    }
    end("gateway shut down")
  }
}
