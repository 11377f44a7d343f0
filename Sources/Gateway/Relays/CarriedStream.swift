import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix

/// The relay's end of one stream: connects to the target that the gateway asks for, if it may, and then carries what both say.
final class CarriedStream: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame.FramePayload
  typealias OutboundOut = HTTP2Frame.FramePayload

  private enum Stage {
    case asked
    case connecting
    case carrying(Tunnel)
    case over
  }

  private let relay: Relay
  private var stage = Stage.asked

  init(_ relay: Relay) { self.relay = relay }

  func channelActive(context: ChannelHandlerContext) { context.read() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch (unwrapInboundIn(data), stage) {
    case (.headers(let headers), .asked): take(headers.headers, context)
    case (.data(let data), .carrying(let tunnel)): tunnel.receiveFromStream(data)
    case (.headers, .carrying), (.headers, .connecting), (.data, .asked), (.data, .connecting):
      // What comes before the answer goes nowhere.
      end(context)
      context.writeAndFlush(wrapOutboundOut(.rstStream(.protocolError)), promise: nil)
    default: break
    }
  }

  private func take(_ fields: HPACKHeaders, _ context: ChannelHandlerContext) {
    let asked = fields.first(name: ":authority") ?? ""
    guard fields.first(name: ":method") == "CONNECT", let found = SocketPlace(asked), !found.isUnix else {
      return refuse("400", asked, "it is no request for a connection", context)
    }
    let place = SocketPlace(host: found.host.lowercased(), port: found.port)
    guard relay.targets.contains(place) else { return refuse("403", asked, "it is none of the targets", context) }
    guard relay.enter() else { return refuse("503", asked, "there are too many connections, or it is ending", context) }
    stage = .connecting
    let side = TunnelSocketSide()
    let limits = relay.configuration.limits
    let bound = NIOLoopBound((self, side, context), eventLoop: context.eventLoop)
    ClientBootstrap(group: context.eventLoop)
      .connectTimeout(.seconds(limits.connectSeconds))
      .channelOption(.autoRead, value: false)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelOption(.socketOption(.so_keepalive), value: 1)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { socket in
        PeerProbes.begin(on: socket, after: limits.probeSeconds)
        return socket.eventLoop.makeCompletedFuture { try socket.pipeline.syncOperations.addHandler(bound.value.1) }
      }
      .connect(host: place.host, port: place.port).assumeIsolated().whenComplete { result in
        let (stream, side, context) = bound.value
        switch result {
        case .success(let socket): stream.begin(socket, side, context)
        case .failure(let error):
          stream.relay.leave()
          if case .connecting = stream.stage { stream.refuse("502", place.description, "\(error)", context) }
        }
      }
  }

  private func begin(_ socket: any Channel, _ side: TunnelSocketSide, _ context: ChannelHandlerContext) {
    guard case .connecting = stage, socket.isActive else {
      relay.leave()
      socket.close(promise: nil)
      if case .connecting = stage { refuse("502", "", "the target closed the connection", context) }
      return
    }
    let relay = relay
    let tunnel = Tunnel(stream: context.channel, socket: socket) { relay.leave() }
    stage = .carrying(tunnel)
    side.tunnel = tunnel
    context.writeAndFlush(wrapOutboundOut(.headers(.init(headers: [":status": "200"]))), promise: nil)
    tunnel.begin()
  }

  private func refuse(_ status: String, _ asked: String, _ why: String, _ context: ChannelHandlerContext) {
    stage = .over
    relay.log.write(.warning, "refused", ["target": String(asked.prefix(300)), "status": status, "reason": why])
    context.writeAndFlush(
      wrapOutboundOut(.headers(.init(headers: [":status": status], endStream: true))), promise: nil)
    context.read()
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    switch stage {
    case .carrying(let tunnel): tunnel.streamReadComplete()
    case .connecting: break
    case .asked, .over: context.read()
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if case .carrying(let tunnel) = stage { tunnel.readSocket() }
  }

  func channelInactive(context: ChannelHandlerContext) { end(context) }

  func handlerRemoved(context: ChannelHandlerContext) { end(context) }

  private func end(_ context: ChannelHandlerContext) {
    if case .carrying(let tunnel) = stage { tunnel.streamClosed() }
    stage = .over
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
