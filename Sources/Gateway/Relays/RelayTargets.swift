import NIOCore
import NIOPosix
import Synchronization

/// What a relay leads to, and how many connections it has there. Safe to use from any thread.
final class RelayTargets: Sendable {
  /// Connects to a place, with `side` at the connection's end, of which nothing is read before somebody wants it.
  typealias Dial =
    @Sendable (_ place: SocketPlace, _ side: TunnelSocketSide, _ loop: any EventLoop) -> EventLoopFuture<any Channel>

  private struct State {
    var connections = 0
    var isOver = false
  }

  let log: GatewayLog
  private let places: Set<SocketPlace>
  private let limit: Int
  private let dial: Dial
  private let state = Mutex(State())

  /// `limit`: connections at a time.
  init(_ places: [SocketPlace], limit: Int, log: GatewayLog, dial: @escaping Dial) {
    (self.places, self.limit, self.log, self.dial) = (Set(places), limit, log, dial)
  }

  func contains(_ place: SocketPlace) -> Bool { places.contains(place) }

  func connect(
    to place: SocketPlace, _ side: TunnelSocketSide, on loop: any EventLoop
  ) -> EventLoopFuture<any Channel> {
    dial(place, side, loop)
  }

  /// Over TCP.
  static func sockets(_ limits: RelayConfiguration.Limits) -> Dial {
    { place, side, loop in
      let bound = NIOLoopBound(side, eventLoop: loop)
      return ClientBootstrap(group: loop)
        .connectTimeout(.seconds(limits.connectSeconds))
        .channelOption(.autoRead, value: false)
        .channelOption(.allowRemoteHalfClosure, value: true)
        .channelOption(.socketOption(.so_keepalive), value: 1)
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelInitializer { socket in
          PeerProbes.begin(on: socket, after: limits.probeSeconds)
          return socket.eventLoop.makeCompletedFuture { try socket.pipeline.syncOperations.addHandler(bound.value) }
        }
        .connect(host: place.host, port: place.port)
    }
  }

  // MARK: Connections

  /// Counts a connection; false when there are too many, or none is taken any more.
  func enter() -> Bool {
    state.withLock { state in
      guard !state.isOver, state.connections < limit else { return false }
      state.connections += 1
      return true
    }
  }

  func leave() { state.withLock { $0.connections -= 1 } }

  var connectionCount: Int { state.withLock { $0.connections } }

  /// From here on none is taken.
  func close() { state.withLock { $0.isOver = true } }
}
