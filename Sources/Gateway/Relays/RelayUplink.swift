import NIOCore
import NIOHTTP2
import NIOTLS

/// The relay's end of the connection to its gateway, until TLS is there.
final class RelayUplink: ChannelInboundHandler {
  typealias InboundIn = Any

  private let relay: Relay
  private let pace: RelayPulse.Pace
  private var reason: String?

  init(_ relay: Relay, _ pace: RelayPulse.Pace) { (self.relay, self.pace) = (relay, pace) }

  func channelActive(context: ChannelHandlerContext) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    // For TLS and the gateway's first frame.
    context.eventLoop.scheduleTask(in: .seconds(RelayWire.silenceSeconds)) {
      let (uplink, context) = bound.value
      guard !uplink.isTaken else { return }
      uplink.end("the gateway does not answer", context)
    }
    context.fireChannelActive()
  }

  /// Whether the gateway took it.
  fileprivate(set) var isTaken = false

  func taken(_ channel: any Channel, leave: @escaping @Sendable () -> Void) {
    guard !isTaken else { return }
    isTaken = true
    relay.connected(channel, leave: leave)
  }

  func note(_ why: String) { if reason == nil { reason = why } }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .handshakeCompleted(let spoken)? = event as? TLSUserEvent else {
      return context.fireUserInboundEventTriggered(event)
    }
    guard spoken == RelayWire.name else { return end("the gateway does not speak \(RelayWire.name)", context) }
    do {
      let configuration = RelayWire.configuration(streams: relay.configuration.limits.connections)
      let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
      let targets = relay.targets
      let pipeline = context.pipeline.syncOperations
      try pipeline.addHandler(
        NIOHTTP2Handler(
          mode: .server, eventLoop: context.eventLoop, connectionConfiguration: configuration.connection,
          streamConfiguration: configuration.stream
        ) { stream in
          stream.eventLoop.makeCompletedFuture {
            try stream.syncOptions?.setOption(.autoRead, value: false)
            try stream.pipeline.syncOperations.addHandler(CarriedStream(targets))
          }
        })
      try pipeline.addHandler(RelayPulse(pace) { bound.value.note("the gateway does not answer any more") })
      try pipeline.addHandler(RelayUplinkEnd(self))
    } catch {
      end("\(error)", context)
    }
  }

  private func end(_ why: String, _ context: ChannelHandlerContext) {
    note(why)
    context.close(promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { end("\(error)", context) }

  func channelInactive(context: ChannelHandlerContext) {
    relay.lost(reason ?? "the gateway closed the connection")
    context.fireChannelInactive()
  }
}
