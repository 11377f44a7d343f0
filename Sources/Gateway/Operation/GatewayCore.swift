import Bytes
import Foundation
import Model
import NIOCore
import Policy
import Synchronization

/// What all sessions of a gateway share. Safe to use from any thread.
final class GatewayCore: Sendable {
  let log: GatewayLog
  let metrics = GatewayMetrics()
  let cancels = CancelBook()
  let approvals: ApprovalDesk?
  let held = HeldBook()
  let relays: RelayBook
  let prompts = PromptBook()
  /// Who is logged in to the page with what waits.
  let logins = PageLogins()
  /// Set once, when the gateway has threads to tell people on.
  let notifier = NotifierSlot()
  let recording: any SessionRecording
  /// Of the signed tokens that let in once; where nobody keeps them, none of these does.
  let spent: SpentTokens?
  let now: @Sendable () -> Timestamp
  /// The key of masked hashes.
  let hasher: SecretHasher

  /// What a reload replaces.
  private struct Settings {
    var policy: PolicyInForce
    var tokens: [String: Token]
    var authorities: [String: ClientAuthorities]
    var signers: TokenSigners?
    var issuers: [String: TokenIssuer]
    var limits: GatewayConfiguration.Limits
  }

  private struct State {
    var nextSession: UInt64 = 0
    var nextHold: UInt64 = 0
    /// Connections, logins among them.
    var connections = 0
    var byIdentity: [String: Int] = [:]
    var holds: [UInt64: @Sendable () -> Void] = [:]
    /// Told of the end of the gateway, by the session's id.
    var sessions: [String: @Sendable (_ isNow: Bool) -> Void] = [:]
    var owners: [String: SessionOwner] = [:]
    /// Told of another policy, by the session's id.
    var readers: [String: @Sendable () -> Void] = [:]
    var failure: String?
    /// Why recording does not go on, as the log has it.
    var obstacle: String?
    var isDraining = false
    var entrance: PageEntrance?
  }

  private let settings: Mutex<Settings>
  private let state = Mutex(State())
  private let run: String

  init(
    _ configuration: GatewayConfiguration, recording: any SessionRecording, approvals: ApprovalDesk?, log: GatewayLog,
    hasher: SecretHasher, spent: SpentTokens? = nil, now: @escaping @Sendable () -> Timestamp
  ) {
    self.hasher = hasher
    settings = Mutex(
      Settings(
        policy: PolicyInForce(configuration.policy), tokens: configuration.tokens,
        authorities: configuration.authorities, signers: configuration.signers, issuers: configuration.issuers,
        limits: configuration.limits))
    (self.recording, self.approvals, self.log, self.now) = (recording, approvals, log, now)
    self.spent = spent
    relays = RelayBook(configuration.relays?.names ?? [])
    run = String(UInt64(bitPattern: now().nanoseconds), radix: 36)
  }

  // MARK: Settings

  var policy: PolicyInForce { settings.withLock { $0.policy } }
  var limits: GatewayConfiguration.Limits { settings.withLock { $0.limits } }
  func token(_ name: String) -> Token? { settings.withLock { $0.tokens[name] } }
  /// All of the configuration, by their names' order.
  var tokens: [Token] { settings.withLock { Array($0.tokens.values) }.sorted { $0.name < $1.name } }
  var signers: TokenSigners? { settings.withLock { $0.signers } }
  /// By their names.
  var issuers: [String: TokenIssuer] { settings.withLock { $0.issuers } }
  func authorities(_ listener: String) -> ClientAuthorities? { settings.withLock { $0.authorities[listener] } }

  func replace(_ configuration: GatewayConfiguration) {
    settings.withLock { settings in
      settings.policy = PolicyInForce(configuration.policy)
      settings.tokens = configuration.tokens
      settings.authorities = configuration.authorities
      settings.signers = configuration.signers
      settings.issuers = configuration.issuers.mapValues { $0.keepingKeys(of: settings.issuers[$0.issuer]) }
      settings.limits = configuration.limits
    }
    for reader in state.withLock({ Array($0.readers.values) }) { reader() }
    endRevoked()
    relays.end { objection(to: $0, of: nil, listener: GatewayConfiguration.relayListener) }
  }

  /// To the page with what waits; nil where there is none.
  var entrance: PageEntrance? { state.withLock { $0.entrance } }
  func set(_ entrance: PageEntrance?) { state.withLock { $0.entrance = entrance } }

  // MARK: Sessions

  /// Counts a connection; why not, when there are too many, or none is taken any more.
  func mayNotConnect() -> String? {
    guard OpenFiles.hasRoom else { return "too few open files are left" }
    let limit = limits.sessions
    return state.withLock { state in
      guard state.connections < limit, !state.isDraining else { return "too many sessions" }
      state.connections += 1
      return nil
    }
  }

  /// A connection ended that never was a session.
  func dropped() { state.withLock { $0.connections -= 1 } }

  func nextSession() -> String {
    state.withLock { state in
      state.nextSession += 1
      return "gw-\(run)-\(state.nextSession)"
    }
  }

  /// Counts a session of an identity; false when it has too many.
  func enter(_ name: String) -> Bool {
    let limit = limits.sessionsPerIdentity
    return state.withLock { state in
      guard state.byIdentity[name, default: 0] < limit else { return false }
      state.byIdentity[name, default: 0] += 1
      return true
    }
  }

  func leave(_ name: String) {
    state.withLock { state in
      let left = state.byIdentity[name, default: 0] - 1
      state.byIdentity[name] = left > 0 ? left : nil
    }
  }

