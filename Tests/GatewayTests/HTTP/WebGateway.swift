import Foundation
import Model
import Pipeline
import Store
import TestKit

@testable import Gateway

/// A gateway before servers of HTTP, in this process, with a token that lets in.
final class WebGateway: GatewayInProcess {
  // `listeners` are their lines in YAML; the rest as the gateway has it.
  init(
    _ listeners: String, policy: String = WebGateway.open, limits: String = "hold: 20s", approvals: Bool = false,
    durability: String = "strict", recording: (any SessionRecording)? = nil, files: [String: String] = [:],
    tokens: [String] = [], more: String = "", disk: any RecordingDisk = SystemDisk()
  ) throws {
    try super.init(
      listeners: listeners, policy: policy, limits: limits, approvals: approvals, durability: durability,
      recording: recording, files: files, tokens: tokens, more: more, disk: disk)
  }

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

  func port(_ name: String = "web") -> Int { port(of: name) }

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
