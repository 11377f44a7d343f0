import NIOCore
import NIOHPACK
import NIOHTTP2

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

  private let targets: RelayTargets
  private var stage = Stage.asked

  init(_ targets: RelayTargets) { self.targets = targets }

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
    guard targets.contains(place) else { return refuse("403", asked, "it is none of the targets", context) }
    guard targets.enter() else {
      return refuse("503", asked, "there are too many connections, or it is ending", context)
    }
    stage = .connecting
    let side = TunnelSocketSide()
    let bound = NIOLoopBound((self, side, context), eventLoop: context.eventLoop)
    targets.connect(to: place, side, on: context.eventLoop).assumeIsolated().whenComplete { result in
      let (stream, side, context) = bound.value
      switch result {
      case .success(let socket): stream.begin(socket, side, context)
      case .failure(let error):
        stream.targets.leave()
        if case .connecting = stream.stage { stream.refuse("502", place.description, "\(error)", context) }
      }
    }
  }

  private func begin(_ socket: any Channel, _ side: TunnelSocketSide, _ context: ChannelHandlerContext) {
    guard case .connecting = stage, socket.isActive else {
      targets.leave()
      socket.close(promise: nil)
      if case .connecting = stage { refuse("502", "", "the target closed the connection", context) }
      return
    }
    let targets = targets
    let tunnel = Tunnel(stream: context.channel, socket: socket) { targets.leave() }
    stage = .carrying(tunnel)
    side.tunnel = tunnel
    context.writeAndFlush(wrapOutboundOut(.headers(.init(headers: [":status": "200"]))), promise: nil)
    tunnel.begin()
  }

  private func refuse(_ status: String, _ asked: String, _ why: String, _ context: ChannelHandlerContext) {
    stage = .over
    targets.log.write(.warning, "refused", ["target": String(asked.prefix(300)), "status": status, "reason": why])
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
