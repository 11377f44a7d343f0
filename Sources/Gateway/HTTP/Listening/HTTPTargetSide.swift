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
  /// Another request may go over it when one is answered.
  let isReusable: Bool
  /// Whose request is under way.
  weak var relay: HTTPRelay?
  /// The gateway's own, where it is that.
  weak var question: PushQuestion?

  init(_ place: HTTPPlace, _ channel: any Channel, isReusable: Bool = true) {
    (self.place, outbox, self.isReusable) = (place, Outbox(channel), isReusable)
  }

  func close() {
    isOpen = false
    outbox.channel.close(promise: nil)
  }
}

/// The gateway's end of a connection to a target.
final class HTTPTargetSide: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let place: HTTPPlace
  private let isSecure: Bool
  private let isKnown: Bool
  private let seconds: Int64
  private let limits: HTTPHeadLimits
  private var finish: ((HTTPTargetWay) -> Void)?
  private var line: HTTPTargetLine?
  private var deadline: Scheduled<Void>?
  private weak var channel: (any Channel)?
  weak var secured: NIOSSLClientHandler?

  // `isKnown`: it speaks HTTP/2 without being asked.
  init(
    _ place: HTTPPlace, isSecure: Bool, isKnown: Bool = false, seconds: Int64,
    _ limits: HTTPHeadLimits, _ finish: @escaping (HTTPTargetWay) -> Void
  ) {
    (self.place, self.isSecure, self.isKnown, self.seconds) = (place, isSecure, isKnown, seconds)
    (self.limits, self.finish) = (limits, finish)
  }

  func channelActive(context: ChannelHandlerContext) {
    channel = context.channel
    guard isSecure else { return isKnown ? beginStreams(context) : begin(context) }
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    deadline = context.eventLoop.scheduleTask(in: .seconds(seconds)) {
      bound.value.fail("TLS was not there within \(bound.value.seconds) seconds")
    }
    context.read()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .handshakeCompleted(let name)? = event as? TLSUserEvent else {
      return context.fireUserInboundEventTriggered(event)
    }
    guard isPinned else { return fail("its key is none of the pins") }
    if name == "h2" { beginStreams(context) } else { begin(context) }
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
    finish(.line(line))
    // What closes the connection is heard while it is idle, too.
    context.read()
  }

  /// It speaks HTTP/2: its streams are others' from here on.
  private func beginStreams(_ context: ChannelHandlerContext) {
    deadline?.cancel()
    guard let finish else { return }
    let side = HTTP2TargetSide(place, context.channel, limits)
    do {
      try side.install()
    } catch {
      return fail("\(error)")
    }
    self.finish = nil
    finish(.streams(side))
    context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
  }

  func fail(_ reason: String) {
    deadline?.cancel()
    guard let finish else { return }
    self.finish = nil
    finish(.failed(GatewayError(reason)))
    channel?.close(promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard let line else { return context.fireChannelRead(data) }
    guard let relay = line.relay else {
      if let question = line.question {
        var buffer = unwrapInboundIn(data)
        line.inbox.writeBuffer(&buffer)
        return question.receive(line)
      }
      // Nobody asked for it.
      line.isOpen = false
      return context.close(promise: nil)
    }
    relay.receiveFromTarget(unwrapInboundIn(data), line)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if let line, line.question == nil { line.relay?.targetReadComplete(line) } else { context.read() }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) { line?.relay?.resumeSoon() }

  func channelInactive(context: ChannelHandlerContext) {
    fail("it closed the connection")
    guard let line else { return }
    line.isOpen = false
    line.question?.closed()
    line.relay?.targetClosed(line)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    fail("\(error)")
    if let line { line.relay?.targetFailed(line, error) }
    context.close(promise: nil)
  }
}
