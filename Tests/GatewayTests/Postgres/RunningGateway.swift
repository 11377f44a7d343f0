import Bytes
import Evidence
import Foundation
import Model
import Pipeline
import Policy
import Synchronization
import TestKit

@testable import Gateway

/// A gateway before a real server, in this process, with a token that lets in.
final class RunningGateway {
  struct Failure: Error, CustomStringConvertible { var description: String }

  static let open = """
    version: 1
    rules: [{ id: all, when: {}, then: allow }]
    default: allow
    """

  let folder: URL
  let gateway: Gateway
  let token: NewToken
  let log: Lines
  let port: Int
  /// The target's server, as actions have it.
  let server: String
  private let recorder: RecorderSessions?

  /// Lines of the gateway's log.
  final class Lines: Sendable {
    private let text = Mutex("")

    func add(_ bytes: [UInt8]) { text.withLock { $0 += String(decoding: bytes, as: UTF8.self) } }
    var all: String { text.withLock { $0 } }
  }

  // `server` is as the configuration has it; `target` are more members of the target, each ended with a comma, and
  // `listener` a line of the listener; `recording` takes the place of the one on disk; `tokens` are more of them, and
  // `more` lines of the configuration.
  init(
    server: String, policy: String = RunningGateway.open, target: String = "", listener: String = "",
    authentication: String = "scram-sha-256", limits: String = "hold: 20s", approvals: Bool = false,
    durability: String = "batched", recording: (any SessionRecording)? = nil, files: [String: String] = [:],
    tokens: [String] = [], more: String = "", disk: any RecordingDisk = SystemDisk()
  ) throws {
    folder = URL(filePath: "/tmp/exhibit-gw-\(UUID().uuidString.prefix(8))")
    for name in ["state", "approvals"] {
      try FileManager.default.createDirectory(at: folder.appending(path: name), withIntermediateDirectories: true)
    }
    guard let token = NewToken() else { throw Failure(description: "no random numbers") }
    (self.token, self.server) = (token, server)
    var files = files
    files["policy.yaml"] = policy
    files["log.key"] = try NoteSigner(generating: "gateway.example/test").text + "\n"
    files["gateway.yaml"] = """
      version: 1
      policy: policy.yaml
      \(approvals ? "approvals: approvals" : "")
      state: state
      recording: { directory: recording, key: log.key, durability: \(durability) }
      listeners:
        - name: shop
          protocol: postgres
          listen: 127.0.0.1:0
          authentication: \(authentication)
          \(listener)
          target: { name: shop, server: "\(server)", \(target)user: postgres, databases: [scratch] }
      tokens:
        - { name: agent, human: alice@example.com, agent: claude, run: run-7, sha256: \(token.sha256), scram: "\(token.scram)" }
      \(tokens.map { "  - " + $0 }.joined(separator: "\n"))
      limits: { \(limits) }
      \(more)
      metrics: 127.0.0.1:0
      """
    for (name, text) in files {
      let path = folder.appending(path: name)
      try text.write(to: path, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path.path)
    }
    let configuration = try GatewayConfiguration(file: folder.appending(path: "gateway.yaml").path)
    let lines = Lines()
    log = lines
    recorder = recording == nil ? try RecorderSessions(configuration.recording, clock: Self.now, disk: disk) : nil
    guard let sessions = recording ?? recorder else { throw Failure(description: "no recording") }
    gateway = try Gateway(
      configuration, recording: sessions, log: GatewayLog(clock: Self.now) { lines.add($0) }, now: Self.now
    ) { folder, policyFile, policy, seen in
      let read = try withoutActuallyEscaping(seen) { seen in
        try ApprovalFolder(
          URL(filePath: folder), policy: policy, base: URL(filePath: policyFile).deletingLastPathComponent(), asOf: nil,
          seen: seen)
      }
      return (StandingApprovals(policy: policy, shelf: read.shelf, trust: read.trust), read.problems)
    }
    guard let port = gateway.port(of: "shop") else { throw Failure(description: "it does not listen") }
    self.port = port
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  static let now: @Sendable () -> Timestamp = {
    Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970 * 1_000_000_000))
  }

  var metrics: String { gateway.metricsText }

  /// Ends it and the recording.
  func stop() throws {
    var failure: (any Error)?
    gateway.shutDown {
      do { try recorder?.shutDown() } catch { failure = error }
    }
    if let failure { throw failure }
  }

  var segments: [String] {
    let folder = folder.appending(path: "recording")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".pcapng") }.sorted().map { folder.appending(path: $0).path }
  }

  /// Reads policy and tokens anew.
  func reload(policy: String) throws {
    try policy.write(to: folder.appending(path: "policy.yaml"), atomically: false, encoding: .utf8)
    try reload()
  }

  /// Changes a file, and reads all anew.
  func reload(_ name: String, _ change: (String) -> String) throws {
    let file = folder.appending(path: name)
    try change(try String(contentsOf: file, encoding: .utf8)).write(to: file, atomically: false, encoding: .utf8)
    try reload()
  }

  func reload() throws {
    gateway.reload(try GatewayConfiguration(file: folder.appending(path: "gateway.yaml").path))
  }

  // MARK: Clients

  var environment: [String: String] {
    [
      "PGHOST": "127.0.0.1", "PGPORT": String(port), "PGUSER": "agent", "PGDATABASE": "scratch",
      "PGPASSWORD": token.secret, "PGCLIENTENCODING": "UTF8", "HOME": "/tmp", "PATH": "/usr/bin:/bin", "PAGER": "cat",
      "PGCONNECT_TIMEOUT": "20", "PGSSLMODE": "prefer",
    ]
  }

  static func environment(direct server: ScratchPostgres) -> [String: String] {
    [
      "PGHOST": server.folder.path, "PGUSER": "postgres", "PGDATABASE": "scratch", "PGCLIENTENCODING": "UTF8",
      "HOME": "/tmp", "PATH": "/usr/bin:/bin", "PAGER": "cat",
    ]
  }

  func psql(_ arguments: [String], _ more: [String: String] = [:]) throws -> ScratchPostgres.Output {
    try Self.client("psql", ["-X", "-A", "-t"] + arguments, environment.merging(more) { $1 })
  }

  func run(_ statements: String...) throws -> ScratchPostgres.Output {
    try psql(statements.flatMap { ["-c", $0] })
  }

  /// Runs a program of PostgreSQL's, for at most two minutes.
  static func client(
    _ program: String, _ arguments: [String], _ environment: [String: String]
  ) throws -> ScratchPostgres.Output {
    let path = (ScratchPostgres.binaries ?? URL(filePath: "/usr/bin")).appending(path: program).path
    return try ScratchPostgres.run("/usr/bin/timeout", ["120", path] + arguments, environment: environment)
  }

  /// The interpreter that `scripts/setup.sh --tests` sets up.
  static let python: String = {
    let environment = ProcessInfo.processInfo.environment
    let cache = environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "/tmp")/.cache"
    return (environment["EXHIBIT_VENV"] ?? "\(cache)/exhibit/venv") + "/bin/python"
  }()
}

extension RunningGateway {
  /// Before a scratch server, by its socket.
  convenience init(
    _ server: ScratchPostgres, policy: String = RunningGateway.open, limits: String = "hold: 20s",
    approvals: Bool = false, durability: String = "batched", recording: (any SessionRecording)? = nil,
    files: [String: String] = [:], listener: String = "", more: String = "", disk: any RecordingDisk = SystemDisk()
  ) throws {
    try self.init(
      server: "\(server.folder.path):5432", policy: policy, listener: listener, limits: limits, approvals: approvals,
      durability: durability, recording: recording, files: files, more: more,
      disk: disk)
  }
}