  /// A session lives: it is told when the gateway goes down, when its owner may not have it any more, and of another policy.
  func enlist(
    _ id: String, _ owner: SessionOwner, target: String, drain: @escaping @Sendable (_ isNow: Bool) -> Void,
    reread: (@Sendable () -> Void)? = nil
  ) {
    metrics.count(.session)
    state.withLock { state in
      state.sessions[id] = drain
      state.owners[id] = owner
      state.readers[id] = reread
    }
    log.write(.info, "session", ["session": id, "identity": owner.token.name, "target": target])
  }

  /// A session that was enlisted is over.
  func delist(_ id: String, _ owner: Token, reason: String) {
    leave(owner.name)
    state.withLock { state in
      state.sessions[id] = nil
      state.owners[id] = nil
      state.readers[id] = nil
    }
    log.write(.info, "session over", ["session": id, "reason": reason])
  }

  /// Nothing more is taken; sessions end when nothing is under way in them, or at once.
  func drain(now isNow: Bool) {
    let sessions = state.withLock { state in
      state.isDraining = true
      return Array(state.sessions.values)
    }
    for session in sessions { session(isNow) }
  }

  var owners: [SessionOwner] { state.withLock { Array($0.owners.values) } }

  var sessionCount: Int { state.withLock { $0.sessions.count } }
  /// Connections of clients, those that are not let in yet among them.
  var connectionCount: Int { state.withLock { $0.connections } }

  // MARK: Holds

  func addHold(_ again: @escaping @Sendable () -> Void) -> UInt64 {
    state.withLock { state in
      state.nextHold += 1
      state.holds[state.nextHold] = again
      return state.nextHold
    }
  }

  func removeHold(_ number: UInt64) { state.withLock { $0.holds[number] = nil } }

  /// Reads the approvals again if they changed, and asks again for all that waits.
  func lookAtApprovals() {
    do {
      for problem in try approvals?.refresh(policy.policy, at: now()) ?? [] {
        log.write(.warning, "approvals", ["problem": problem])
      }
    } catch {
      log.write(.error, "approvals cannot be read", ["reason": "\(error)"])
    }
    for again in state.withLock({ Array($0.holds.values) }) { again() }
  }

  // MARK: Recording

  /// Opens the recording of a connection.
  func record(_ opening: SessionOpening, to outbox: Outbox) throws -> ClientRecord {
    ClientRecord(try record(opening), outbox, self)
  }

  func record(_ opening: SessionOpening) throws -> any FlowRecording {
    if let failure = state.withLock({ $0.failure }) { throw GatewayError(failure) }
    return try recording.open(opening)
  }

  /// Records what an agent's hook told; why not, when it cannot be.
  func record(_ event: AgentEvent) -> String? {
    do {
      try recording.note(.agent(event), at: now())
      prompts.add(event)
      metrics.count(.agentEvent)
      return nil
    } catch {
      log.write(.error, "an event of an agent is not recorded", ["agent": event.agent, "reason": "\(error)"])
      return "it is not recorded: \(error)"
    }
  }

  /// Something could not be recorded. When nothing can be, all sessions end, and from here on nobody is let in.
  func recordingFailed(_ error: any Error) {
    guard let failure = recording.failure else {
      // Of one session alone: it is too much, or its recorder is gone.
      return log.write(.warning, "not recorded", ["reason": "\(error)"])
    }
    let owners = state.withLock { state -> [SessionOwner]? in
      guard state.failure == nil else { return nil }
      state.failure = "\(failure)"
      return Array(state.owners.values)
    }
    guard let owners else { return }
    metrics.count(.recordingFailure)
    log.write(.error, "recording failed", ["reason": "\(failure)", "sessions": String(owners.count)])
    for owner in owners { owner.lose(failure) }
  }

  /// Notices that recording failed where nobody sends anything, and goes on when it can.
  func lookAtRecording() {
    if let failure = recording.failure { recordingFailed(failure) }
    guard state.withLock({ $0.failure != nil }) else { return }
    do {
      try recording.restart()
    } catch {
      let obstacle = "\(error)"
      let isKnown = state.withLock { state in
        defer { state.obstacle = obstacle }
        return state.obstacle == obstacle
      }
      if !isKnown { log.write(.error, "recording cannot go on", ["reason": obstacle]) }
    }
    guard recording.failure == nil else { return }
    state.withLock { state in (state.failure, state.obstacle) = (nil, nil) }
    metrics.count(.recordingRestart)
    log.write(.warning, "recording goes on")
  }

  var isHealthy: Bool { state.withLock { $0.failure == nil && !$0.isDraining } }
  var problem: String {
    state.withLock { $0.failure.map { "recording failed: \($0)" } ?? ($0.isDraining ? "shutting down" : "") }
  }
  var metricsText: String {
    let (sessions, holds, failure) = state.withLock { ($0.sessions.count, $0.holds.count, $0.failure) }
    return metrics.text(sessions: sessions, holds: holds, relays: relays.counts, isRecording: failure == nil)
  }
}

extension Endpoint {
  /// Of a socket; one of Unix has no address.
  init(_ address: SocketAddress?) {
    self.init(address: IPAddress(address), port: UInt16(clamping: address?.port ?? 0))
  }
}

extension IPAddress {
  fileprivate init(_ address: SocketAddress?) {
    switch address {
    case .v4(let address): self.init(v4: UInt32(bigEndian: address.address.sin_addr.s_addr))
    case .v6(let address):
      var storage = address.address.sin6_addr
      let (high, low) = unsafe withUnsafeBytes(of: &storage) { bytes in
        (unsafe bytes.loadUnaligned(as: UInt64.self), unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      }
      self.init(v6High: UInt64(bigEndian: high), low: UInt64(bigEndian: low))
    default: self.init(v4: 0)
    }
  }
}
