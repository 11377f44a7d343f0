import Foundation
import Model
import TestKit

@testable import Gateway

/// A gateway before a real PostgreSQL, in this process, with a token that lets in.
final class RunningGateway: GatewayInProcess {
  /// The target's server, as actions have it.
  let server: String
  var port: Int { port(of: "shop") }

  // `server` is as the configuration has it; `target` are more members of the target, each ended with a comma, and
  // `listener` a line of the listener; the rest as the gateway has it.
  init(
    server: String, policy: String = RunningGateway.open, target: String = "", listener: String = "",
    authentication: String = "scram-sha-256", limits: String = "hold: 20s", approvals: Bool = false,
    durability: String = "batched", recording: (any SessionRecording)? = nil, files: [String: String] = [:],
    tokens: [String] = [], more: String = "", disk: any RecordingDisk = SystemDisk()
  ) throws {
    self.server = server
    let listeners = """
        - name: shop
          protocol: postgres
          listen: 127.0.0.1:0
          authentication: \(authentication)
          \(listener)
          target: { name: shop, server: "\(server)", \(target)user: postgres, databases: [scratch] }
      """
    try super.init(
      listeners: listeners, policy: policy, limits: limits, approvals: approvals, durability: durability,
      recording: recording, files: files, tokens: tokens, more: more, disk: disk)
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
