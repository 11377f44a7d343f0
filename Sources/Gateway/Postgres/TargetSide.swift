import Bytes
import NIOCore
import NIOSSL

/// The gateway's end of a connection to a target: encrypts it, proves who the gateway is, and then hands it to a relay.
final class TargetSide: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// A target that let the gateway in.
  struct Welcome {
    /// The ParameterStatus and NoticeResponse messages, as they came.
    var greeting = ByteBuffer()
    var parameters: [(name: String, value: String)] = []
    /// Process id and secret, as a CancelRequest has them.
    var key: [UInt8] = []
    /// Of the server's process, which its log and its notifications name; nil where it told none.
    var processID: UInt32? { key.count < 4 ? nil : key.prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }
    /// What came behind the first ReadyForQuery.
    var rest = ByteBuffer()
  }

  /// Why there is no connection to the target: what the client is told, and what the log is.
  struct Failure: Error {
    var trouble: ClientAnswer.Trouble
    var detail: String

    static func unreachable(_ target: TargetServer, _ detail: String) -> Failure {
      Failure(
        trouble: ClientAnswer.Trouble(
          severity: "FATAL", code: "08001", message: "the target \(target.name) cannot be reached"), detail: detail)
    }
  }

  private enum Stage {
    case encrypting
    case login
    case relaying(PostgresRelay)
    case over
  }

  /// Bytes of one message before the session begins.
  private static let messageLimit = 1 << 20

  private let target: TargetServer
  private let tls: NIOSSLContext?
  private let parameters: [(name: String, value: String)]
  private var finish: ((Result<Welcome, Failure>) -> Void)?
  private var stage: Stage
  private var inbox = ByteBuffer()
  private var welcome = Welcome()
  private var scram: ScramClient?
  private weak var secured: NIOSSLClientHandler?
  private var isScramProven = false
  private var isIn = false
  private let seconds: Int64
  private var deadline: Scheduled<Void>?

  init(
    _ target: TargetServer, tls: NIOSSLContext?, parameters: [(name: String, value: String)], seconds: Int64,
    finish: @escaping (Result<Welcome, Failure>) -> Void
  ) {
    (self.target, self.tls, self.parameters, self.finish) = (target, tls, parameters, finish)
    self.seconds = seconds
    stage = tls == nil ? .login : .encrypting
  }

  /// From here on a relay has the connection.
  func hand(to relay: PostgresRelay) { stage = .relaying(relay) }

  func channelActive(context: ChannelHandlerContext) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    deadline = context.eventLoop.scheduleTask(in: .seconds(seconds)) {
      let (side, context) = bound.value
      side.fail(.unreachable(side.target, "it did not let the gateway in within \(side.seconds) seconds"), context)
    }
    let first = tls == nil ? TargetRequest.startup(parameters) : TargetRequest.sslRequest
    context.writeAndFlush(wrapOutboundOut(first), promise: nil)
    context.read()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    if case .relaying(let relay) = stage { return relay.receiveFromTarget(buffer) }
    inbox.writeImmutableBuffer(buffer)
    advance(context)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    switch stage {
    case .relaying(let relay): relay.targetReadComplete()
    case .encrypting, .login: context.read()
    case .over: break
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if case .relaying(let relay) = stage { relay.resumeSoon() }
  }

  func channelInactive(context: ChannelHandlerContext) {
    if case .relaying(let relay) = stage {
      relay.targetClosed()
      stage = .over
    } else {
      fail(.unreachable(target, "it closed the connection"), context)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if case .relaying(let relay) = stage {
      relay.targetFailed(error)
    } else {
      fail(.unreachable(target, "\(error)"), context)
    }
    context.close(promise: nil)
  }

  private func fail(_ failure: Failure, _ context: ChannelHandlerContext) {
    stage = .over
    deadline?.cancel()
    guard let finish else { return }
    self.finish = nil
    finish(.failure(failure))
    context.close(promise: nil)
  }

  private func advance(_ context: ChannelHandlerContext) {
    while finish != nil {
      if case .encrypting = stage {
        guard encrypt(context) else { return }
        continue
      }
      guard let length = inbox.getInteger(at: inbox.readerIndex + 1, as: UInt32.self) else { return }
      guard (4...Self.messageLimit).contains(Int(length)) else {
        return fail(.unreachable(target, "it does not speak PostgreSQL's protocol"), context)
      }
      let byteCount = Int(length) + 1
      guard inbox.readableBytes >= byteCount, let message = inbox.readSlice(length: byteCount) else { return }
      take(message, context)
    }
  }

  /// False when there is no answer yet.
  private func encrypt(_ context: ChannelHandlerContext) -> Bool {
    guard let answer = inbox.readInteger(as: UInt8.self) else { return false }
    // What comes in the clear behind the answer nobody vouches for.
    guard answer == UInt8(ascii: "S"), inbox.readableBytes == 0, let tls else {
      fail(.unreachable(target, "it refused TLS"), context)
      return false
    }
    do {
      let handler = try NIOSSLClientHandler(context: tls, serverHostname: target.serverName)
      try context.pipeline.syncOperations.addHandler(handler, position: .first)
      secured = handler
    } catch {
      fail(.unreachable(target, "\(error)"), context)
      return false
    }
    stage = .login
    context.writeAndFlush(wrapOutboundOut(TargetRequest.startup(parameters)), promise: nil)
    return true
  }

  // MARK: Login

  private func take(_ message: ByteBuffer, _ context: ChannelHandlerContext) {
    var body = message
    let type = body.readInteger(as: UInt8.self) ?? 0
    body.moveReaderIndex(forwardBy: 4)
    switch type {
    case UInt8(ascii: "R"): authenticate(&body, context)
    case UInt8(ascii: "S"):
      welcome.greeting.writeImmutableBuffer(message)
      if let name = body.readNullTerminatedString(), let value = body.readNullTerminatedString() {
        welcome.parameters.append((name, value))
      }
    case UInt8(ascii: "N"): welcome.greeting.writeImmutableBuffer(message)
    case UInt8(ascii: "K"): welcome.key = Array(body.readableBytesView)
    case UInt8(ascii: "Z") where isIn:
      deadline?.cancel()
      welcome.rest = inbox
      inbox = ByteBuffer()
      let finish = finish
      self.finish = nil
      finish?(.success(welcome))
    case UInt8(ascii: "E"): refused(&body, context)
    default: fail(.unreachable(target, "it sent message \(type) while the gateway logs in"), context)
    }
  }

  private func authenticate(_ body: inout ByteBuffer, _ context: ChannelHandlerContext) {
    let code = body.readInteger(as: UInt32.self)
    let data = Array(body.readableBytesView)
    let password = target.password?.value
    var reply: ByteBuffer?
    switch code {
    case 0:
      // One that asked for SCRAM must have shown that it knows the password too.
      guard scram == nil || isScramProven else { return fail(.unreachable(target, "it did not prove itself"), context) }
      isIn = true
      return
    case 3: reply = password.map { TargetRequest.password(Array($0.utf8) + [0]) }
    case 5:
      if let password, data.count == 4, let inner = PasswordHashing.md5(Array((password + target.user).utf8)),
        let outer = PasswordHashing.md5(Array(inner.utf8) + data)
      {
        reply = TargetRequest.password(Array("md5\(outer)".utf8) + [0])
      }
    case 10:
      let offered = data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      if let password, let nonce = PasswordHashing.random(18) {
        let client = ScramClient(password: password, nonce: nonce, binding: binding(offered))
        if offered.contains(client.mechanism) {
          reply = TargetRequest.sasl(mechanism: client.mechanism, client.first)
          scram = client
        }
      }
    case 11: reply = scram?.answer(challenge: data).map { TargetRequest.password($0) }
    case 12:
      isScramProven = scram?.accepts(final: data) ?? false
      guard isScramProven else { return fail(.unreachable(target, "it does not know the password"), context) }
      return
    default: break
    }
    guard let reply else {
      let asked = code.map(String.init) ?? "nothing"
      return fail(
        .unreachable(target, "the gateway cannot prove itself as the target asks (\(asked)); is there a password?"),
        context)
    }
    context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
  }

  private func binding(_ offered: [String]) -> ScramClient.Binding {
    guard let hash = ChannelBinding.endPoint(secured?.peerCertificate) else { return .none }
    return offered.contains(ChannelBinding.mechanism) ? .endPoint(hash) : .notOffered
  }

  /// The target's reason is the client's to know unless it is about the gateway's own credentials.
  private func refused(_ body: inout ByteBuffer, _ context: ChannelHandlerContext) {
    var fields: [UInt8: String] = [:]
    while let type = body.readInteger(as: UInt8.self), type != 0, let value = body.readNullTerminatedString() {
      fields[type] = value
    }
    let code = fields[UInt8(ascii: "C")] ?? "08004"
    let message = fields[UInt8(ascii: "M")] ?? ""
    let isOwn = code.hasPrefix("28")
    fail(
      Failure(
        trouble: ClientAnswer.Trouble(
          severity: "FATAL", code: isOwn ? "08004" : code,
          message: isOwn ? "the target \(target.name) did not let the gateway in" : message),
        detail: "\(code): \(message)"), context)
  }
}
