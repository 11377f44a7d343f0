import Bytes
import Foundation
import Model
import NIOCore
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
  private let dialer: TargetDialer
  /// Towards each target, by its name.
  private let targetTLS: [String: NIOSSLContext]
  /// The same, without HTTP/2.
  private let targetTLS1: [String: NIOSSLContext]

  /// - Throws: `GatewayError` when a certificate or key cannot be used.
  init(
    _ listener: GatewayConfiguration.Listener, _ rules: HTTPRules, relays: RelayBook = RelayBook()
  ) throws {
    dialer = TargetDialer(relays: relays)
    (name, self.rules, authentication, place) = (listener.name, rules, listener.authentication, listener.address)
    guard let random = PasswordHashing.random(32) else { throw GatewayError("no random numbers") }
    secrets = SecretHasher(key: random)
    do {
      let chain = try listener.tls.map { try NIOSSLCertificate.fromPEMFile($0.certificateFile) } ?? []
      tls = try listener.tls.map { try $0.context(chain, protocols: Self.protocols(rules.http2)) }
      var (contexts, plain): ([String: NIOSSLContext], [String: NIOSSLContext]) = ([:], [:])
      for target in rules.targets {
        contexts[target.name] = try target.encryption.context(
          target.certificate, protocols: Self.protocols(target.http2))
        plain[target.name] = try target.encryption.context(target.certificate, protocols: Self.protocols(false))
      }
      (targetTLS, targetTLS1) = (contexts, plain)
    } catch {
      throw GatewayError("listener \(listener.name): TLS: \(error)")
    }
    if case .forward(let forwarding) = rules.way, let files = forwarding.authority {
      authority = try CertificateAuthority(certificateFile: files.certificateFile, keyFile: files.keyFile)
    } else {
      authority = nil
    }
  }

  /// By the names of ALPN (RFC 7301), what is liked better first.
  private static func protocols(_ http2: Bool?) -> [String] { (http2 == false ? [] : ["h2"]) + ["http/1.1"] }

  /// What is spoken with clients within TLS.
  var protocols: [String] { Self.protocols(rules.http2) }

  /// In the clear clients may begin with HTTP/2 at once, where it stands for one server.
  var takesPriorKnowledge: Bool { rules.http2 == true && tls == nil && !isProxy }

  /// Whether a target may be spoken to in HTTP/2; within TLS it says itself whether it does.
  func offersHTTP2(to place: HTTPPlace) -> Bool { place.target.http2 ?? place.target.isSecure }

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
    _ place: HTTPPlace, limits: GatewayConfiguration.Limits, on loop: any EventLoop, isHTTP1: Bool,
    finish: @escaping (HTTPTargetWay) -> Void
  ) {
    let context = (isHTTP1 ? targetTLS1 : targetTLS)[place.target.name]
    let side = HTTPTargetSide(
      place, isSecure: context != nil, isKnown: !isHTTP1 && offersHTTP2(to: place), seconds: limits.loginSeconds,
      rules.limits.head, finish)
    let bound = NIOLoopBound(side, eventLoop: loop)
    dialer.connect(
      to: place.address, over: place.target.relay, on: loop, probeSeconds: limits.probeSeconds
    ) { channel in
      if let context {
        let handler = try NIOSSLClientHandler(context: context, serverHostname: place.serverName)
        try channel.pipeline.syncOperations.addHandler(handler)
        bound.value.secured = handler
      }
      try channel.pipeline.syncOperations.addHandler(bound.value)
    }.assumeIsolated().whenFailure { error in bound.value.fail("\(error)") }
  }
}
