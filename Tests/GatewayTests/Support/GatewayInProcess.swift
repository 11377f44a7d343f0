import Evidence
import Foundation
import Model
import Pipeline
import Policy
import Synchronization

@testable import Gateway

/// A gateway in this process, in a folder of its own, with a token that lets in.
class GatewayInProcess {
  struct Failure: Error, CustomStringConvertible { var description: String }

  /// A policy that lets all pass.
  static let open = """
    version: 1
    rules: [{ id: all, when: {}, then: allow }]
    default: allow
    """

  let folder: URL
  let gateway: Gateway
  let token: NewToken
  let log: Lines
  private let recorder: RecorderSessions?

  /// Lines of the gateway's log.
  final class Lines: Sendable {
    private let text = Mutex("")

    func add(_ bytes: [UInt8]) { text.withLock { $0 += String(decoding: bytes, as: UTF8.self) } }
    var all: String { text.withLock { $0 } }
  }

  // `listeners` are their lines in YAML; `recording` takes the place of the one on disk; `files` stand beside the
  // configuration; `tokens` are more of them, and `more` lines of the configuration.
  init(
    listeners: String, policy: String, limits: String, approvals: Bool, durability: String,
    recording: (any SessionRecording)?, files: [String: String], tokens: [String], more: String,
    disk: any RecordingDisk = SystemDisk()
  ) throws {
    folder = URL(filePath: "/tmp/exhibit-gw-\(UUID().uuidString.prefix(8))")
    for name in ["state", "approvals"] {
      try FileManager.default.createDirectory(at: folder.appending(path: name), withIntermediateDirectories: true)
    }
    guard let token = NewToken() else { throw Failure(description: "no random numbers") }
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
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  static let now: @Sendable () -> Timestamp = {
    Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970 * 1_000_000_000))
  }

  var metrics: String { gateway.metricsText }

  func port(of listener: String) -> Int { gateway.port(of: listener) ?? 0 }

  func path(_ name: String) -> String { folder.appending(path: name).path }

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
}
