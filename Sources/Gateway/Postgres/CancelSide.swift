import NIOCore
import NIOSSL

/// A connection to a target that says one thing, and is closed: a CancelRequest.
final class CancelSide: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let message: ByteBuffer
  private let tls: NIOSSLContext?
  private let target: TargetServer
  private var isAsked = false

  init(_ message: ByteBuffer, tls: NIOSSLContext?, target: TargetServer) {
    (self.message, self.tls, self.target) = (message, tls, target)
  }

  func channelActive(context: ChannelHandlerContext) {
    if tls == nil {
      context.writeAndFlush(wrapOutboundOut(message), promise: nil)
    } else {
      context.writeAndFlush(wrapOutboundOut(TargetRequest.sslRequest), promise: nil)
    }
    // The server closes when it has done it.
    context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(10)) { context.close(promise: nil) }
    context.read()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    guard let tls, !isAsked else { return }
    isAsked = true
    guard buffer.readInteger(as: UInt8.self) == UInt8(ascii: "S"), buffer.readableBytes == 0,
      let handler = try? NIOSSLClientHandler(context: tls, serverHostname: target.serverName),
      (try? context.pipeline.syncOperations.addHandler(handler, position: .first)) != nil
    else { return context.close(promise: nil) }
    context.writeAndFlush(wrapOutboundOut(message), promise: nil)
  }

  func channelReadComplete(context: ChannelHandlerContext) { context.read() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
