import Bytes
import Foundation
import Model
import NIOCore
import NIOPosix
import NIOSSL

/// Where clients of HTTP connect, and the targets that they reach there.
final class HTTPListener: Sendable {
  let name: String
  let rules: HTTPRules
  let authentication: GatewayConfiguration.Authentication
  /// For clients; nil where they connect in the clear, on loopback.
  let tls: NIOSSLContext?
  let authority: CertificateAuthority?
  /// Makes the hashes of secrets that nobody keeps.
  let secrets: SecretHasher
  private let place: SocketPlace
  /// Towards each target, by its name.
  private let targetTLS: [String: NIOSSLContext]

  /// - Throws: `GatewayError` when a certificate or key cannot be used.
  init(_ listener: GatewayConfiguration.Listener, _ rules: HTTPRules) throws {
    (name, self.rules, authentication, place) = (listener.name, rules, listener.authentication, listener.address)
    guard let random = PasswordHashing.random(32) else { throw GatewayError("no random numbers") }
    secrets = SecretHasher(key: random)
    do {
      let chain = try listener.tls.map { try NIOSSLCertificate.fromPEMFile($0.certificateFile) } ?? []
      tls = try listener.tls.map { try $0.context(chain, protocols: ["http/1.1"]) }
      var contexts: [String: NIOSSLContext] = [:]
      for target in rules.targets {
        contexts[target.name] = try target.encryption.context(target.certificate, protocols: ["http/1.1"])
      }
      targetTLS = contexts
    } catch {
      throw GatewayError("listener \(listener.name): TLS: \(error)")
    }
    if case .forward(let forwarding) = rules.way, let files = forwarding.authority {
      authority = try CertificateAuthority(certificateFile: files.certificateFile, keyFile: files.keyFile)
    } else {
      authority = nil
    }
  }

  var isProxy: Bool { if case .forward = rules.way { true } else { false } }

  func start(_ core: GatewayCore, on group: any EventLoopGroup) throws -> any Channel {
    try ListeningSocket.open(place, of: name, core, on: group) { [self] channel in try begin(channel, core) }
  }

  /// Adds what a client's connection needs; on its event loop.
  func begin(_ channel: any Channel, _ core: GatewayCore) throws {
    let relay = HTTPRelay(core: core, listener: self, channel: channel)
    if let tls {
      let handler: NIOSSLServerHandler
      if authentication.wantsCertificate {
        let (name, id) = (self.name, relay.connectionID)
        handler = relay.certificates.handler(tls, { core.authorities(name) }, now: core.now) { why in
          core.log.write(.notice, "certificate refused", ["session": id, "reason": why])
          core.metrics.count(.refusedLogin)
        }
      } else {
        handler = NIOSSLServerHandler(context: tls)
      }
      try channel.pipeline.syncOperations.addHandler(handler)
    }
    try channel.pipeline.syncOperations.addHandler(HTTPClientSide(relay))
  }

  /// Opens a connection to a place, on the same event loop; it is there when TLS is, and its key is one of those that may be.
  func connect(
    _ place: HTTPPlace, limits: GatewayConfiguration.Limits, on loop: any EventLoop, relay: HTTPRelay,
    finish: @escaping (Result<HTTPTargetLine, GatewayError>) -> Void
  ) {
    let context = targetTLS[place.target.name]
    let side = HTTPTargetSide(place, isSecure: context != nil, seconds: limits.loginSeconds, relay: relay, finish)
    let bound = NIOLoopBound(side, eventLoop: loop)
    ClientBootstrap(group: loop)
      .connectTimeout(.seconds(15))
      .channelOption(.autoRead, value: false)
      .channelOption(.socketOption(.so_keepalive), value: 1)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        PeerProbes.begin(on: channel, after: limits.probeSeconds)
        return channel.eventLoop.makeCompletedFuture {
          if let context {
            let handler = try NIOSSLClientHandler(context: context, serverHostname: place.serverName)
            try channel.pipeline.syncOperations.addHandler(handler)
            bound.value.secured = handler
          }
          try channel.pipeline.syncOperations.addHandler(bound.value)
        }
      }
      .connect(host: place.host, port: place.port).assumeIsolated().whenFailure { error in
        bound.value.fail("\(error)")
      }
  }
}
