import Bytes
import Model
import NIOCore
import NIOSSL
import Parsers

/// The gateway's end of a client's connection: encryption, start-up and login, then a relay.
final class ClientSide: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Stage {
    case opening
    case login(ClientLogin)
    case connecting
    case relaying(PostgresRelay)
    case over
  }

  /// The server refuses larger start-up packets (MAX_STARTUP_PACKET_LENGTH in its source).
  private static let startupLimit = 10_000
  private static let sslCode: UInt32 = 80_877_103
  private static let gssCode: UInt32 = 80_877_104
  private static let cancelCode: UInt32 = 80_877_102
  private static let passwordType = UInt8(ascii: "p")

  private let core: GatewayCore
  private let listener: PostgresListener
  private let id: String
  private var stage = Stage.opening
  private var inbox = ByteBuffer()
  private var isSecure = false
  private let certificates = ShownCertificates()
  /// Kinds of encryption that it asked for.
  private var asked: Set<UInt32> = []
  private var record: ClientRecord?
  private var deadline: Scheduled<Void>?
  /// The identity whose session this is, once there is one.
  private var counted: Token?

  init(core: GatewayCore, listener: PostgresListener) {
    (self.core, self.listener) = (core, listener)
    id = core.nextSession()
  }

  // MARK: The channel

  func channelActive(context: ChannelHandlerContext) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    deadline = context.eventLoop.scheduleTask(in: .seconds(core.limits.loginSeconds)) {
      let (side, context) = bound.value
      side.refuse(context, code: "08006", "the login took too long")
    }
    context.read()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    if case .relaying(let relay) = stage { return relay.receiveFromClient(buffer) }
    if case .over = stage { return }
    inbox.writeImmutableBuffer(buffer)
    advance(context)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    switch stage {
    case .relaying(let relay): relay.clientReadComplete()
    case .opening, .login: context.read()
    // Nothing is to be said before it is let in.
    case .connecting, .over: break
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if case .relaying(let relay) = stage { relay.resumeSoon() }
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    if case .relaying(let relay) = stage { relay.clientClosed() }
    leave("client closed")
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if case .relaying(let relay) = stage { relay.clientFailed(error) }
    leave("client failed")
    context.close(promise: nil)
  }

  /// What was begun and is no relay's yet comes to its end.
  private func leave(_ reason: String) {
    deadline?.cancel()
    if case .over = stage { return }
    if case .relaying = stage {
      stage = .over
      return
    }
    stage = .over
    record?.close(reason)
    if let counted { core.leave(counted.name) }
    core.dropped()
  }

  // MARK: Messages

  private func advance(_ context: ChannelHandlerContext) {
    while true {
      switch stage {
      case .opening: guard open(context) else { return }
      case .login(let login): guard take(login, context) else { return }
      case .connecting, .relaying, .over: return
      }
    }
  }

  /// Takes a packet without a type; false when nothing more can be done now.
  private func open(_ context: ChannelHandlerContext) -> Bool {
    guard let length = inbox.getInteger(at: inbox.readerIndex, as: UInt32.self),
      let code = inbox.getInteger(at: inbox.readerIndex + 4, as: UInt32.self)
    else { return false }
    guard (8...Self.startupLimit).contains(Int(length)) else {
      drop(context, "no start-up packet of PostgreSQL")
      return false
    }
    guard inbox.readableBytes >= Int(length), let packet = inbox.readSlice(length: Int(length)) else { return false }
    switch code {
    case Self.sslCode where length == 8: return isFirst(code, context) && encrypt(context)
    case Self.gssCode where length == 8:
      guard isFirst(code, context) else { return false }
      say(context, ByteBuffer(string: "N"))
      return true
    case Self.cancelCode:
      cancel(packet)
      drop(context, nil)
      return false
    default:
      guard code >> 16 == 3 else {
        refuse(
          context, code: "0A000", "unsupported frontend protocol \(code >> 16).\(code & 0xffff): 3.0 is spoken here")
        return false
      }
      return start(packet, minor: code & 0xffff, context)
    }
  }

  /// Each kind of encryption is asked for once, as the server has it: otherwise answers pile up for one that reads none.
  private func isFirst(_ code: UInt32, _ context: ChannelHandlerContext) -> Bool {
    guard asked.insert(code).inserted else {
      drop(context, "encryption was asked for twice")
      return false
    }
    return true
  }

  private func encrypt(_ context: ChannelHandlerContext) -> Bool {
    guard let tls = listener.tls, !isSecure else {
      say(context, ByteBuffer(string: "N"))
      return true
    }
    // What comes in the clear behind the request nobody vouches for.
    guard inbox.readableBytes == 0 else {
      drop(context, "bytes in the clear behind a request for TLS")
      return false
    }
    say(context, ByteBuffer(string: "S"))
    do {
      try context.pipeline.syncOperations.addHandler(secured(tls), position: .first)
    } catch {
      drop(context, "TLS: \(error)")
      return false
    }
    isSecure = true
    return false
  }

  private func secured(_ tls: NIOSSLContext) -> NIOSSLServerHandler {
    guard listener.authentication.wantsCertificate else { return NIOSSLServerHandler(context: tls) }
    let (core, name, id) = (core, listener.name, id)
    return certificates.handler(tls, { core.authorities(name) }, now: core.now) { why in
      core.log.write(.notice, "certificate refused", ["session": id, "reason": why])
      core.metrics.count(.refusedLogin)
    }
  }

  private func cancel(_ packet: ByteBuffer) {
    var packet = packet
    packet.moveReaderIndex(forwardBy: 8)
    guard let processID = packet.readInteger(as: UInt32.self), packet.readableBytes == 4,
      let secret = packet.readInteger(as: UInt32.self)
    else { return }
    core.cancels.cancel(processID: processID, secret: secret)
  }

  private func say(_ context: ChannelHandlerContext, _ buffer: ByteBuffer) {
    context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
  }

  private func drop(_ context: ChannelHandlerContext, _ why: String?) {
    if let why { core.log.write(.info, "connection dropped", ["session": id, "reason": why]) }
    leave(why ?? "cancel request")
    context.close(promise: nil)
  }

  /// Tells the client why it is not let in, and closes.
  private func refuse(_ context: ChannelHandlerContext, code: String, _ message: String, detail: String? = nil) {
    refuse(context, ClientAnswer.Trouble(severity: "FATAL", code: code, message: message, detail: detail))
  }

  private func refuse(_ context: ChannelHandlerContext, _ trouble: ClientAnswer.Trouble) {
    if case .over = stage { return }
    if case .relaying = stage { return }
    core.log.write(.notice, "login refused", ["session": id, "reason": trouble.message, "code": trouble.code])
    core.metrics.count(.refusedLogin)
    let answer = ClientAnswer.error(trouble)
    if let record, trouble.code != "58030" {
      try? record.send(answer)
      leave(trouble.message)
      record.outbox.finish(within: core.limits.drainSeconds)
    } else {
      leave(trouble.message)
      let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
      context.writeAndFlush(wrapOutboundOut(answer)).whenComplete { _ in bound.value.close(promise: nil) }
    }
  }

  // MARK: Start-up

  private func start(_ packet: ByteBuffer, minor: UInt32, _ context: ChannelHandlerContext) -> Bool {
    var body = packet
    body.moveReaderIndex(forwardBy: 8)
    var parameters: [(name: String, value: String)] = []
    while let name = body.readNullTerminatedString(), !name.isEmpty {
      guard let value = body.readNullTerminatedString(), parameters.count < 1_000 else {
        drop(context, "damaged start-up packet")
        return false
      }
      parameters.append((name, value))
    }
    guard body.readableBytes == 0 else {
      drop(context, "damaged start-up packet")
      return false
    }
    // Within one machine SCRAM does without; a password as it is never does.
    if !isSecure, !listener.isLoopback || listener.authentication != .scram {
      refuse(context, code: "28000", "connections without TLS are refused")
      return false
    }
    let unknown = parameters.map(\.name).filter { $0.hasPrefix("_pq_.") }
    parameters.removeAll { $0.name.hasPrefix("_pq_.") }
    let startup = ClientStartup(parameters)
    guard !startup.user.isEmpty else {
      refuse(context, code: "28000", "no user name is given; it is the name of a token")
      return false
    }
    do {
      let record = try core.record(startup, listener: listener, channel: context.channel)
      self.record = record
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      record.onFailure = { error in
        let (side, context) = bound.value
        side.core.recordingFailed(error)
        side.refuse(context, .notRecorded)
      }
      _ = try record.receive(packet)
      if minor > 0 || !unknown.isEmpty { try record.send(ClientAnswer.version(unknown: unknown)) }
    } catch {
      core.recordingFailed(error)
      refuse(context, .notRecorded)
      return false
    }
    let login = ClientLogin(
      startup, listener: listener, core: core, certificates: certificates.all, isSecure: isSecure)
    stage = .login(login)
    return follow(login.begin(), login, context)
  }

  /// Goes on with a login; false when nothing more can be done now.
  private func follow(_ step: ClientLogin.Step, _ login: ClientLogin, _ context: ChannelHandlerContext) -> Bool {
    switch step {
    case .more(let reply): return answer(reply, context)
    case .refused(let why):
      core.log.write(.notice, "login failed", ["session": id, "user": login.startup.user, "reason": why])
      refuse(context, login.refusal)
      return false
    case .accepted(let token, let last):
      if let last, !answer(last, context) { return false }
      enter(token, login.startup, context)
      return false
    }
  }

  /// Says something that is recorded first.
  private func answer(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) -> Bool {
    do {
      try record?.send(buffer)
      record?.outbox.flush()
      return true
    } catch {
      core.recordingFailed(error)
      refuse(context, .notRecorded)
      return false
    }
  }

  /// Takes a message of the login.
  private func take(_ login: ClientLogin, _ context: ChannelHandlerContext) -> Bool {
    guard let type = inbox.getInteger(at: inbox.readerIndex, as: UInt8.self),
      let length = inbox.getInteger(at: inbox.readerIndex + 1, as: UInt32.self)
    else { return false }
    guard type == Self.passwordType, (4...Self.startupLimit).contains(Int(length)) else {
      drop(context, "no message of a login")
      return false
    }
    guard inbox.readableBytes > Int(length), let message = inbox.readSlice(length: Int(length) + 1) else {
      return false
    }
    do {
      _ = try record?.receive(login.isSecretNext ? Self.redacted(message) : message)
    } catch {
      core.recordingFailed(error)
      refuse(context, .notRecorded)
      return false
    }
    return follow(login.take(Array(message.readableBytesView.dropFirst(5))), login, context)
  }

  /// A password with stars in its place: what proves who somebody is is in no recording.
  private static func redacted(_ message: ByteBuffer) -> ByteBuffer {
    var redacted = message
    let count = max(0, message.readableBytes - 6)
    redacted.setRepeatingByte(UInt8(ascii: "*"), count: count, at: redacted.readerIndex + 5)
    return redacted
  }

  // MARK: Going on to the target

  private func enter(_ token: Token, _ startup: ClientStartup, _ context: ChannelHandlerContext) {
    stage = .connecting
    do throws(ClientAnswer.Trouble) {
      try core.enter(token.name)
      counted = token
      try core.admit(startup, listener)
    } catch {
      return refuse(context, error)
    }
    guard let record else { return }
    let session = core.session(id: id, startup, token, listener, context.channel)
    do {
      _ = try record.note(.opening(core.addition(startup, token, listener, context.channel)))
    } catch {
      core.recordingFailed(error)
      return refuse(context, .notRecorded)
    }
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    listener.connect(startup, limits: core.limits, on: context.eventLoop) { result in
      let (side, context) = bound.value
      side.connected(result, session, startup, token, record, context)
    }
  }

  private func connected(
    _ result: Result<(any Channel, TargetSide, TargetSide.Welcome), TargetSide.Failure>, _ session: Session,
    _ startup: ClientStartup, _ token: Token, _ record: ClientRecord, _ context: ChannelHandlerContext
  ) {
    switch result {
    case .failure(let failure):
      core.log.write(.error, "target", ["session": id, "target": listener.target.name, "reason": failure.detail])
      refuse(context, failure.trouble)
    case .success(let (channel, side, welcome)):
      guard case .connecting = stage, let nonce = PasswordHashing.random(16) else {
        return channel.close(promise: nil)
      }
      let judge = StatementJudge(
        session, flow: core.flow(session, context.channel, listener), reader: listener.reader(for: context.eventLoop))
      judge.learn(startup.facts)
      let relay = PostgresRelay(
        core: core, id: id, token: token, record: record, target: channel, judge: judge, nonce: nonce.hex)
      relay.place = listener.place(startup)
      for (name, value) in startup.parameters { relay.pipeline.learn(setting: name, value) }
      for (name, value) in welcome.parameters {
        relay.pipeline.learn(setting: name, value)
        judge.learn(.reported(name, value, at: nil))
      }
      relay.prompts = PromptTrail(startup)
      do {
        try relay.beginMasking(listener, startup, welcome)
      } catch {
        channel.close(promise: nil)
        return refuse(context, code: "58000", "\(error)")
      }
      stage = .relaying(relay)
      side.hand(to: relay)
      deadline?.cancel()
      relay.begin(welcome, key: core.enlist(relay, listener, welcome.key))
      if inbox.readableBytes > 0 {
        let early = inbox
        inbox = ByteBuffer()
        relay.receiveFromClient(early)
      }
      relay.clientReadComplete()
      relay.targetReadComplete()
    }
  }
}

extension ClientAnswer.Trouble: Error {
  static let notRecorded = ClientAnswer.Trouble(
    severity: "FATAL", code: "58030", message: "the gateway cannot record, so it lets nobody in",
    hint: "Whoever runs the gateway finds the reason in its log.")
}
