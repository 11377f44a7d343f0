import NIOCore
import NIOHTTP1

/// Answers `GET /metrics` and `GET /health`, on loopback.
final class MetricsSide: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let core: GatewayCore
  private var head: HTTPRequestHead?

  init(_ core: GatewayCore) { self.core = core }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): self.head = head
    case .body: break
    case .end:
      guard let head else { return }
      self.head = nil
      answer(head, context)
    }
  }

  private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let (status, text): (HTTPResponseStatus, String) =
      switch (head.method, head.uri) {
      case (.GET, "/metrics"): (.ok, core.metricsText)
      case (.GET, "/health"):
        core.isHealthy ? (.ok, "ok\n") : (.serviceUnavailable, "\(core.problem)\n")
      default: (.notFound, "GET /metrics or /health\n")
      }
    var headers = HTTPHeaders()
    headers.add(name: "Content-Type", value: "text/plain; version=0.0.4; charset=utf-8")
    headers.add(name: "Content-Length", value: String(text.utf8.count))
    if !head.isKeepAlive { headers.add(name: "Connection", value: "close") }
    context.write(
      wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: status, headers: headers))), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
    let isKept = head.isKeepAlive
    context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
      if !isKept { context.close(promise: nil) }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
