import Bytes
import Model
import NIOCore
import NIOPosix
import NIOSSL

/// Where PostgreSQL's clients connect, and the target that they reach there.
final class PostgresListener: Sendable {
  let name: String
  let target: TargetServer
  let authentication: GatewayConfiguration.Authentication
  /// For clients; nil where they connect in the clear, on loopback.
  let tls: NIOSSLContext?
  let isLoopback: Bool
  /// What logins by SCRAM are tied to; nil without TLS.
  let endPoint: [UInt8]?
  private let estimates: Bool
  let catalogs = CatalogShelf()
  private let place: SocketPlace
  private let targetTLS: NIOSSLContext?
  private let dialer: TargetDialer
  private let secret: [UInt8]
  private static let readers = ThreadSpecificVariable<StatementJudge.Reader>()

  /// - Throws: `GatewayError` when a certificate or key cannot be used.
  init(_ listener: GatewayConfiguration.Listener, relays: RelayBook = RelayBook()) throws {
    guard case .postgres(let target, let estimates) = listener.service else {
      throw GatewayError("listener \(listener.name) is none for PostgreSQL")
    }
    (name, self.target, authentication) = (listener.name, target, listener.authentication)
    place = listener.address
    dialer = TargetDialer(relays: relays)
    isLoopback = listener.address.isLoopback
    self.estimates = estimates
    guard let secret = PasswordHashing.random(32) else { throw GatewayError("no random numbers") }
    self.secret = secret
    do {
      let chain = try listener.tls.map { try NIOSSLCertificate.fromPEMFile($0.certificateFile) } ?? []
      endPoint = ChannelBinding.endPoint(chain.first)
      tls = try listener.tls.map { try $0.context(chain) }
      targetTLS = try target.encryption.context(target.certificate)
    } catch {
      throw GatewayError("listener \(listener.name): TLS: \(error)")
    }
  }

  /// Of a name that no token has: answers that tell nobody so.
  func decoy(for name: String) -> ScramVerifier? { ScramVerifier(decoyFor: name, secret: secret) }

  /// The grammar's memory of shapes, for all sessions of an event loop.
  func reader(for loop: any EventLoop) -> StatementJudge.Reader {
    loop.preconditionInEventLoop()
    if let reader = Self.readers.currentValue { return reader }
    let reader = StatementJudge.Reader(secrets: SecretHasher(key: secret))
    Self.readers.currentValue = reader
    return reader
  }

  /// What reviewers are told of a session that began so.
  func place(_ startup: ClientStartup) -> ReviewPlace {
    let said = PromptTrail(startup).opening
    let context = (said.traceparent.map { [("traceparent", $0)] } ?? []) + said.ids.map { ("prompt", $0) }
    return ReviewPlace(
      target: target.name, context: context,
      estimator: estimates ? RowEstimator(self, startup) : nil)
  }

  // MARK: Listening

  func start(_ core: GatewayCore, on group: any EventLoopGroup) throws -> any Channel {
    try ListeningSocket.open(place, of: name, core, on: group) { [self] channel in
      try channel.pipeline.syncOperations.addHandler(ClientSide(core: core, listener: self))
    }
  }

  // MARK: The target

  /// Opens a connection to the target as the gateway, on the same event loop. A target that has not let it in after the limits'
  /// time for logins does not.
  func connect(
    _ startup: ClientStartup, limits: GatewayConfiguration.Limits = .init(), on loop: any EventLoop,
    finish: @escaping (Result<(any Channel, TargetSide, TargetSide.Welcome), TargetSide.Failure>) -> Void
  ) {
    let parameters = startup.forwarded(as: target.user)
    final class Attempt {
      var channel: (any Channel)?
      var side: TargetSide?
      var finish: ((Result<(any Channel, TargetSide, TargetSide.Welcome), TargetSide.Failure>) -> Void)?
    }
    let attempt = Attempt()
    attempt.finish = finish
    let side = TargetSide(
      target, tls: targetTLS, parameters: parameters, seconds: limits.loginSeconds
    ) { result in
      guard let finish = attempt.finish else { return }
      attempt.finish = nil
      switch result {
      case .failure(let failure): finish(.failure(failure))
      case .success(let welcome):
        guard let channel = attempt.channel, let side = attempt.side else { return }
        finish(.success((channel, side, welcome)))
      }
      attempt.side = nil
    }
    attempt.side = side
    let bound = NIOLoopBound((side, attempt), eventLoop: loop)
    connection(on: loop, probeSeconds: limits.probeSeconds) { channel in
      let (side, attempt) = bound.value
      attempt.channel = channel
      try channel.pipeline.syncOperations.addHandler(side)
    }.assumeIsolated().whenFailure { [target] error in
      let attempt = bound.value.1
      attempt.finish?(.failure(.unreachable(target, "\(error)")))
      attempt.finish = nil
    }
  }

  private func connection(
    on loop: any EventLoop, probeSeconds: Int64 = GatewayConfiguration.Limits().probeSeconds,
    _ add: @escaping @Sendable (any Channel) throws -> Void
  ) -> EventLoopFuture<any Channel> {
    dialer.connect(to: target.place, over: target.relay, on: loop, probeSeconds: probeSeconds, add: add)
  }

  /// Asks the target to cancel what one of its processes does; calls back when the target has closed that connection, for by
  /// then it has sent the signal.
  func cancel(_ key: [UInt8], on loop: any EventLoop, _ done: @escaping @Sendable () -> Void) {
    let message = TargetRequest.cancel(key)
    connection(on: loop) { [targetTLS, target] channel in
      try channel.pipeline.syncOperations.addHandler(CancelSide(message, tls: targetTLS, target: target))
    }.whenComplete { result in
      guard case .success(let channel) = result else { return done() }
      channel.closeFuture.whenComplete { _ in done() }
    }
  }
}
