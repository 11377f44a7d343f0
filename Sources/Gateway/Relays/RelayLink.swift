import Glibc
import NIOCore
import NIOHTTP2
import NIOPosix
import NIOTLS

/// The gateway's end of a relay's connection: learns whose it is, and opens streams on it.
final class RelayLink: ChannelInboundHandler {
  typealias InboundIn = Any

  private let core: GatewayCore
  private let names: [String]
  private let shown: ShownCertificates
  private let pace: RelayPulse.Pace
  private let left: () -> Void
  private let peer: String
  private var deadline: Scheduled<Void>?
  private var lines: [RelayLine] = []
  private var multiplexer: NIOHTTP2Handler.StreamMultiplexer?
  private var channel: (any Channel)?
  private var reason: String?
  private var isRefused = false
  private var isLeaving = false

  /// `left` is told when it is closed.
  init(
    _ core: GatewayCore, names: [String], _ shown: ShownCertificates, pace: RelayPulse.Pace, peer: String,
    left: @escaping () -> Void
  ) {
    (self.core, self.names, self.shown, self.pace, self.peer, self.left) = (core, names, shown, pace, peer, left)
  }

  func channelActive(context: ChannelHandlerContext) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    deadline = context.eventLoop.scheduleTask(in: .seconds(core.limits.loginSeconds)) {
      let (link, context) = bound.value
      link.refuse("it did not prove itself in time", context)
    }
    context.fireChannelActive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .handshakeCompleted(let spoken)? = event as? TLSUserEvent else {
      return context.fireUserInboundEventTriggered(event)
    }
    deadline?.cancel()
    guard !isRefused else { return }
    guard spoken == RelayWire.name else { return refuse("it does not speak \(RelayWire.name)", context) }
    let chain = shown.all
    // Also where TLS was resumed, when nothing was looked at.
    if let objection = core.objection(to: chain, of: nil, listener: GatewayConfiguration.relayListener) {
      return refuse(objection, context)
    }
    let hosts = Set(chain.first?.hosts.map { $0.lowercased() } ?? [])
    let own = names.filter { hosts.contains($0) }
    guard !own.isEmpty else {
      let told = hosts.sorted().prefix(4).map { String($0.prefix(100)) }.joined(separator: ", ")
      return refuse("no relay of the configuration has the name of its certificate (\(told))", context)
    }
    do { try begin(own, chain, context) } catch { refuse("\(error)", context) }
  }

  private func refuse(_ why: String, _ context: ChannelHandlerContext) {
    refused(why)
    context.close(promise: nil)
  }

  /// That its certificate does not count was said while TLS was set up.
  func refused(_ why: String) {
    guard !isRefused else { return }
    isRefused = true
    core.metrics.count(.relayRefused)
    core.log.write(.notice, "relay refused", ["client": peer, "reason": why])
  }

  private func begin(_ own: [String], _ chain: [ClientCertificate], _ context: ChannelHandlerContext) throws {
    let channel = context.channel
    let frames = NIOHTTP2Handler(
      mode: .client, eventLoop: channel.eventLoop,
      connectionConfiguration: RelayWire.configuration(streams: 0).connection,
      streamConfiguration: RelayWire.configuration(streams: 0).stream
    ) { channel in
      // A relay that pushes is told by SETTINGS that it may not.
      channel.close()
    }
    let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandler(frames)
    try pipeline.addHandler(RelayPulse(pace) { bound.value.reason = "it does not answer any more" })
    try pipeline.addHandler(RelayLinkEnd(self))
    multiplexer = try frames.syncMultiplexer()
    self.channel = channel
    let loop = channel.eventLoop
    for name in own {
      let line = RelayLine(
        id: core.relays.nextID(), loop: loop, name: name, certificates: chain,
        open: { place, promise in loop.execute { bound.value.open(place, over: name, promise) } },
        end: { why in loop.execute { bound.value.end(why) } })
      lines.append(line)
      core.relays.add(line)
      core.metrics.count(.relay)
      core.log.write(.info, "relay", ["relay": name, "client": peer])
    }
  }

  // MARK: Streams

  private func open(_ place: SocketPlace, over name: String, _ promise: EventLoopPromise<Int32>) {
    guard let channel, channel.isActive, let multiplexer else {
      return promise.fail(GatewayError("the relay \(name) is not connected"))
    }
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      return promise.fail(GatewayError("too many files are open"))
    }
    let (near, far) = (ends[0], ends[1])
    let side = TunnelSocketSide()
    let bound = NIOLoopBound((self, side, multiplexer), eventLoop: channel.eventLoop)
    ClientBootstrap(group: channel.eventLoop)
      .channelOption(.autoRead, value: false)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelInitializer { socket in
        socket.eventLoop.makeCompletedFuture { try socket.pipeline.syncOperations.addHandler(bound.value.1) }
      }
      .withConnectedSocket(near).assumeIsolated().whenComplete { result in
        let (link, side, multiplexer) = bound.value
        switch result {
        case .failure(let error):
          Glibc.close(far)
          promise.fail(GatewayError("\(error)"))
        case .success(let socket): link.ask(place, over: name, side, socket, far, multiplexer, promise)
        }
      }
  }

  private func ask(
    _ place: SocketPlace, over name: String, _ side: TunnelSocketSide, _ socket: any Channel, _ far: Int32,
    _ multiplexer: NIOHTTP2Handler.StreamMultiplexer, _ promise: EventLoopPromise<Int32>
  ) {
    var isTold = false
    let finish: (GatewayError?) -> Void = { error in
      guard !isTold else { return }
      isTold = true
      if let error {
        Glibc.close(far)
        socket.close(promise: nil)
        promise.fail(error)
      } else {
        promise.succeed(far)
      }
    }
    let stream = RelayedStream(to: place, over: name, side, on: socket, finish: finish)
    let bound = NIOLoopBound((stream, finish), eventLoop: socket.eventLoop)
    let opened = socket.eventLoop.makePromise(of: (any Channel).self)
    // It waits where the relay takes no more at a time, but not for ever.
    let deadline = socket.eventLoop.assumeIsolated().scheduleTask(in: .seconds(RelayWire.openSeconds)) {
      bound.value.1(GatewayError("the relay \(name) takes no more connections"))
    }
    multiplexer.createStreamChannel(promise: opened) { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.syncOptions?.setOption(.autoRead, value: false)
        try channel.pipeline.syncOperations.addHandler(bound.value.0)
      }
    }
    opened.futureResult.assumeIsolated().whenComplete { result in
      switch result {
      case .success(let channel):
        deadline.cancel()
        if !socket.isActive { channel.close(promise: nil) }
      case .failure(let error):
        deadline.cancel()
        bound.value.1(GatewayError("the relay \(name) is not connected: \(error)"))
      }
    }
  }

  // MARK: The end

  /// It takes no new connections, and ends those that it has.
  func goingAway() {
    isLeaving = true
    for line in lines where core.relays.remove(line.id, line.name) {
      core.log.write(.info, "relay leaves", ["relay": line.name])
    }
  }

  func note(_ error: any Error) { if reason == nil { reason = "\(error)" } }

  private func end(_ why: String) {
    reason = why
    channel?.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    for line in lines {
      core.relays.remove(line.id, line.name)
      core.log.write(
        isLeaving ? .info : .warning, "relay lost",
        ["relay": line.name, "reason": reason ?? "it closed the connection"])
    }
    if lines.isEmpty, !isRefused { refused("it closed the connection before it had proven itself") }
    lines = []
    multiplexer = nil
    left()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if lines.isEmpty { refused("\(error)") } else { note(error) }
    context.close(promise: nil)
  }
}
