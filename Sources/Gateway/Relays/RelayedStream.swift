import NIOCore
import NIOHPACK
import NIOHTTP2

/// The gateway's end of one connection to a target by way of a relay: asks for it, and then carries what it says.
final class RelayedStream: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame.FramePayload
  typealias OutboundOut = HTTP2Frame.FramePayload

  private let place: SocketPlace
  private let relay: String
  private let side: TunnelSocketSide
  private let socket: any Channel
  private var finish: ((GatewayError?) -> Void)?
  private var tunnel: Tunnel?
  private var deadline: Scheduled<Void>?

  /// `finish` is told once: that the target is there, or why it is not.
  init(
    to place: SocketPlace, over relay: String, _ side: TunnelSocketSide, on socket: any Channel,
    finish: @escaping (GatewayError?) -> Void
  ) {
    (self.place, self.relay, self.side, self.socket, self.finish) = (place, relay, side, socket, finish)
  }

  func channelActive(context: ChannelHandlerContext) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    deadline = context.eventLoop.scheduleTask(in: .seconds(RelayWire.openSeconds)) {
      let (stream, context) = bound.value
      stream.fail("did not answer within \(RelayWire.openSeconds) seconds")
      context.close(promise: nil)
    }
    let fields: HPACKHeaders = [":method": "CONNECT", ":authority": place.description]
    context.writeAndFlush(wrapOutboundOut(.headers(.init(headers: fields))), promise: nil)
    context.read()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .headers(let headers):
      guard finish != nil else { return context.close(promise: nil) }
      guard headers.headers.first(name: ":status") == "200", !headers.endStream else {
        fail(Self.reason(headers.headers.first(name: ":status"), place))
        return context.close(promise: nil)
      }
      begin(context)
    case .data(let data):
      guard let tunnel else {
        fail("sent what it was not asked for")
        return context.close(promise: nil)
      }
      tunnel.receiveFromStream(data)
    default: break
    }
  }

  private static func reason(_ status: String?, _ place: SocketPlace) -> String {
    switch status {
    case "403": "does not lead to \(place)"
    case "502": "cannot reach \(place)"
    case "503": "takes no more connections"
    default: "does not answer as a relay does"
    }
  }

  private func begin(_ context: ChannelHandlerContext) {
    deadline?.cancel()
    let tunnel = Tunnel(stream: context.channel, socket: socket) {}
    (self.tunnel, side.tunnel) = (tunnel, tunnel)
    let finish = finish
    self.finish = nil
    finish?(nil)
    tunnel.begin()
  }

  private func fail(_ reason: String) {
    deadline?.cancel()
    guard let finish else { return }
    self.finish = nil
    finish(GatewayError("the relay \(relay) \(reason)"))
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if let tunnel { tunnel.streamReadComplete() } else { context.read() }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) { tunnel?.readSocket() }

  func channelInactive(context: ChannelHandlerContext) { over() }

  func handlerRemoved(context: ChannelHandlerContext) { over() }

  private func over() {
    fail("closed the connection")
    tunnel?.streamClosed()
    tunnel = nil
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
