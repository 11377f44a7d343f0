import Foundation
import TestKit
import Testing

/// The command itself.
@Suite struct RelayFlowTests {
  @Test func `a relay's file is checked, and it stops when it is told to though there is no gateway`() throws {
    try TemporaryFolder.with { folder in
      func path(_ name: String) -> String { folder.appending(path: name).path }
      try ScratchPostgres.check(
        try ScratchPostgres.run(
          "/usr/bin/openssl",
          [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-keyout", path("a.key"), "-out", path("a.pem"), "-subj", "/CN=a", "-addext", "subjectAltName=DNS:plant-a",
          ]))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path("a.key"))
      let text = """
        version: 1
        gateway: 127.0.0.1:\(try Loopback.freePort())
        tls: { certificate: a.pem, key: a.key, authority: a.pem, name: gateway.test }
        targets: [orders.plant:5432]
        """
      try text.write(toFile: path("relay.yaml"), atomically: true, encoding: .utf8)
      let good = try ExhibitProcess.run(["relay", "check", "--config", path("relay.yaml")])
      #expect(good.code == 0 && good.out.contains("orders.plant:5432"), "\(good)")
      let process = Process()
      process.setUnblocked(try ExhibitProcess.executable.path, ["relay", "--config", path("relay.yaml")])
      _ = FileManager.default.createFile(atPath: path("log"), contents: nil)
      process.standardError = try FileHandle(forWritingTo: folder.appending(path: "log"))
      try process.run()
      func log() throws -> String { try String(contentsOfFile: path("log"), encoding: .utf8) }
      // The second pause follows another attempt.
      for _ in 0..<1_000 where try log().components(separatedBy: "\"not connected\"").count < 3 { usleep(10_000) }
      #expect(try log().components(separatedBy: "\"not connected\"").count >= 3)
      process.terminate()
      process.waitUntilExit()
      #expect(try process.terminationStatus == 0 && log().contains("\"stopped\""))
      try text.replacing("targets:", with: "target:").write(
        toFile: path("relay.yaml"), atomically: true, encoding: .utf8)
      let bad = try ExhibitProcess.run(["relay", "check", "--config", path("relay.yaml")])
      #expect(bad.code == 3 && bad.error.contains("relay.yaml:4:9: unknown key \"target\""), "\(bad)")
    }
  }
}
