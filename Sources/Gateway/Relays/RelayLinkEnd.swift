import NIOCore
import NIOHTTP2

/// What comes of a relay's connection that belongs to no stream.
final class RelayLinkEnd: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame

  private let link: RelayLink

  init(_ link: RelayLink) { self.link = link }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .goAway = unwrapInboundIn(data).payload { link.goingAway() }
  }

  /// Streams are told of theirs themselves; what is told here is of the connection.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    link.note(error)
    guard !(error is NIOHTTP2Errors.StreamClosed) else { return }
    context.close(promise: nil)
  }
}
