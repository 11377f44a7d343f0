import Bytes
import Dispatch
import NIOCore

/// The gateway's end of a connection to its socket: one request a line, one answer a line, in order, one at a time.
///
/// Whoever is at the other end is not trusted: nothing that he says lets a request go on but a signature that counts.
final class ControlSide: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Bytes of a request: an armoured signature of the largest RSA key with a certificate is a tenth of that.
  static let lineLimit = 128 << 10
  /// Between two requests, and for one to be complete.
  static let idleLimit = TimeAmount.minutes(5)

  private let server: ControlServer
  private var inbox = ByteBuffer()
  /// Bytes of the inbox in which there is no line feed.
  private var scannedCount = 0
  private var isBusy = false
  /// The other end asks no more.
  private var isAtEnd = false
  private var isOver = false
  private var deadline: Scheduled<Void>?

  init(_ server: ControlServer) { self.server = server }

  func channelActive(context: ChannelHandlerContext) {
    guard server.enter() else {
      isOver = true
      say(ControlAnswer(.busy, "too many connections; try again"), context)
      return close(context)
    }
    listen(context)
  }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    if !isOver { server.leave() }
    isOver = true
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isOver else { return }
    inbox.writeImmutableBuffer(unwrapInboundIn(data))
  }

  func channelReadComplete(context: ChannelHandlerContext) { advance(context) }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .inputClosed? = event as? ChannelEvent else { return context.fireUserInboundEventTriggered(event) }
    isAtEnd = true
    advance(context)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func listen(_ context: ChannelHandlerContext) {
    arm(context)
    context.read()
  }

  private func arm(_ context: ChannelHandlerContext) {
    deadline?.cancel()
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    deadline = context.eventLoop.scheduleTask(in: Self.idleLimit) {
      let (side, context) = bound.value
      if !side.isBusy { context.close(promise: nil) }
    }
  }

  private func advance(_ context: ChannelHandlerContext) {
    guard !isBusy, !isOver else { return }
    let unread = inbox.readableBytesView.dropFirst(scannedCount)
    guard let end = unread.firstIndex(of: 0x0A) else {
      scannedCount = inbox.readableBytes
      guard scannedCount <= Self.lineLimit else {
        say(ControlAnswer(.malformed, "a request is one line of at most \(Self.lineLimit) bytes"), context)
        return close(context)
      }
      if isAtEnd { close(context) } else { context.read() }
      return
    }
    let count = end - inbox.readerIndex
    let line = inbox.readBytes(length: count) ?? []
    inbox.moveReaderIndex(forwardBy: 1)
    inbox.discardReadBytes()
    scannedCount = 0
    guard count <= Self.lineLimit else {
      say(ControlAnswer(.malformed, "a request is one line of at most \(Self.lineLimit) bytes"), context)
      return close(context)
    }
    isBusy = true
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    let loop = context.eventLoop
    server.answer(line) { answer in
      loop.execute {
        let (side, context) = bound.value
        side.answered(answer, context)
      }
    }
  }

  private func answered(_ answer: ControlAnswer, _ context: ChannelHandlerContext) {
    isBusy = false
    guard !isOver else { return }
    arm(context)
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    // Who does not read gets no second answer.
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer.bytes))).assumeIsolated().whenSuccess {
      let (side, context) = bound.value
      if side.inbox.readableBytes > 0 { side.advance(context) } else { side.waitForMore(context) }
    }
  }

  private func waitForMore(_ context: ChannelHandlerContext) {
    if isAtEnd { close(context) } else { listen(context) }
  }

  private func say(_ answer: ControlAnswer, _ context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer.bytes)), promise: nil)
  }

  private func close(_ context: ChannelHandlerContext) {
    if !isOver { server.leave() }
    isOver = true
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in
      bound.value.close(promise: nil)
    }
  }
}
