import NIOCore
import NIOHTTP2

/// A connection that turns out to be one of HTTP/2.
extension HTTPRelay {
  /// The request line of the client's preface (RFC 9113 §3.4), which no request can have.
  private static let prefaceHead = Array("PRI * HTTP/2.0\r\n\r\n".utf8)

  /// Whether what comes is HTTP/2 by prior knowledge, on a connection that takes it; then it is no request.
  func beginsStreams(_ head: ByteBufferView) -> Bool {
    guard shared == nil, session == nil, inner == nil, listener.takesPriorKnowledge,
      head.elementsEqual(Self.prefaceHead), let context = clientContext
    else { return false }
    beginStreams(context)
    return true
  }

  /// Leaves the connection to its streams; it asked for nothing so far.
  func beginStreams(_ context: ChannelHandlerContext) {
    let rest = inbox
    inbox = ByteBuffer()
    stopWaiting()
    phase = .over
    let side = HTTP2ClientSide(after: self)
    do {
      try side.install()
    } catch {
      core.dropped()
      core.log.write(.error, "connection", ["session": connectionID, "reason": "\(error)"])
      return channel.close(promise: nil)
    }
    if rest.readableBytes > 0 { context.fireChannelRead(NIOAny(rest)) }
    clientContext = nil
    context.pipeline.syncOperations.removeHandler(context: context).assumeIsolated().whenFailure { [channel] _ in
      channel.close(promise: nil)
    }
  }
}
