import NIOCore
import NIOHTTP1

/// The server's end of a browser's connection: one request after the other.
final class PageSide: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let server: PageServer
  private var request: PageRequest?
  private var isKept = true
  private var version = HTTPVersion.http1_1
  /// It is counted among the connections.
  private var isIn = false
  /// For a request to be there whole.
  private static let patience = TimeAmount.seconds(20)
  private var deadline: Scheduled<Void>?

  init(_ server: PageServer) { self.server = server }

  func handlerAdded(context: ChannelHandlerContext) {
    isIn = server.enter()
    if !isIn { context.close(promise: nil) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    if isIn { server.leave() }
    isIn = false
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      request = PageRequest(head, address: context.remoteAddress?.ipAddress ?? "")
      (isKept, version) = (head.isKeepAlive, head.version)
      let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
      deadline = context.eventLoop.scheduleTask(in: Self.patience) { bound.value.close(promise: nil) }
    case .body(let part):
      guard let count = request?.content.count, count + part.readableBytes <= PageRequest.contentLimit else {
        guard request != nil else { return }
        request = nil
        isKept = false
        return send(
          PageAnswer(.payloadTooLarge, "a request has at most \(PageRequest.contentLimit) bytes"), context)
      }
      request?.content += part.readableBytesView
    case .end:
      deadline?.cancel()
      guard let request else { return }
      self.request = nil
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      let loop = context.eventLoop
      server.answer(request) { answer in
        loop.execute {
          let (side, context) = bound.value
          side.send(answer, context, withContent: request.method != .HEAD)
        }
      }
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is IdleStateHandler.IdleStateEvent { return context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func send(_ answer: PageAnswer, _ context: ChannelHandlerContext, withContent: Bool = true) {
    var headers = answer.headers(isEncrypted: server.isEncrypted)
    if !isKept { headers.add(name: "Connection", value: "close") }
    let head = HTTPResponseHead(version: version, status: answer.status, headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if withContent {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.content)))), promise: nil)
    }
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    let isKept = isKept
    context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
      if !isKept { bound.value.close(promise: nil) }
    }
  }
}
