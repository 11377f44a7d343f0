import NIOCore
import NIOPosix

/// Where clients connect, whatever they speak.
enum ListeningSocket {
  /// Listens, and begins with each connection that is not one too many; nothing of it is read before somebody wants it.
  ///
  /// - Throws: `GatewayError` when nothing can listen there.
  static func open(
    _ place: SocketPlace, of listener: String, _ core: GatewayCore, on group: any EventLoopGroup,
    begin: @escaping @Sendable (any Channel) throws -> Void
  ) throws -> any Channel {
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 512)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.autoRead, value: false)
      .childChannelOption(.socketOption(.so_keepalive), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        PeerProbes.begin(on: channel, after: core.limits.probeSeconds)
        return channel.eventLoop.makeCompletedFuture {
          if let reason = core.mayNotConnect() {
            core.log.write(.warning, "connection refused", ["reason": reason])
            throw GatewayError(reason)
          }
          try begin(channel)
        }
      }
    do {
      return try bootstrap.bind(host: place.host, port: place.port).wait()
    } catch {
      throw GatewayError("listener \(listener): \(place): \(error)")
    }
  }
}
