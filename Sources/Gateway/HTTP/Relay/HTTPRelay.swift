import Model
import NIOCore
import NIOHTTP2
import NIOSSL
import Policy

/// One client's connection of HTTP/1.1, or one stream of HTTP/2: reads a request, judges it, sends it on and brings the answer,
/// one at a time. Contents stream in both directions; of a request so much is held as its judgement needs. Lives on one event
/// loop.
///
/// It reads and writes messages as HTTP/1.1 frames them; what a stream of HTTP/2 says is brought into that and out of it at its
/// ends, here in `say` and `record`.
final class HTTPRelay {
  /// What the connection is in the middle of.
  enum Phase {
    /// A request's head, or nothing.
    case reading
    /// The content that is judged.
    case collecting
    /// It is found out what people are to be shown of a push.
    case studying
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
  let certificates: ShownCertificates
  /// The connection of HTTP/2 that it is a stream of; nil where it has a connection to itself.
  let shared: HTTP2ClientSide?
  /// As what it is recorded and said there.
  var frames: StreamFrames?
  /// Its way through the session's recording.
  var record: ClientRecord?
  /// Connections to targets that are there.
  let lines: HTTPTargetLines
  /// Names the connection in the log before it has a session.
  let connectionID: String
  var clientContext: ChannelHandlerContext?
  let login: HTTPLogin

  var phase = Phase.reading
  var session: HTTPSession?
  var exchange: HTTPExchange?
  var hold: HTTPHold?
  var line: HTTPTargetLine?
  /// The place of a CONNECT, within which the connection is.
  var inner: HTTPPlace?
  /// Who asked for it.
  var innerToken: Token?

  // From the client
  var inbox = ByteBuffer()
  /// Bytes in which no head ends.
  var scanned = 0
  /// What the phase waits for, and until when.
  private var awaited: (due: NIODeadline, late: (HTTPRelay) -> Void)?
  /// Looks at that, no later than it is due. Most waits are over long before, so that one serves many.
  private var timer: (task: Scheduled<Void>, at: NIODeadline)?
  var isWaitingForHead = false
  /// When what is there of the content is judged.
  var collectionEnd: NIODeadline?
  /// The request has another token than those before it on a connection of HTTP/2.
  var isStranger = false
  /// Bytes of a refused request's content that are still thrown away.
  var discardLeft = 0
  var isDraining = false
  /// Only what it said before still goes on.
  var isClientGone = false
  /// Its client took the stream back, or went away; nil where the gateway does.
  var clientReset: HTTP2ErrorCode?
  /// Why the gateway takes an answer back.
  var resetCode = HTTP2ErrorCode.internalError

  var isOver: Bool { if case .over = phase { true } else { false } }
  var limits: HTTPLimits { listener.rules.limits }

  init(core: GatewayCore, listener: HTTPListener, channel: any Channel) {
    (self.core, self.listener, self.channel) = (core, listener, channel)
    loop = channel.eventLoop
    toClient = Outbox(channel)
    connectionID = core.nextSession()
    login = HTTPLogin(core, listener)
    certificates = ShownCertificates()
    shared = nil
    lines = HTTPTargetLines(listener, core.limits, on: channel.eventLoop)
  }

  /// For one stream of a connection of HTTP/2.
  init(stream id: UInt32, _ channel: any Channel, of shared: HTTP2ClientSide) {
    (core, listener, self.channel, self.shared) = (shared.core, shared.listener, channel, shared)
    loop = channel.eventLoop
    toClient = StreamOutbox(channel)
    (connectionID, login, certificates) = (shared.connectionID, shared.login, shared.certificates)
    (inner, innerToken, lines) = (shared.inner, shared.innerToken, shared.lines)
    frames = StreamFrames(id, isSecure: shared.isSecure, shared.listener.rules.limits.head)
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
    if clientReset == nil { clientReset = .cancel }
    // What it said last in a tunnel goes on when it is recorded.
    guard isTunnel, let line, !line.outbox.isEmpty else { return end("client closed") }
    isClientGone = true
    wait(core.limits.drainSeconds) { $0.end("client closed") }
  }
  func clientFailed(_ error: any Error) {
    // Many clients end TLS without close_notify: between two requests nothing is cut by that (RFC 9112 §9.8).
    if case NIOSSLError.uncleanShutdown = error, phase == .reading, inbox.readableBytes == 0 { return clientClosed() }
    end("client failed: \(error)")
  }

