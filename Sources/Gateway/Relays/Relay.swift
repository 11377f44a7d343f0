import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A relay that runs: keeps a connection to its gateway, and carries what that asks for to targets.
public final class Relay: Sendable {
  /// The longest pause before it tries to reach the gateway again, and the first.
  private static let pauses = 0.5...30.0
  /// A connection that lasted so long begins the pauses anew.
  private static let steadySeconds = 10.0

  private struct State {
    var channel: (any Channel)?
    var leave: (@Sendable () -> Void)?
    /// When the gateway took it.
    var since: Date?
    var failures = 0
    var isOver = false
  }

  let configuration: RelayConfiguration
  let log: GatewayLog
  let pace: RelayPulse.Pace
  let targets: RelayTargets
  private let group: MultiThreadedEventLoopGroup
  private let tls: NIOSSLContext
  private let state = Mutex(State())

  /// Begins to reach for the gateway.
  ///
  /// - Throws: `GatewayError` when a certificate or key cannot be used.
  public convenience init(_ configuration: RelayConfiguration, log: GatewayLog) throws {
    try self.init(configuration, log: log, pace: RelayPulse.Pace())
  }

  init(_ configuration: RelayConfiguration, log: GatewayLog, pace: RelayPulse.Pace) throws {
    (self.configuration, self.log, self.pace) = (configuration, log, pace)
    targets = RelayTargets(
      configuration.targets, limit: configuration.limits.connections, log: log,
      dial: RelayTargets.sockets(configuration.limits))
    do {
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.minimumTLSVersion = .tlsv13
      tls.applicationProtocols = [RelayWire.name]
      tls.trustRoots = .file(configuration.authorityFile)
      tls.certificateChain = try NIOSSLCertificate.fromPEMFile(configuration.certificateFile).map { .certificate($0) }
      tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: configuration.keyFile, format: .pem))
      self.tls = try NIOSSLContext(configuration: tls)
    } catch {
      throw GatewayError("TLS: \(error)")
    }
    _ = OpenFiles.raise()
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    log.write(
      .info, "relaying",
      [
        "gateway": "\(configuration.gateway)",
        "targets": configuration.targets.map(\.description).joined(separator: ", "),
      ])
    dial()
  }

  // MARK: The gateway

  private func dial() {
    let (name, tls, pace) = (configuration.serverName, tls, pace)
    ClientBootstrap(group: group)
      .connectTimeout(.seconds(10))
      .channelOption(.socketOption(.so_keepalive), value: 1)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        PeerProbes.begin(on: channel, after: RelayWire.silenceSeconds)
        return channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(try NIOSSLClientHandler(context: tls, serverHostname: name))
          try pipeline.addHandler(RelayUplink(self, pace))
        }
      }
      .connect(host: configuration.gateway.host, port: configuration.gateway.port)
      .whenFailure { [self] error in lost("\(error)") }
  }

  /// The gateway took it. `leave` tells the gateway that it takes no new connections.
  func connected(_ channel: any Channel, leave: @escaping @Sendable () -> Void) {
    let isOver = state.withLock { state in
      (state.channel, state.leave, state.since) = (channel, leave, Date())
      return state.isOver
    }
    log.write(.info, "connected", ["gateway": "\(configuration.gateway)"])
    if isOver { leave() }
  }

  /// The connection to the gateway is over, or there was none; all that went over it is closed.
  func lost(_ reason: String) {
    let pause = state.withLock { state -> Double? in
      if let since = state.since, Date().timeIntervalSince(since) > Self.steadySeconds { state.failures = 0 }
      (state.channel, state.leave, state.since) = (nil, nil, nil)
      guard !state.isOver else { return nil }
      state.failures = min(state.failures + 1, 16)
      let longest = min(Self.pauses.upperBound, Self.pauses.lowerBound * Double(1 << (state.failures - 1)))
      return longest * Double.random(in: 0.5...1)
    }
    guard let pause else { return }
    let milliseconds = Int64(pause * 1_000)
    log.write(
      .warning, "not connected",
      ["gateway": "\(configuration.gateway)", "reason": reason, "again-in": "\(milliseconds) ms"])
    group.next().scheduleTask(in: .milliseconds(milliseconds)) { [self] in
      if state.withLock({ !$0.isOver }) { dial() }
    }
  }

  var connectionCount: Int { targets.connectionCount }

  // MARK: The end

  /// Takes no connection any more, lets those that are there end for a time, and stops.
  public func shutDown() {
    log.write(.info, "shutting down", ["connections": "\(connectionCount)"])
    targets.close()
    let leave = state.withLock { state in
      state.isOver = true
      return state.leave
    }
    leave?()
    let deadline = Date().addingTimeInterval(TimeInterval(configuration.limits.drainSeconds))
    while connectionCount > 0, Date() < deadline { Thread.sleep(forTimeInterval: 0.05) }
    stop()
  }

  /// Ends at once.
  func stop() {
    targets.close()
    let channel = state.withLock { state in
      state.isOver = true
      return state.channel
    }
    try? channel?.close().wait()
    try? group.syncShutdownGracefully()
    log.write(.info, "stopped")
  }
}
