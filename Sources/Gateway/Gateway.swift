import Dispatch
import Foundation
public import Model
import NIOCore
import NIOHTTP1
import NIOPosix
public import Policy
import Synchronization

/// A gateway that runs: listeners, and what looks after them.
public final class Gateway: Sendable {
  /// The approvals of a folder as they are now, and what of it could not be used. `seen` tells when a file of signatures was
  /// seen first.
  public typealias LoadApprovals =
    @Sendable (
      _ folder: String, _ policyFile: String, _ policy: PolicyDocument, _ seen: ([UInt8]) -> Timestamp?
    ) throws -> (approvals: StandingApprovals, problems: [String])

  let core: GatewayCore
  private let group: MultiThreadedEventLoopGroup
  private let limits: GatewayConfiguration.Limits
  private struct State {
    var channels: [any Channel] = []
    var doors: [SSHDoor] = []
    var addresses: [String: Int] = [:]
    var isOver = false
  }
  private let state = Mutex(State())
  private let control: ControlServer?
  private let anchorer: Anchorer?
  /// Given when no anchor is made any more.
  private let anchored = DispatchSemaphore(value: 0)
  /// Given when nobody is to look at the recording and the approvals any more, and when nobody does.
  private let unwatched = DispatchSemaphore(value: 0)
  private let watched = DispatchSemaphore(value: 0)

