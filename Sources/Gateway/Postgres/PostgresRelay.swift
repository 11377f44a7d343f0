import Bytes
import Model
import NIOCore
import Parsers
import Policy

/// One session between a client that has proven who it is and a target that let the gateway in: scans the headers of both
/// directions in place and forwards the same buffers. Lives on one event loop.
///
/// Messages that ask for something are judged before they are forwarded. What is refused is replaced by something that the
/// server refuses in the same way, and the server's error by our own: so both ends agree on what is skipped, on the order of
/// answers and on the state of the transaction, for it is the server that says so.
final class PostgresRelay {
  /// A request that waits for people.
  struct Hold {
    var id: UInt64
    var judged: [StatementJudge.Judged]
    var frame: Frame
    var rule: String
    var reason: String
    var since: NIODeadline
    var expiry: Scheduled<Void>
    var notice: Scheduled<Void>
    /// What was laid out for signing.
    var posted: HeldRequest.Posted?
  }

  /// A message of the client at the beginning of the inbox.
  struct Frame {
    var type: UInt8
    var byteCount: Int
    /// Bytes of it that are there to be judged, header included.
    var heldCount: Int
    var isWhole: Bool { heldCount == byteCount }
  }

  let core: GatewayCore
  let id: String
  let token: Token
  let loop: any EventLoop
  let toClient: Outbox
  let toTarget: Outbox
  let record: ClientRecord
  let judge: StatementJudge
  /// Nil where nobody follows it.
  var prompts: PromptTrail?
  var pipeline = PostgresPipeline()
  var state = TransactionState.idle

  // From the client
  var inbox = ByteBuffer()
  var clientGate: Outbox.Gate?
  /// Bytes of a message that are passed on, or thrown away, without being looked at.
  var passing = (left: 0, isSent: true)
  /// Bytes before the inbox's reader index that go on and were not sent yet.
  var unsent: (start: Int, count: Int, gate: Outbox.Gate?) = (0, 0, nil)
  var isWaiting = false
  var hold: Hold?
  /// What the client is told when the server has refused what was sent in a request's place.
  var refusals: [UInt64: ClientAnswer.Trouble] = [:]
  /// What a request used up.
  var uses: [UInt64: [ApprovalUse]] = [:]
  var lastTicket: UInt64 = 0
  let refusedBind: ByteBuffer
  /// What reviewers are told besides.
  var place = ReviewPlace(target: "")

  // From the target
  var outbound = ByteBuffer()
  var answerLeft = 0
  /// What is said to the client between two messages of the server.
  var interjections: [ByteBuffer] = []

  /// Nil where no rule of masking holds.
  var masking: RelayMasking?
  var maskingScope: RelayMasking.Scope?
  /// Other rules of masking wait until nothing is under way.
  var isMaskingStale = false

  /// The key that the client got.
  var key: CancelBook.Key?
  var isOver = false
  var isDraining = false
  /// The client said that it ends the session.
  var isLeaving = false
  /// Type of the server's last message.
  var lastAnswer: UInt8 = 0

  init(
    core: GatewayCore, id: String, token: Token, record: ClientRecord, target: any Channel, judge: StatementJudge,
    nonce: String
  ) {
    (self.core, self.id, self.token, self.record, self.judge) = (core, id, token, record, judge)
    loop = target.eventLoop
    toClient = record.outbox
    toTarget = Outbox(target)
    refusedBind = TargetRequest.refusedBind("exhibit-refused-\(nonce)")
    record.onOpen = { [weak self] gate in
      self?.toTarget.open(gate)
      self?.resume()
    }
    record.onFailure = { [weak self] error in self?.fail(recording: error) }
  }

  /// Tells the client that it is in: settings and notices as the target sent them, and a key of the gateway's own.
  func begin(_ welcome: TargetSide.Welcome, key: CancelBook.Key) {
    sendToClient(shown(welcome.greeting))
    sendToClient(ClientAnswer.key(key.processID, key.secret))
    sendToClient(ClientAnswer.message(UInt8(ascii: "Z"), ByteBuffer(bytes: [UInt8(ascii: "I")])))
    if welcome.rest.readableBytes > 0 { receiveFromTarget(welcome.rest) }
  }

  // MARK: Reading

  /// Bytes of the client.
  func receiveFromClient(_ buffer: ByteBuffer) {
    guard !isOver else { return }
    do {
      clientGate = try record.receive(buffer)
    } catch {
      return fail(recording: error)
    }
    core.metrics.add(bytes: buffer.readableBytes, from: .fromClient)
    if inbox.readableBytes == 0 {
      inbox = buffer
    } else {
      // What was read of it would stay in memory as long as something comes behind.
      if inbox.readerIndex > inbox.readableBytes { inbox.discardReadBytes() }
      inbox.writeImmutableBuffer(buffer)
    }
    processClient()
  }

