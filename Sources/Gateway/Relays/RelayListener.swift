import Model
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Where relays connect.
final class RelayListener: Sendable {
  /// Connections at once, those that have not proven themselves yet among them.
  private static let connectionLimit = 256

  private let core: GatewayCore
  private let rules: RelayRules
  private let tls: NIOSSLContext
  private let pace: RelayPulse.Pace
  private let connections = Mutex(0)

  /// - Throws: `GatewayError` when the certificate or key cannot be used.
  init(_ core: GatewayCore, _ rules: RelayRules, pace: RelayPulse.Pace = .init()) throws {
    (self.core, self.rules, self.pace) = (core, rules, pace)
    do {
      let chain = try NIOSSLCertificate.fromPEMFile(rules.tls.certificateFile)
      tls = try rules.tls.context(chain, protocols: [RelayWire.name], least: .tlsv13)
    } catch {
      throw GatewayError("relays: TLS: \(error)")
    }
  }

  func start(on group: any EventLoopGroup) throws -> any Channel {
    let place = rules.place
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 64)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.socketOption(.so_keepalive), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { [self] channel in
        PeerProbes.begin(on: channel, after: core.limits.probeSeconds)
        return channel.eventLoop.makeCompletedFuture { try begin(channel) }
      }
    do {
      return try bootstrap.bind(host: place.host, port: place.port).wait()
    } catch {
      throw GatewayError("relays: \(place): \(error)")
    }
  }

  private func begin(_ channel: any Channel) throws {
    guard enter() else {
      core.log.write(.warning, "relay refused", ["reason": "too many connections"])
      throw GatewayError("too many connections")
    }
    let shown = ShownCertificates()
    let link = RelayLink(
      core, names: rules.names, shown, pace: pace, peer: Endpoint(channel.remoteAddress).description,
      left: { [self] in leave() })
    let core = core
    let handler = shown.handler(
      tls, { core.authorities(GatewayConfiguration.relayListener) }, now: core.now, refused: { link.refused($0) })
    try channel.pipeline.syncOperations.addHandler(handler)
    try channel.pipeline.syncOperations.addHandler(link)
  }

  private func enter() -> Bool {
    connections.withLock { count in
      guard count < Self.connectionLimit else { return false }
      count += 1
      return true
    }
  }

  private func leave() { connections.withLock { $0 -= 1 } }
}
