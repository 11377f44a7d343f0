import NIOCore
import NIOTLS

/// The gateway's end of a client's connection.
final class HTTPClientSide: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let relay: HTTPRelay

  init(_ relay: HTTPRelay) { self.relay = relay }

  func handlerAdded(context: ChannelHandlerContext) { relay.clientContext = context }

  func handlerRemoved(context: ChannelHandlerContext) { relay.clientContext = nil }

  func channelActive(context: ChannelHandlerContext) { relay.clientOpened() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { relay.receiveFromClient(unwrapInboundIn(data)) }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted("h2")? = event as? TLSUserEvent { return relay.beginStreams(context) }
    context.fireUserInboundEventTriggered(event)
  }

  func channelReadComplete(context: ChannelHandlerContext) { relay.clientReadComplete() }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    relay.resumeSoon()
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) { relay.clientClosed() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    relay.clientFailed(error)
    context.close(promise: nil)
  }
}