  /// Reads a side only while what it sends can go on.
  func readClient() {
    let isWanted =
      switch phase {
      case .reading, .collecting, .discarding: toClient.isWritable
      case .forwarding: exchange?.reader.isDone == false && line?.outbox.isWritable ?? false
      case .tunnel: line?.outbox.isWritable ?? false
      case .studying, .holding, .connecting, .over: false
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
  func wait(_ seconds: Int64, _ late: @escaping (HTTPRelay) -> Void) { wait(.seconds(seconds), late) }

  func wait(_ amount: TimeAmount, _ late: @escaping (HTTPRelay) -> Void) {
    let due = loop.now + amount
    awaited = (due, late)
    if let timer, timer.at <= due { return }
    timer?.task.cancel()
    startTimer(due)
  }

  private func startTimer(_ due: NIODeadline) {
    let task = loop.assumeIsolated().scheduleTask(deadline: due) { [weak self] in
      guard let self else { return }
      self.timerEnded()
    }
    timer = (task, due)
  }

  private func timerEnded() {
    timer = nil
    guard !isOver, let awaited else { return }
    guard awaited.due <= loop.now else { return startTimer(awaited.due) }
    self.awaited = nil
    awaited.late(self)
  }

  func stopWaiting() { awaited = nil }

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

  /// Says the head of an answer to the client, after it is recorded.
  ///
  /// This and `say` of content are the one way of a target's bytes to the client.
  func say(_ head: ResponseHead, to method: String) {
    guard frames != nil else { return say(head.text) }
    do throws(HTTPFault) {
      guard let payload = try frames?.begin(head, to: method) else { return }
      say([payload])
    } catch {
      end("an answer that is none: \(error.reason)")
    }
  }

  /// Says content, or what comes in its place, as it lies in HTTP/1.1.
  func say(_ buffer: ByteBuffer) {
    guard buffer.readableBytes > 0, !isOver else { return }
    guard frames == nil else {
      do throws(HTTPFault) {
        return say(try frames?.response.content(buffer) ?? [])
      } catch {
        return end("an answer that is none: \(error.reason)")
      }
    }
    guard let record else { return toClient.send(buffer, after: nil) }
    do {
      guard !isClientGone else { return }
      exchange?.learn(buffer)
      try record.send(buffer)
      core.metrics.add(bytes: buffer.readableBytes, from: .fromServer)
    } catch {
      fail(recording: error)
    }
  }

  /// Says frames of the stream.
  func say(_ payloads: [HTTP2Frame.FramePayload]) {
    guard let frames, !isOver, !isClientGone, !payloads.isEmpty else { return }
    var bytes = ByteBuffer()
    for payload in payloads { CanonicalFrames.write(payload, on: frames.id, into: &bytes) }
    do {
      exchange?.learn(bytes)
      let gate = try record?.say(bytes)
      for payload in payloads { toClient.send(NIOAny(payload), byteCount: payload.roughByteCount, after: gate) }
      core.metrics.add(bytes: bytes.readableBytes, from: .fromServer)
    } catch {
      fail(recording: error)
    }
  }

  /// Records bytes of the client; what they are goes on when the exchange's gate opens.
  func record(_ buffer: ByteBuffer) -> Bool {
    guard let record else { return false }
    do {
      let gate = try record.receive(buffer)
      if let gate { exchange?.gate = gate }
      core.metrics.add(bytes: buffer.readableBytes, from: .fromClient)
      return true
    } catch {
      fail(recording: error)
      return false
    }
  }

  /// Records content of the request, as it lies in HTTP/1.1; gives what is recorded of it.
  func record(content slice: ByteBuffer) -> ByteBuffer? {
    guard frames != nil else { return record(slice) ? slice : nil }
    do throws(HTTPFault) {
      let bytes = try frames?.recorded(content: slice) ?? ByteBuffer()
      return bytes.readableBytes == 0 || record(bytes) ? bytes : nil
    } catch {
      refuse(error)
      return nil
    }
  }

  /// Writes an event; what it is about goes on after it.
  func note(_ event: GatewayEvent) -> Bool {
    guard let record else { return false }
    do {
      if let gate = try record.note(event) { exchange?.gate = gate }
      return true
    } catch {
      fail(recording: error)
      return false
    }
  }

  // MARK: The end

  /// Nothing can be recorded, so nothing goes on.
  func fail(recording error: any Error) {
    if let shared { return shared.fail(recording: error) }
    core.recordingFailed(error)
    loseRecording()
  }

  /// What it recorded may not be there: it ends without what waits.
  func loseRecording() {
    guard !isOver else { return }
    let isBetween = exchange?.reply == nil && !isTunnel
    let answer = HTTPAnswer.problem(
      503, "not-recorded", "the gateway cannot record, so it lets nothing pass",
      hint: "Whoever runs the gateway finds the reason in its log.")
    let method = exchange?.head.method ?? "GET"
    close("recording failed")
    if let stream = toClient as? StreamOutbox {
      stream.abandon(isBetween ? frames?.alone(answer, to: method) ?? [] : [])
    } else {
      toClient.abandon(isBetween ? answer.text(to: method, isLast: true) : nil)
    }
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
    // An answer of a stream that is whole is read as slowly as its client likes.
    toClient.finish(within: frames?.response.isEnded == true ? nil : core.limits.drainSeconds)
  }

  private func close(_ reason: String) {
    try? noteMasked()
    let isClean = exchange == nil
    if shared != nil, !isClean { recordReset() }
    phase = .over
    stopWaiting()
    timer?.task.cancel()
    timer = nil
    dropHold()
    giveBack()
    exchange?.study?.stop()
    exchange = nil
    guard let shared else {
      session?.close(reason)
      session = nil
      dropLine()
      lines.close()
      return core.dropped()
    }
    session = nil
    if isClean, let line { lines.keep(line) } else { dropLine() }
    line = nil
    shared.finished(self)
  }

  /// It ends in the middle: by whom, and that it is so, is part of what happened.
  private func recordReset() {
    guard let frames, let record, !frames.response.isEnded else { return }
    var bytes = ByteBuffer()
    CanonicalFrames.write(.rstStream(clientReset ?? resetCode), on: frames.id, into: &bytes)
    // What fails here fails for the connection, which tells it.
    if clientReset != nil { _ = try? record.receive(bytes) } else { _ = try? record.say(bytes) }
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
