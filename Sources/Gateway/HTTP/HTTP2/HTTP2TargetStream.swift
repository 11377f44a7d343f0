import NIOCore
import NIOHPACK
import NIOHTTP2

/// The gateway's end of one stream to a target: between a request as HTTP/1.1 has it, and frames.
final class HTTP2TargetStream: ChannelDuplexHandler {
  typealias InboundIn = HTTP2Frame.FramePayload
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = HTTP2Frame.FramePayload

  private let place: HTTPPlace
  private let isUsed: Bool
  private var line: HTTPTargetLine?
  private var request: MessageFrames
  private var answer = MessageText()
  private var method: String?
  private var sawHead = false
  private var isAnswered = false
  private let limits: HTTPHeadLimits

  init(_ place: HTTPPlace, _ limits: HTTPHeadLimits, isUsed: Bool) {
    (self.place, self.limits, self.isUsed) = (place, limits, isUsed)
    request = MessageFrames(limits)
  }

  func line(on channel: any Channel) -> HTTPTargetLine {
    let line = HTTPTargetLine(place, channel, isReusable: false)
    line.isUsed = isUsed
    line.isOpen = channel.isActive
    self.line = line
    return line
  }

  // MARK: The request

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    var bytes = unwrapOutboundIn(data)
    do throws(HTTPFault) {
      if method == nil { try begin(&bytes, context) }
      guard bytes.readableBytes > 0 else { return promise?.succeed() ?? () }
      for payload in try request.content(bytes) { context.write(wrapOutboundOut(payload), promise: nil) }
      promise?.succeed()
    } catch {
      promise?.fail(error)
      fail(error.reason, context)
    }
  }

  /// The head comes whole.
  private func begin(_ bytes: inout ByteBuffer, _ context: ChannelHandlerContext) throws(HTTPFault) {
    var scanned = 0
    let view = bytes.readableBytesView
    guard let length = WireLines.headLength(view, scanned: &scanned, endsAtLF: false) else {
      throw .malformed("the head is not whole")
    }
    // A credential of the gateway's own may come to it.
    var wide = limits
    wide.fieldCount += 8
    let head = try RequestHead(view.prefix(length), wide)
    bytes.moveReaderIndex(forwardBy: length)
    method = head.method
    let fields = HPACKHeaders(head, target: head.target, fields: head.fields, isSecure: place.target.isSecure)
    context.write(wrapOutboundOut(request.begin(fields, head.length)), promise: nil)
  }

  // MARK: The answer

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard let line, !isAnswered else { return }
    do throws(HTTPFault) {
      switch unwrapInboundIn(data) {
      case .headers(let headers) where !sawHead:
        let status = headers.headers.first(name: ":status") ?? ""
        sawHead = !status.hasPrefix("1")
        isAnswered = headers.endStream
        give(try answer.response(headers.headers, to: method ?? "", isLast: headers.endStream), line)
      case .headers(let headers):
        isAnswered = headers.endStream
        give(try answer.trailers(headers.headers), line)
      case .data(let data):
        guard case .byteBuffer(let bytes) = data.data else { return }
        isAnswered = data.endStream
        give(try answer.content(bytes, isLast: data.endStream), line)
      default: break
      }
    } catch {
      fail(error.reason, context)
    }
  }

  private func give(_ bytes: ByteBuffer, _ line: HTTPTargetLine) {
    guard bytes.readableBytes > 0 else { return }
    line.relay?.receiveFromTarget(bytes, line)
  }

  private func fail(_ reason: String, _ context: ChannelHandlerContext) {
    isAnswered = true
    if let line { line.relay?.targetFailed(line, GatewayError(reason)) }
    context.writeAndFlush(wrapOutboundOut(.rstStream(.protocolError)), promise: nil)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if let line { line.relay?.targetReadComplete(line) }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) { line?.relay?.resumeSoon() }

  func channelInactive(context: ChannelHandlerContext) {
    guard let line else { return }
    line.isOpen = false
    line.relay?.targetClosed(line)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let line { line.relay?.targetFailed(line, error) }
  }
}