  /// Starts to listen.
  ///
  /// - Throws: `GatewayError` when a listener, a certificate or the approvals cannot be used.
  public init(
    _ configuration: GatewayConfiguration, recording: any SessionRecording, log: GatewayLog,
    now: @escaping @Sendable () -> Timestamp, loadApprovals: @escaping LoadApprovals
  ) throws {
    var desk: ApprovalDesk?
    if let folder = configuration.approvalsFolder {
      let policyFile = configuration.policyFile
      desk = ApprovalDesk(
        folder: folder, policyFile: policyFile, ledger: try ApprovalLedger(folder: configuration.stateFolder)
      ) {
        try loadApprovals(folder, policyFile, $0, $1)
      }
    }
    let spent = try SpentTokens(folder: configuration.stateFolder, at: now())
    core = GatewayCore(
      configuration, recording: recording, approvals: desk, log: log,
      hasher: try MaskingKey.hasher(in: configuration.stateFolder), spent: spent, now: now)
    limits = configuration.limits
    control = configuration.socket.map { [core] in ControlServer(core, path: $0) }
    group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threads)
    anchorer = configuration.recording.anchors.map { [core] in
      Anchorer($0, recording: configuration.recording, log: log, metrics: core.metrics)
    }
    core.lookAtApprovals()
    do {
      if let rules = configuration.notices {
        core.notifier.set(try Notifier(rules, log: log, metrics: core.metrics, group: group))
      }
      for listener in configuration.listeners {
        switch listener.service {
        case .postgres: add(try PostgresListener(listener, relays: core.relays).start(core, on: group), listener.name)
        case .http(let rules):
          add(try HTTPListener(listener, rules, relays: core.relays).start(core, on: group), listener.name)
        case .ssh(let rules): add(try SSHListener(listener, rules).start(core), listener.name)
        }
      }
      if let rules = configuration.relays { add(try RelayListener(core, rules).start(on: group), "relays") }
      if let control { add(try control.start(on: group), "socket") }
      if let rules = configuration.page { add(try PageServer(core, rules).start(on: group), "page") }
      if let place = configuration.metrics { add(try startMetrics(place), "metrics") }
    } catch {
      watched.signal()
      anchored.signal()
      stop()
      throw error
    }
    watch()
    startAnchors()
    let core = core
    let loop = group.next()
    loop.scheduleRepeatedTask(initialDelay: .seconds(5), delay: .seconds(5)) { _ in core.endExpired() }
    loop.scheduleRepeatedTask(initialDelay: .zero, delay: .seconds(1)) { _ in core.refreshIssuers(on: loop) }
    let files = OpenFiles.raise()
    if files < 2 * configuration.limits.sessions + 100 {
      log.write(
        .warning, "limits",
        ["warning": "the system allows \(files) open files, too few for \(configuration.limits.sessions) sessions"])
    }
    for warning in configuration.warnings { log.write(.warning, "policy", ["warning": warning]) }
    var places = configuration.listeners.map { "\($0.name) \($0.address.host) port \(port(of: $0.name) ?? 0)" }
    if let page = configuration.page { places.append("page \(page.place.host) port \(port(of: "page") ?? 0)") }
    if let relays = configuration.relays {
      places.append("relays \(relays.place.host) port \(port(of: "relays") ?? 0)")
    }
    log.write(.info, "listening", ["listeners": places.joined(separator: ", ")])
  }

  private func add(_ channel: any Channel, _ name: String) {
    let port = channel.localAddress?.port ?? 0
    state.withLock { state in
      state.channels.append(channel)
      state.addresses[name] = port
    }
  }

  private func add(_ door: SSHDoor, _ name: String) {
    state.withLock { state in
      state.doors.append(door)
      state.addresses[name] = door.port
    }
  }

  /// What `GET /metrics` answers.
  var metricsText: String { core.metricsText }

  /// Where a listener, or `metrics`, listens.
  public func port(of name: String) -> Int? { state.withLock { $0.addresses[name] } }

  private func startMetrics(_ place: SocketPlace) throws -> any Channel {
    let core = core
    return try ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(MetricsSide(core))
        }
      }
      .bind(host: place.host, port: place.port).wait()
  }

  /// Looks at the recording and the folder of approvals each second, on a thread of its own: they may be on slow disks.
  private func watch() {
    let (core, unwatched, watched) = (core, unwatched, watched)
    let thread = Thread {
      while unwatched.wait(timeout: .now() + 1) == .timedOut {
        core.lookAtRecording()
        if core.approvals != nil { core.lookAtApprovals() }
      }
      watched.signal()
    }
    thread.name = "exhibit-watch"
    thread.start()
  }

  private func startAnchors() {
    guard let anchorer else {
      anchored.signal()
      return
    }
    let anchored = anchored
    let thread = Thread { [weak self] in
      anchorer.run { self?.state.withLock { $0.isOver } ?? true }
      anchored.signal()
    }
    thread.name = "exhibit-anchors"
    thread.start()
  }

  /// Takes policy, tokens and limits of a file that was read anew; sessions go on.
  public func reload(_ configuration: GatewayConfiguration) {
    core.replace(configuration)
    core.log.write(.info, "reloaded", ["policy": configuration.policy.sha256])
  }

  public func tell(problem: String) { core.log.write(.error, "not reloaded", ["reason": problem]) }

  /// Takes no connection any more, lets what is under way end for a time, and stops.
  ///
  /// - Parameter finish: ends the recording, when nothing more is to come.
  public func shutDown(_ finish: () -> Void) {
    core.log.write(.info, "shutting down")
    let channels = state.withLock { state in
      defer { state.channels = [] }
      return state.channels
    }
    for channel in channels { try? channel.close().wait() }
    closeDoors()
    core.drain(now: false)
    let deadline = Date().addingTimeInterval(TimeInterval(limits.drainSeconds))
    while core.sessionCount > 0, Date() < deadline { Thread.sleep(forTimeInterval: 0.05) }
    core.drain(now: true)
    let last = Date().addingTimeInterval(2)
    while core.sessionCount > 0, Date() < last { Thread.sleep(forTimeInterval: 0.02) }
    // The recorder calls back on the loops until it has ended.
    finish()
    stop()
    // The last checkpoint says that all was recorded.
    anchorer?.anchor()
    core.log.write(.info, "stopped")
  }

  private func closeDoors() {
    let doors = state.withLock { state in
      defer { state.doors = [] }
      return state.doors
    }
    for door in doors { door.close() }
  }

  private func stop() {
    let isFirst = state.withLock { state in
      defer { state.isOver = true }
      return !state.isOver
    }
    guard isFirst else { return }
    closeDoors()
    core.set(nil)
    unwatched.signal()
    watched.wait()
    anchored.wait()
    control?.remove()
    try? group.syncShutdownGracefully()
  }
}
