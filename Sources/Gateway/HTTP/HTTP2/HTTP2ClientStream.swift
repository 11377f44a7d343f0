import NIOCore
import NIOHTTP2

/// The gateway's end of one stream of a client: between frames, and messages as HTTP/1.1 has them.
final class HTTP2ClientStream: ChannelDuplexHandler {
  typealias InboundIn = HTTP2Frame.FramePayload
  typealias OutboundIn = HTTP2Frame.FramePayload
  typealias OutboundOut = HTTP2Frame.FramePayload

  /// Nothing more is said by the gateway.
  struct Over {}

  private let relay: HTTPRelay
  private let side: HTTP2ClientSide
  private var text = MessageText()
  private var sawHead = false
  /// END_STREAM came.
  private var isRequestOver = false
  /// END_STREAM was said.
  private var isAnswered = false
  /// It was refused, and what still comes is nobody's.
  private var isRefused = false

  init(_ relay: HTTPRelay, _ side: HTTP2ClientSide) { (self.relay, self.side) = (relay, side) }

  func handlerAdded(context: ChannelHandlerContext) {
    relay.clientContext = context
    side.opened(context.channel, relay)
  }

  func handlerRemoved(context: ChannelHandlerContext) { relay.clientContext = nil }

  func channelActive(context: ChannelHandlerContext) { relay.clientOpened() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isRefused else { return }
    do throws(HTTPFault) {
      switch unwrapInboundIn(data) {
      case .headers(let headers) where !sawHead:
        sawHead = true
        isRequestOver = headers.endStream
        relay.receiveFromClient(try text.request(headers.headers, isLast: headers.endStream))
      case .headers(let headers):
        guard headers.endStream else { throw .malformed("a second head does not end the stream") }
        isRequestOver = true
        relay.receiveFromClient(try text.trailers(headers.headers))
      case .data(let data):
        guard case .byteBuffer(let bytes) = data.data else { return }
        isRequestOver = data.endStream
        let content = try text.content(bytes, isLast: data.endStream)
        if content.readableBytes > 0 { relay.receiveFromClient(content) }
      default: break
      }
    } catch {
      refuse(error, context)
    }
  }

  /// "Malformed requests … MUST be treated as a stream error of type PROTOCOL_ERROR" (RFC 9113 §8.1.1).
  private func refuse(_ fault: HTTPFault, _ context: ChannelHandlerContext) {
    isRefused = true
    side.note(refused: fault.reason)
    relay.resetCode = .protocolError
    relay.end("malformed request")
    if !isAnswered { reset(.protocolError, context) }
  }

  private func reset(_ code: HTTP2ErrorCode, _ context: ChannelHandlerContext) {
    isAnswered = true
    context.writeAndFlush(wrapOutboundOut(.rstStream(code)), promise: nil)
  }

  func channelReadComplete(context: ChannelHandlerContext) { relay.clientReadComplete() }

  func channelWritabilityChanged(context: ChannelHandlerContext) { relay.resumeSoon() }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard event is Over else { return context.fireUserInboundEventTriggered(event) }
    if !isAnswered { reset(relay.resetCode, context) }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard unwrapOutboundIn(data).endsStream else { return context.write(data, promise: promise) }
    isAnswered = true
    let done = promise ?? context.eventLoop.makePromise()
    context.write(data, promise: done)
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    done.futureResult.assumeIsolated().whenSuccess {
      let (stream, context) = bound.value
      // The whole answer is there and the rest of the request is not wanted: "RST_STREAM with an error code of NO_ERROR"
      // (RFC 9113 §8.1).
      guard !stream.isRequestOver, context.channel.isActive else { return }
      context.writeAndFlush(stream.wrapOutboundOut(.rstStream(.noError)), promise: nil)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    relay.clientClosed()
    side.closed(context.channel, relay)
  }

  /// A stream that is taken back ends with that; what broke a rule of the protocol was answered by a reset.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let closed = error as? NIOHTTP2Errors.StreamClosed {
      guard let code = side.reset(of: relay.frames?.id) else {
        relay.clientReset = closed.errorCode
        return relay.clientClosed()
      }
      relay.resetCode = code
      return relay.end("malformed request")
    }
    isRefused = true
    isAnswered = true
    side.note(refused: "\(error)")
    relay.resetCode = .protocolError
    relay.end("malformed request")
  }
}
