import Model
import NIOCore
import NIOEmbedded
import NIOHPACK
import NIOHTTP2

@testable import Gateway

/// The two ends of a relay's connection, as they are behind TLS, with stand-ins for sockets.
struct RelayWireEnds {
  /// What ends a connection of either.
  private final class Last: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      if !(error is NIOHTTP2Errors.StreamClosed) { context.close(promise: nil) }
    }
  }

  /// Connections to targets at a time.
  static let limit = 8
  static let reached = SocketPlace(host: "127.0.0.1", port: 1)
  static let down = SocketPlace(host: "127.0.0.1", port: 2)
  static let unlisted = SocketPlace(host: "127.0.0.1", port: 3)

  let loop: EmbeddedEventLoop

  // MARK: The relay

  /// The relay's end, and what it leads to; each connection to a target is told.
  func relay(_ opened: @escaping (SocketStandIn) -> Void) -> (channel: EmbeddedChannel, targets: RelayTargets) {
    let told = NIOLoopBound(opened, eventLoop: loop)
    let count = NIOLoopBoundBox(0, eventLoop: loop)
    let targets = RelayTargets(
      [Self.reached, Self.down], limit: Self.limit, log: GatewayLog(clock: { .epoch }) { _ in }
    ) { place, side, loop in
      guard place == Self.reached, let embedded = loop as? EmbeddedEventLoop else {
        return loop.makeFailedFuture(GatewayError("nobody listens"))
      }
      count.value += 1
      let socket = SocketStandIn(side, on: embedded, mark: count.value * 2)
      told.value(socket)
      return loop.makeSucceededFuture(socket.channel)
    }
    let configuration = RelayWire.configuration(streams: 2 * Self.limit)
    let handler = NIOHTTP2Handler(
      mode: .server, eventLoop: loop, connectionConfiguration: configuration.connection,
      streamConfiguration: configuration.stream
    ) { stream in
      stream.eventLoop.makeCompletedFuture {
        try stream.syncOptions?.setOption(.autoRead, value: false)
        try stream.pipeline.syncOperations.addHandler(CarriedStream(targets))
      }
    }
    return (channel(handler), targets)
  }

  // MARK: The gateway

  /// The gateway's end.
  func gateway() -> (channel: EmbeddedChannel, streams: NIOHTTP2Handler.StreamMultiplexer) {
    let configuration = RelayWire.configuration(streams: 0)
    let handler = NIOHTTP2Handler(
      mode: .client, eventLoop: loop, connectionConfiguration: configuration.connection,
      streamConfiguration: configuration.stream
    ) { $0.close() }
    let channel = channel(handler)
    guard let streams = try? handler.syncMultiplexer() else { fatalError("no streams") }
    return (channel, streams)
  }

  /// Asks for a target; `finish` is told what came of it.
  func ask(
    _ place: SocketPlace, _ streams: NIOHTTP2Handler.StreamMultiplexer, mark: Int,
    finish: @escaping (GatewayError?) -> Void
  ) -> SocketStandIn {
    let side = TunnelSocketSide()
    let socket = SocketStandIn(side, on: loop, mark: mark)
    let stream = RelayedStream(to: place, over: "r", side, on: socket.channel) { error in
      if error != nil { socket.channel.close(promise: nil) }
      finish(error)
    }
    let bound = NIOLoopBound(stream, eventLoop: loop)
    let opened = loop.makePromise(of: (any Channel).self)
    streams.createStreamChannel(promise: opened) { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.syncOptions?.setOption(.autoRead, value: false)
        try channel.pipeline.syncOperations.addHandler(bound.value)
      }
    }
    return socket
  }

  private func channel(_ handler: NIOHTTP2Handler) -> EmbeddedChannel {
    let channel = EmbeddedChannel(loop: loop)
    channel.connect(to: SocketStandIn.nowhere, promise: nil)
    try? channel.pipeline.syncOperations.addHandlers([handler, Last()])
    return channel
  }

  // MARK: Bytes

  /// All that an end has to say.
  static func taken(_ channel: EmbeddedChannel) -> [UInt8] {
    var bytes: [UInt8] = []
    while let buffer = try? channel.readOutbound(as: ByteBuffer.self) { bytes += buffer.readableBytesView }
    return bytes
  }

  /// Gives an end bytes, at most so many at a time.
  static func give(_ bytes: [UInt8], to channel: EmbeddedChannel, stride size: Int) {
    let step = min(max(1, size), max(1, bytes.count))
    for start in stride(from: 0, to: bytes.count, by: step) where channel.isActive {
      channel.pipeline.fireChannelRead(ByteBuffer(bytes: bytes[start..<min(bytes.count, start + step)]))
      channel.pipeline.fireChannelReadComplete()
      channel.embeddedEventLoop.run()
    }
  }
}
