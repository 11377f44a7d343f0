import Foundation
import Model
import TestKit

@testable import Gateway

/// A gateway before a server of SSH, and OpenSSH's client, whose key lets in.
final class ShellGateway {
  let gateway: WebGateway
  let folder: URL
  private var started: [Process] = []

  init(
    _ server: ScratchSSHD, policy: String = WebGateway.open, authentication: String = "public-key",
    limits: String = "hold: 20s", approvals: Bool = false, durability: String = "strict", listener: String = "",
    target: String? = nil, tokens: [String] = [], files: [String: String] = [:],
    recording: (any SessionRecording)? = nil, more: String = "", disk: any RecordingDisk = SystemDisk()
  ) throws {
    folder = URL(filePath: "/tmp/exhibit-ssh-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    for name in ["gateway", "client"] { try ScratchSSHD.makeKey(folder.appending(path: name).path) }
    gateway = try WebGateway(
      """
        - name: build
          protocol: ssh
          listen: 127.0.0.1:0
          authentication: \(authentication)
          host-keys: \(folder.path)/gateway
          \(listener)
          target: \(target ?? server.target)
      """, policy: policy, limits: limits, approvals: approvals, durability: durability, recording: recording,
      files: files,
      tokens: ["{ name: coder, human: bob@example.com, agent: codex, ssh-keys: \(folder.path)/client.pub }"] + tokens,
      more: more, disk: disk)
    let known = try String(contentsOf: folder.appending(path: "gateway.pub"), encoding: .utf8)
    try "[127.0.0.1]:\(port) \(known)".write(
      to: folder.appending(path: "known_hosts"), atomically: true, encoding: .utf8)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var port: Int { gateway.port("build") }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  /// Options that leave nothing to the machine's own settings.
  var options: [String] {
    [
      "-F", "none", "-i", path("client"), "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
      "-o", "UserKnownHostsFile=\(path("known_hosts"))", "-o", "GlobalKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
    ]
  }

  /// The client's command line, for programs that start it.
  var shell: String { (["/usr/bin/ssh", "-p", "\(port)"] + options).joined(separator: " ") }

  func ssh(_ arguments: [String], as user: String = "coder", options more: [String] = []) throws
    -> ScratchPostgres.Output
  {
    try Self.run(["/usr/bin/ssh", "-p", "\(port)"] + options + more + ["\(user)@127.0.0.1"] + arguments)
  }

  private var environment: [String: String] {
    [
      "SSH": shell, "WHO": "coder@127.0.0.1", "PORT": "\(port)", "HERE": folder.path, "HOME": folder.path,
      "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin", "TERM": "xterm",
    ]
  }

  /// Starts a script and goes on.
  func start(_ name: String, _ script: String) throws {
    let process = Process()
    let keeper = "cd $HERE; timeout 100 bash -c \"$BODY\" > \(name).out 2> \(name).err; echo $? > \(name).status"
    process.setUnblocked("/bin/bash", ["-c", keeper])
    process.environment = environment.merging(["BODY": script]) { $1 }
    process.standardInput = FileHandle.nullDevice
    try process.run()
    started.append(process)
  }

  /// Waits until it said something, or until it has ended.
  func said(_ name: String, _ text: String? = nil) -> (status: String, text: String, errors: String) {
    func read(_ end: String) -> String {
      (try? String(contentsOfFile: path("\(name).\(end)"), encoding: .utf8)) ?? ""
    }
    let deadline = Date().addingTimeInterval(60)
    while text.map({ !read("out").contains($0) }) ?? read("status").isEmpty, Date() < deadline { usleep(20_000) }
    return (read("status"), read("out"), read("err"))
  }

  /// With a script of bash, in which `$SSH` is the client with its options and `$WHO` whom it asks.
  func bash(_ script: String, _ more: [String: String] = [:]) throws -> ScratchPostgres.Output {
    return try Self.run(["/bin/bash", "-c", script], self.environment.merging(more) { $1 })
  }

  static func run(_ words: [String], _ environment: [String: String]? = nil) throws -> ScratchPostgres.Output {
    try ScratchPostgres.run("/usr/bin/timeout", ["100"] + words, environment: environment)
  }

  // MARK: Decisions

  func waiting(_ count: Int = 1, verb: String? = nil) -> [HeldRequest] { gateway.waiting(count, verb: verb) }

  func decide(_ held: HeldRequest, _ namespace: String, by signer: Signer, reason: String = "") throws {
    try gateway.decide(held, namespace, by: signer, reason: reason)
  }

  func verdicts() throws -> [String] { try gateway.verdicts() }
}