  func clientReadComplete() {
    toTarget.flush()
    toClient.flush()
    readClient()
  }

  func targetReadComplete() {
    toClient.flush()
    toTarget.flush()
    readTarget()
  }

  /// Reads a side only while what it sends can go on.
  func readClient() {
    guard !isOver, hold == nil, !isWaiting, toTarget.isWritable else { return }
    toClient.read()
  }

  func readTarget() {
    guard !isOver, toClient.isWritable, masking?.isAsking != true else { return }
    toTarget.read()
  }

  /// As `resume`, but not within what a write calls back: the relay may be in the middle of a message.
  func resumeSoon() {
    loop.assumeIsolated().execute { [weak self] in self?.resume() }
  }

  /// Something that one side had to wait for may be over.
  func resume() {
    guard !isOver else { return }
    processClient()
    toTarget.flush()
    toClient.flush()
    readClient()
    readTarget()
  }

  // MARK: Recording

  /// Sends to the client, after it is recorded.
  func sendToClient(_ buffer: ByteBuffer) {
    guard buffer.readableBytes > 0, !isOver else { return }
    do {
      try record.send(buffer)
      core.metrics.add(bytes: buffer.readableBytes, from: .fromServer)
    } catch {
      fail(recording: error)
    }
  }

  /// Writes an event into the recording; what it is about goes on after it.
  func note(_ event: GatewayEvent) -> Bool {
    do {
      if let gate = try record.note(event) { clientGate = gate }
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
    end(
      "recording failed",
      ClientAnswer.Trouble(
        severity: "FATAL", code: "58030", message: "the gateway cannot record this session, so it ends",
        hint: "Whoever runs the gateway finds the reason in its log."), isRecorded: false)
  }

  func fail(_ reason: String, code: String = "08P01") {
    core.log.write(.warning, "session ended", ["session": id, "reason": reason])
    end(reason, ClientAnswer.Trouble(severity: "FATAL", code: code, message: "exhibit: \(reason)"))
  }

  /// Ends both sides; the client is told why as far as it can be.
  func end(_ reason: String, _ trouble: ClientAnswer.Trouble? = nil, isRecorded: Bool = true) {
    guard !isOver else { return }
    if isRecorded {
      sendOn()
      finishMasked()
      if let held = hold { _ = note(.decision(decision(.withdrawn, rule: held.rule, reason))) }
    }
    guard !isOver else { return }
    // In the middle of a message of the server nothing else can be said.
    let last = answerLeft == 0 ? trouble.map { ClientAnswer.error($0) } : nil
    if isRecorded, let last { sendToClient(last) }
    guard !isOver else { return }
    isOver = true
    dropHold()
    record.close(reason)
    if isRecorded {
      // Within a message of the client it would be taken for the rest of it.
      if passing.left == 0 || !passing.isSent { toTarget.send(TargetRequest.terminate, after: nil) }
      toTarget.finish(within: core.limits.drainSeconds)
      toClient.finish(within: core.limits.drainSeconds)
    } else {
      toTarget.abandon(nil)
      toClient.abandon(last)
    }
    core.closed(self, reason: reason)
  }

  /// Whose it is may not have it any more.
  func revoke(_ why: String) {
    core.log.write(.notice, "revoked", ["session": id, "identity": token.name, "reason": why])
    end(
      "revoked",
      ClientAnswer.Trouble(
        severity: "FATAL", code: "28000", message: "terminating connection: what you were let in by was revoked"))
  }

  /// The gateway goes down: as soon as nothing is under way.
  func drain(now: Bool) {
    isDraining = true
    guard now || hold == nil && pipeline.isIdle && state == .idle && inbox.readableBytes == 0 else { return }
    end(
      "gateway shut down",
      ClientAnswer.Trouble(
        severity: "FATAL", code: "57P01", message: "terminating connection: the gateway is going down",
        hint: "Connect again."))
  }
}

extension PostgresRelay {
  func clientClosed() { end("client closed") }
  func clientFailed(_ error: any Error) { end("client failed: \(error)") }

  func targetClosed() {
    guard !isOver else { return }
    if isLeaving { return end("client closed") }
    // It said why itself.
    if lastAnswer == UInt8(ascii: "E") { return end("target closed") }
    end(
      "target closed",
      ClientAnswer.Trouble(severity: "FATAL", code: "08006", message: "the target closed the connection"))
  }

  func targetFailed(_ error: any Error) {
    core.log.write(.warning, "target failed", ["session": id, "error": "\(error)"])
    end(
      "target failed",
      ClientAnswer.Trouble(severity: "FATAL", code: "08006", message: "the connection to the target failed"))
  }
}
