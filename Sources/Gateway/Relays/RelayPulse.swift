import NIOCore
import NIOHTTP2

/// Asks the other end of a relay's connection whether it is there (PING, RFC 9113 §6.7), and closes the connection when it does not answer.
final class RelayPulse: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame
  typealias OutboundOut = HTTP2Frame

  /// Seconds between two questions, and how long one may be without an answer.
  struct Pace: Sendable {
    var asks = RelayWire.pulseSeconds
    var silence = RelayWire.silenceSeconds
  }

  private let pace: Pace
  private let silent: () -> Void
  private var next: Scheduled<Void>?
  private var deadline: Scheduled<Void>?

  /// `silent` is told before the connection is closed.
  init(_ pace: Pace, silent: @escaping () -> Void) { (self.pace, self.silent) = (pace, silent) }

  func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { schedule(context) } }

  func channelActive(context: ChannelHandlerContext) {
    schedule(context)
    context.fireChannelActive()
  }

  private func schedule(_ context: ChannelHandlerContext) {
    next?.cancel()
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    next = context.eventLoop.scheduleTask(in: .seconds(pace.asks)) {
      let (pulse, context) = bound.value
      pulse.ask(context)
    }
  }

  private func ask(_ context: ChannelHandlerContext) {
    context.writeAndFlush(
      wrapOutboundOut(HTTP2Frame(streamID: .rootStream, payload: .ping(HTTP2PingData(withInteger: 0), ack: false))),
      promise: nil)
    schedule(context)
    guard deadline == nil else { return }
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    deadline = context.eventLoop.scheduleTask(in: .seconds(pace.silence)) {
      let (pulse, context) = bound.value
      pulse.silent()
      context.close(promise: nil)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .ping(_, ack: true) = unwrapInboundIn(data).payload {
      deadline?.cancel()
      deadline = nil
    }
    context.fireChannelRead(data)
  }

  func channelInactive(context: ChannelHandlerContext) {
    stop()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { stop() }

  private func stop() {
    next?.cancel()
    deadline?.cancel()
  }
}
