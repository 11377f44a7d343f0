import Foundation
import Glibc
import TestKit
import Testing

/// More clients than the system lets a process have connections.
@Suite(.enabled(if: ScratchPostgres.isPresent)) struct OpenFilesTests {
  @Test func `clients beyond what may be open are refused, and cost nobody a session`() throws {
    let server = try ScratchPostgres()
    try TemporaryFolder.with { folder in
      func path(_ name: String) -> String { folder.appending(path: name).path }
      try FileManager.default.createDirectory(atPath: path("state"), withIntermediateDirectories: true)
      _ = try ExhibitProcess.run(["log", "key", "gateway.example/files", "--output", path("log.key")])
      let token = try ExhibitProcess.run(["gateway", "token", "agent"]).out
      let secret = try #require(token.firstMatch(of: #/(exg_[A-Za-z0-9_-]+)/#)).1
      let lines = token.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n")
      try "version: 1\ndefault: allow\n".write(toFile: path("policy.yaml"), atomically: true, encoding: .utf8)
      try """
      version: 1
      policy: policy.yaml
      state: state
      recording: { directory: recording, key: log.key }
      listeners:
        - name: shop
          protocol: postgres
          listen: 127.0.0.1:0
          authentication: scram-sha-256
          target: { name: shop, server: "\(server.folder.path):5432", user: postgres, databases: [scratch] }
      limits: { sessions: 5000, sessions-per-identity: 5000 }
      tokens:
      \(lines)
      """.write(toFile: path("gateway.yaml"), atomically: true, encoding: .utf8)
      let process = Process()
      let gateway = try ExhibitProcess.executable.path
      process.setUnblocked(
        "/bin/bash", ["-c", "ulimit -n 200; exec '\(gateway)' gateway --config '\(path("gateway.yaml"))'"])
      _ = FileManager.default.createFile(atPath: path("log"), contents: nil)
      process.standardError = try FileHandle(forWritingTo: folder.appending(path: "log"))
      try process.run()
      defer { process.terminate() }
      func log() throws -> String { try String(contentsOfFile: path("log"), encoding: .utf8) }
      func awaitLog(_ text: String) throws {
        for _ in 0..<1_000 {
          if try log().contains(text) { return }
          usleep(10_000)
        }
        Issue.record("the log does not say \(text)")
      }
      try awaitLog("listening")
      let port = try #require(try log().firstMatch(of: #/shop 127\.0\.0\.1 port (\d+)/#)).1
      let psql = Process()
      psql.setUnblocked("/usr/bin/psql", ["-X", "-A", "-t", "-v", "ON_ERROR_STOP=1"])
      psql.environment = [
        "PGHOST": "127.0.0.1", "PGPORT": "\(port)", "PGUSER": "agent", "PGDATABASE": "scratch",
        "PGPASSWORD": String(secret), "HOME": "/tmp", "PATH": "/usr/bin:/bin",
      ]
      let (input, output) = (Pipe(), Pipe())
      (psql.standardInput, psql.standardOutput) = (input, output)
      try psql.run()
      try input.fileHandleForWriting.write(contentsOf: Data("SELECT 41 + 1;\n".utf8))
      #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) == "42\n")

      // Clients that connect and say nothing.
      let crowd = try (0..<300).map { _ in try Self.connect(UInt16(port) ?? 0) }
      try awaitLog("too few open files are left")
      try input.fileHandleForWriting.write(contentsOf: Data("SELECT 42 + 1;\n".utf8))
      #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) == "43\n")
      for one in crowd { close(one) }
      try input.fileHandleForWriting.close()
      psql.waitUntilExit()
      #expect(psql.terminationStatus == 0)
      kill(process.processIdentifier, SIGTERM)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      let said = try log()
      #expect(!said.contains("recording failed"), "\(said.suffix(2_000))")
      let verified = try ExhibitProcess.run(["verify", path("recording"), "--key", path("log.key") + ".vkey"])
      #expect(verified.code == 0, "\(verified.error)")
    }
  }

  private static func connect(_ port: UInt16) throws -> Int32 {
    let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    try #require(made >= 0)
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = port.bigEndian
    place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = unsafe withUnsafePointer(to: &place) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.connect(made, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(status == 0)
    return made
  }
}
