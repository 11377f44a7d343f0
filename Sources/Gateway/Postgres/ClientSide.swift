import Bytes
import Model
import NIOCore
import NIOSSL
import Parsers

/// The gateway's end of a client's connection: encryption, start-up and login, then a relay.
final class ClientSide: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  enum Stage {
    case opening
    case login(ClientLogin)
    case connecting
    case relaying(PostgresRelay)
    case over
  }

  /// The server refuses larger start-up packets (MAX_STARTUP_PACKET_LENGTH in its source).
  static let startupLimit = 10_000
  static let sslCode: UInt32 = 80_877_103
  static let gssCode: UInt32 = 80_877_104
  static let cancelCode: UInt32 = 80_877_102
  static let passwordType = UInt8(ascii: "p")

  let core: GatewayCore
  let listener: PostgresListener
  let id: String
  var stage = Stage.opening
  var inbox = ByteBuffer()
  var isSecure = false
  let certificates = ShownCertificates()
  /// Kinds of encryption that it asked for.
  var asked: Set<UInt32> = []
  var record: ClientRecord?
  var deadline: Scheduled<Void>?
  /// The identity whose session this is, once there is one.
  var counted: Token?

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
  func leave(_ reason: String) {
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

  // MARK: Saying

  func say(_ context: ChannelHandlerContext, _ buffer: ByteBuffer) {
    context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
  }

  func drop(_ context: ChannelHandlerContext, _ why: String?) {
    if let why { core.log.write(.info, "connection dropped", ["session": id, "reason": why]) }
    leave(why ?? "cancel request")
    context.close(promise: nil)
  }

  /// Tells the client why it is not let in, and closes.
  func refuse(_ context: ChannelHandlerContext, code: String, _ message: String, detail: String? = nil) {
    refuse(context, ClientAnswer.Trouble(severity: "FATAL", code: code, message: message, detail: detail))
  }

  func refuse(_ context: ChannelHandlerContext, _ trouble: ClientAnswer.Trouble) {
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
}

extension ClientAnswer.Trouble: Error {
  static let notRecorded = ClientAnswer.Trouble(
    severity: "FATAL", code: "58030", message: "the gateway cannot record, so it lets nobody in",
    hint: "Whoever runs the gateway finds the reason in its log.")
}
