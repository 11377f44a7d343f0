import NIOCore
import NIOHTTP2

/// What comes of the gateway that belongs to no stream, and how the relay says that it leaves.
final class RelayUplinkEnd: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame
  typealias OutboundOut = HTTP2Frame

  private let uplink: RelayUplink

  init(_ uplink: RelayUplink) { self.uplink = uplink }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // A gateway that does not take the relay closes without it.
    guard case .settings = unwrapInboundIn(data).payload else { return }
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    let loop = context.eventLoop
    uplink.taken(context.channel) {
      loop.execute {
        let (end, context) = bound.value
        end.leave(context)
      }
    }
  }

  /// Takes no new streams; those that are there go on (RFC 9113 §6.8).
  private func leave(_ context: ChannelHandlerContext) {
    let last = HTTP2StreamID(Int(Int32.max))
    let frame = HTTP2Frame(
      streamID: .rootStream, payload: .goAway(lastStreamID: last, errorCode: .noError, opaqueData: nil))
    context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard !(error is NIOHTTP2Errors.StreamClosed) else { return }
    uplink.note("\(error)")
    context.close(promise: nil)
  }
}
