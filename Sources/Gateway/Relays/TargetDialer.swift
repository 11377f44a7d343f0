import NIOCore
import NIOPosix

/// Connects to targets: by way of their relay where they have one, and then in no other way.
struct TargetDialer: Sendable {
  let relays: RelayBook

  /// A connection of which nothing is read before somebody wants it.
  ///
  /// `probeSeconds`: how long it may be silent before it is asked whether it is there.
  func connect(
    to place: SocketPlace, over relay: String?, on loop: any EventLoop, probeSeconds: Int64,
    add: @escaping @Sendable (any Channel) throws -> Void
  ) -> EventLoopFuture<any Channel> {
    if let relay {
      return relays.descriptor(to: place, over: relay, on: loop).flatMap { descriptor in
        Self.bootstrap(on: loop)
          .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try add(channel) } }
          .withConnectedSocket(descriptor)
      }
    }
    let direct = Self.bootstrap(on: loop).channelOption(.socketOption(.so_keepalive), value: 1)
    if place.isUnix {
      return direct.channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try add(channel) } }
        .connect(unixDomainSocketPath: place.socketPath)
    }
    return direct.channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        PeerProbes.begin(on: channel, after: probeSeconds)
        return channel.eventLoop.makeCompletedFuture { try add(channel) }
      }
      .connect(host: place.host, port: place.port)
  }

  private static func bootstrap(on loop: any EventLoop) -> ClientBootstrap {
    ClientBootstrap(group: loop).connectTimeout(.seconds(15)).channelOption(.autoRead, value: false)
  }
}
