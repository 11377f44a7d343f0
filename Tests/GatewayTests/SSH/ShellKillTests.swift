import Evidence
import Foundation
import Model
import Pipeline
import Store
import TestKit
import Testing

@testable import Gateway

/// The command itself, killed as by `kill -9` while sessions are served, and started again in the same folder.
@Suite(.serialized) struct ShellKillTests {
  private static let program = Checkout.root.appending(path: ".build/debug/exhibit").path
  private static var isPossible: Bool {
    ScratchSSHD.isPresent && FileManager.default.isExecutableFile(atPath: program)
  }

  private func start(_ folder: URL, _ port: Int) throws -> Process {
    let process = Process()
    process.setUnblocked(
      "/bin/bash", ["-c", "exec \(Self.program) gateway --config \(folder.path)/gateway.yaml 2>> \(folder.path)/log"])
    try process.run()
    for _ in 0..<1_000 {
      if (try? RawSocket(port: port)) != nil { break }
      usleep(10_000)
    }
    return process
  }

  @Test(.enabled(if: isPossible, "no sshd, or no command"), arguments: ["strict", "batched"])
  func `what clients were told is in the recording, which verifies and reads`(durability: String) throws {
    let server = try ScratchSSHD()
    // It lends its keys and its files; its own listener is not asked.
    let shell = try ShellGateway(server, durability: durability)
    try shell.gateway.stop()
    let port = try Loopback.freePort()
    let folder = shell.gateway.folder
    let file = folder.appending(path: "gateway.yaml")
    try FileManager.default.removeItem(at: folder.appending(path: "recording"))
    let text = try String(contentsOf: file, encoding: .utf8)
    try text.replacing("listen: 127.0.0.1:0", with: "listen: 127.0.0.1:\(port)").write(
      to: file, atomically: false, encoding: .utf8)
    let known = try String(contentsOfFile: shell.path("gateway.pub"), encoding: .utf8)
    try "[127.0.0.1]:\(port) \(known)".write(toFile: shell.path("known_hosts"), atomically: true, encoding: .utf8)
    let ssh = shell.shell.replacing("-p \(shell.port)", with: "-p \(port)")
    let who = "coder@127.0.0.1"
    var told: [String] = []
    for round in 0..<3 {
      let process = try start(folder, port)
      try shell.start(
        "lines\(round)", "\(ssh) \(who) 'for i in $(seq 1000000); do echo round \(round) line $i end; done'")
      try shell.start(
        "files\(round)",
        """
        for i in $(seq 1000); do echo put /etc/hostname \(shell.path("put\(round)")).$i; done > batch\(round)
        /usr/bin/sftp -q -b batch\(round) -P \(port) \(ssh.replacing("/usr/bin/ssh -p \(port)", with: "")) \(who)
        """)
      try shell.start("shell\(round)", "\(ssh) -tt \(who) < <(sleep 0.5; printf 'echo typed\\r'; sleep 20)")
      _ = shell.said("lines\(round)", "line 100 ")
      usleep(UInt32.random(in: 100_000...900_000))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      for name in ["lines", "files", "shell"] { #expect(shell.said("\(name)\(round)").status == "255\n") }
      let lines = shell.said("lines\(round)").text.split(separator: "\n", omittingEmptySubsequences: true)
      told.append(String(try #require(lines.dropLast().last)))
    }
    let process = try start(folder, port)
    let last = try ShellGateway.run(
      ["/bin/bash", "-c", "\(ssh) \(who) echo still"], ["HOME": shell.folder.path, "PATH": "/usr/bin:/bin"])
    #expect(last.text == "still\n", "\(last)")
    process.terminate()
    process.waitUntilExit()
    let recorded = try shell.gateway.recordedBytes()
    if durability == "strict" {
      for line in told { #expect(recorded.range(of: Data((line + "\n").utf8)) != nil, "\(line)") }
    }
    let recording = folder.appending(path: "recording").path
    let key = try GatewayConfiguration(file: file.path).recording.key
    let verified = try LogVerifier(log: recording + "/log", recording: recording, trust: LogTrust(key: key.key))
      .verify()
    #expect(verified.verdict == .intact, "\(verified.reason)")
    let found = try shell.gateway.ingest()
    var kinds: Set<String> = []
    for session in try found.sessions() {
      try found.forEachAction(session: session.id) { kinds.insert("\($0.kind) \($0.verb)") }
    }
    #expect(kinds.isSuperset(of: ["exec SUBSYSTEM", "sftp put", "shell SHELL", "exec echo"]), "\(kinds)")
  }
}
