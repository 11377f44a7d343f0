import Foundation
import Model
import TestKit
import Testing

/// Real nginx, HAProxy and sshd: their logs tell what their clients did.
@Suite struct ServerLogLiveTests {
  private static var isPossible: Bool {
    ["/usr/sbin/nginx", "/usr/sbin/sshd", "/usr/bin/ssh", "/usr/bin/curl"].allSatisfy {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }

  /// `port METHOD target status`, as the client knows them.
  private static func asked(_ file: URL) throws -> [String] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  private static func told(_ reading: ServerLogReading) -> [String] {
    reading.requests.filter { !$0.text.hasSuffix("/ready") }.map { record in
      guard case .host(_, let port?) = record.peer else { return record.text }
      return "\(port) \(record.text) \(record.code ?? "")"
    }
  }

  @Test(.enabled(if: isPossible, "nginx, sshd or curl is not here"))
  func `logs of real servers tell what was asked`() throws {
    try TemporaryFolder.with { folder in
      let process = Process()
      process.setUnblocked("/bin/bash", [Checkout.root.appending(path: "Tests/Live/server_logs.sh").path, folder.path])
      process.standardInput = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0, "Tests/Live/server_logs.sh failed")
      func read(_ name: String) throws -> ServerLogReading {
        ServerLogReading([UInt8](try Data(contentsOf: folder.appending(path: name))), path: name)
      }
      let asked = try Self.asked(folder.appending(path: "asked"))
      #expect(asked.count == 7)
      for (name, format) in [("combined.log", "nginx"), ("json.log", "access-json")] {
        let reading = try read(name)
        #expect(reading.format == format)
        #expect(reading.anomalies.isEmpty)
        #expect(Self.told(reading) == asked)
        #expect(reading.requests[1].application == "agent \"quoted\" \\back")
        #expect(reading.requests.last?.user == "ann bell")
        #expect(reading.requests.allSatisfy { $0.nativeIDs.count == 1 && $0.duration != nil && $0.isEnd })
        #expect(reading.requests.allSatisfy { $0.precision == 1_000_000 })
      }
      if FileManager.default.fileExists(atPath: folder.appending(path: "haproxy.log").path) {
        let reading = try read("haproxy.log")
        #expect(reading.format == "haproxy")
        #expect(reading.anomalies.map(\.code.name) == ["server-log-time-zone"])
        #expect(Self.told(reading) == (try Self.asked(folder.appending(path: "asked-haproxy"))))
        #expect(reading.records.count { $0.kind == .connection } == 1)
      }
      let ssh = try read("sshd.log")
      #expect(ssh.format == "sshd")
      let key = try #require(try Self.asked(folder.appending(path: "key")).first)
      let records = ssh.records
      let accepted = records.filter { $0.kind == .login && $0.status == .ok }
      #expect(accepted.count == 3)
      #expect(accepted.allSatisfy { $0.message == "publickey ED25519 \(key)" })
      #expect(records.contains { $0.kind == .login && $0.status == .error && $0.user == "nobody here" })
      let commands = records.filter { $0.kind == .command }.map { "\($0.text.prefix(9)) \($0.isCut)" }
      #expect(commands == ["command true", "shell on  false", "subsystem false"])
      let connections = records.filter { $0.kind == .connection }.map(\.peer)
      #expect(connections.count == 5 && Set(connections).count == 5)
      #expect(records.contains { $0.kind == .disconnection && $0.user == "nobody here" })
      // Each connection has one end, unless sshd was stopped before it told it.
      let ends = records.filter { $0.kind == .disconnection }.map(\.peer)
      #expect(ends.count == Set(ends).count && ends.count >= 4 && Set(ends).isSubset(of: connections))
      print("\(asked.count) requests of nginx, \(records.count) records of sshd")
    }
  }
}
