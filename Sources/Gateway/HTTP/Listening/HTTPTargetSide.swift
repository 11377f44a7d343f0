import Bytes
import NIOCore
import NIOSSL
import NIOTLS

/// A connection to a target: what came of it and was not looked at yet, and what goes to it.
final class HTTPTargetLine {
  let place: HTTPPlace
  let outbox: Outbox
  var inbox = ByteBuffer()
  /// Bytes in which no head ends.
  var scanned = 0
  /// Another request went over it before.
  var isUsed = false
  var isOpen = true

  init(_ place: HTTPPlace, _ channel: any Channel) { (self.place, outbox) = (place, Outbox(channel)) }

  func close() {
    isOpen = false
    outbox.channel.close(promise: nil)
  }
}

/// The gateway's end of a connection to a target.
final class HTTPTargetSide: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let place: HTTPPlace
  private let isSecure: Bool
  private let seconds: Int64
  private weak var relay: HTTPRelay?
  private var finish: ((Result<HTTPTargetLine, GatewayError>) -> Void)?
  private var line: HTTPTargetLine?
  private var deadline: Scheduled<Void>?
  private weak var channel: (any Channel)?
  weak var secured: NIOSSLClientHandler?

  init(
    _ place: HTTPPlace, isSecure: Bool, seconds: Int64, relay: HTTPRelay,
    _ finish: @escaping (Result<HTTPTargetLine, GatewayError>) -> Void
  ) {
    (self.place, self.isSecure, self.seconds, self.relay, self.finish) = (place, isSecure, seconds, relay, finish)
  }

  func channelActive(context: ChannelHandlerContext) {
    channel = context.channel
    guard isSecure else { return begin(context) }
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    deadline = context.eventLoop.scheduleTask(in: .seconds(seconds)) {
      bound.value.fail("TLS was not there within \(bound.value.seconds) seconds")
    }
    context.read()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .handshakeCompleted? = event as? TLSUserEvent else {
      return context.fireUserInboundEventTriggered(event)
    }
    guard isPinned else { return fail("its key is none of the pins") }
    begin(context)
  }

  /// Whether the key that it showed is one of those that it may have.
  private var isPinned: Bool {
    guard !place.target.pins.isEmpty else { return true }
    guard let key = try? secured?.peerCertificate?.extractPublicKey().toSPKIBytes() else { return false }
    return place.target.pins.contains(SHA256.digest(of: key.span))
  }

  private func begin(_ context: ChannelHandlerContext) {
    deadline?.cancel()
    guard let finish else { return }
    self.finish = nil
    let line = HTTPTargetLine(place, context.channel)
    self.line = line
    finish(.success(line))
    // What closes the connection is heard while it is idle, too.
    context.read()
  }

  func fail(_ reason: String) {
    deadline?.cancel()
    guard let finish else { return }
    self.finish = nil
    finish(.failure(GatewayError(reason)))
    channel?.close(promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard let line else { return }
    relay?.receiveFromTarget(unwrapInboundIn(data), line)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if let line { relay?.targetReadComplete(line) } else { context.read() }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) { relay?.resumeSoon() }

  func channelInactive(context: ChannelHandlerContext) {
    fail("it closed the connection")
    guard let line else { return }
    line.isOpen = false
    relay?.targetClosed(line)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    fail("\(error)")
    if let line { relay?.targetFailed(line, error) }
    context.close(promise: nil)
  }
}
