import NIOCore
import NIOHTTP2

/// The gateway's end of a connection of HTTP/2 to a target, whose streams take one request each.
final class HTTP2TargetSide: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame

  let place: HTTPPlace
  private let channel: any Channel
  private let limits: HTTPHeadLimits
  private var multiplexer: NIOHTTP2Handler.StreamMultiplexer?
  /// It takes requests.
  private(set) var isOpen = true
  private var isUsed = false
  private let watch = FrameWatch(isClient: true)

  init(_ place: HTTPPlace, _ channel: any Channel, _ limits: HTTPHeadLimits) {
    (self.place, self.channel, self.limits) = (place, channel, limits)
  }

  /// Begins to speak HTTP/2.
  func install() throws {
    let frames = NIOHTTP2Handler(
      mode: .client, eventLoop: channel.eventLoop, connectionConfiguration: HTTP2Bounds.connection(limits),
      streamConfiguration: HTTP2Bounds.stream
    ) { channel in
      // A server that pushes is told by SETTINGS that it may not.
      channel.close()
    }
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandler(watch)
    try pipeline.addHandler(frames)
    try pipeline.addHandler(self)
    multiplexer = try frames.syncMultiplexer()
    try channel.syncOptions?.setOption(.autoRead, value: true)
  }

  /// Opens a stream; it waits where the target takes no more at a time.
  func open(_ finish: @escaping HTTPTargetLines.Finish) {
    guard let multiplexer else { return finish(.failure(GatewayError("the connection is closed"))) }
    let stream = HTTP2TargetStream(place, limits, isUsed: isUsed)
    isUsed = true
    let bound = NIOLoopBound((stream, finish), eventLoop: channel.eventLoop)
    let promise = channel.eventLoop.makePromise(of: (any Channel).self)
    multiplexer.createStreamChannel(promise: promise) { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.syncOptions?.setOption(.autoRead, value: false)
        try channel.pipeline.syncOperations.addHandler(bound.value.0)
      }
    }
    promise.futureResult.assumeIsolated().whenComplete { result in
      let (stream, finish) = bound.value
      switch result {
      case .success(let channel): finish(.success(stream.line(on: channel)))
      case .failure(let error): finish(.failure(GatewayError("\(error)")))
      }
    }
  }

  func close() {
    isOpen = false
    channel.close(promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .goAway = unwrapInboundIn(data).payload { isOpen = false }
  }

  func channelInactive(context: ChannelHandlerContext) {
    isOpen = false
    context.fireChannelInactive()
  }

  /// Streams are told themselves.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard watch.isFatal(error) else { return }
    isOpen = false
    context.close(promise: nil)
  }
}
