import NIOCore

/// The end of a tunnel that is a socket.
final class TunnelSocketSide: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  /// Nil until the stream is there.
  var tunnel: Tunnel?

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { tunnel?.receiveFromSocket(unwrapInboundIn(data)) }

  func channelReadComplete(context: ChannelHandlerContext) { tunnel?.socketReadComplete() }

  func channelWritabilityChanged(context: ChannelHandlerContext) { tunnel?.readStream() }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .inputClosed? = event as? ChannelEvent { tunnel?.socketSilent() }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    tunnel?.socketFailed()
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    tunnel?.socketClosed()
    tunnel = nil
  }
}
