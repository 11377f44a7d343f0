import Evidence
import Foundation
import Model
import Pipeline
import Policy
import Store
import Synchronization
import TestKit

@testable import Gateway

/// A gateway before servers of HTTP, in this process, with a token that lets in.
final class WebGateway {
  let folder: URL
  let gateway: Gateway
  let token: NewToken
  let log: RunningGateway.Lines
  private let recorder: RecorderSessions?

  // `listeners` are their lines in YAML, without tokens; `recording` takes the place of the one on disk.
  init(
    _ listeners: String, policy: String = RunningGateway.open, limits: String = "hold: 20s", approvals: Bool = false,
    durability: String = "strict", recording: (any SessionRecording)? = nil, files: [String: String] = [:],
    tokens: [String] = [], more: String = ""
  ) throws {
    folder = URL(filePath: "/tmp/exhibit-gw-\(UUID().uuidString.prefix(8))")
    for name in ["state", "approvals"] {
      try FileManager.default.createDirectory(at: folder.appending(path: name), withIntermediateDirectories: true)
    }
    guard let token = NewToken() else { throw WebTarget.Failure(description: "no random numbers") }
    self.token = token
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
      \(listeners)
      tokens:
        - { name: agent, human: alice@example.com, agent: claude, run: run-7, sha256: \(token.sha256) }
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
    let lines = RunningGateway.Lines()
    log = lines
    recorder =
      recording == nil ? try RecorderSessions(configuration.recording, clock: RunningGateway.now) : nil
    guard let sessions = recording ?? recorder else { throw WebTarget.Failure(description: "no recording") }
    gateway = try Gateway(
      configuration, recording: sessions, log: GatewayLog(clock: RunningGateway.now) { lines.add($0) },
      now: RunningGateway.now
    ) { folder, policyFile, policy, seen in
      let read = try withoutActuallyEscaping(seen) { seen in
        try ApprovalFolder(
          URL(filePath: folder), policy: policy, base: URL(filePath: policyFile).deletingLastPathComponent(), asOf: nil,
          seen: seen)
      }
      return (StandingApprovals(policy: policy, shelf: read.shelf, trust: read.trust), read.problems)
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Lines of a listener that stands for one server.
  static func reverse(_ url: String, _ more: String = "", target: String = "") -> String {
    """
      - name: web
        protocol: http
        listen: 127.0.0.1:0
        authentication: password
        \(more)
        target: { name: shop, url: "\(url)"\(target.isEmpty ? "" : ", \(target)") }
    """
  }

  func port(_ name: String = "web") -> Int { gateway.port(of: name) ?? 0 }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  /// Ends it and the recording.
  func stop() throws {
    var failure: (any Error)?
    gateway.shutDown {
      do { try recorder?.shutDown() } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// The recording as a case.
  func ingest() throws -> CaseFile {
    let target = try CaseFile(path("case.exhibit"), .write)
    var options = IngestOptions(bodyLimit: 1 << 20, secrets: try target.secretHasher())
    options.logKeys = []
    try target.ingest { writer in
      try target.keepSecretKey(in: writer)
      _ = try Pipeline.ingest([path("recording")], into: writer, options: options) { _ in }
    } conclude: { _ in
    }
    return target
  }

  /// All bytes that it wrote to its folder.
  func recordedBytes() throws -> Data {
    let names = try FileManager.default.contentsOfDirectory(atPath: path("recording"))
    return try names.filter { $0.hasSuffix(".pcapng") }.sorted().reduce(into: Data()) { all, name in
      all += try Data(contentsOf: folder.appending(path: "recording/\(name)"))
    }
  }

  // MARK: Clients

  /// curl, with the token unless `isNamed` is false.
  func curl(_ path: String, _ arguments: [String] = [], isNamed: Bool = true) throws -> ScratchPostgres.Output {
    try Self.curl(
      (isNamed ? ["-u", "agent:\(token.secret)"] : []) + arguments + ["http://127.0.0.1:\(port())\(path)"])
  }

  static func curl(_ arguments: [String]) throws -> ScratchPostgres.Output {
    try ScratchPostgres.run("/usr/bin/timeout", ["60", "/usr/bin/curl", "-sS", "--noproxy", ""] + arguments)
  }
}
