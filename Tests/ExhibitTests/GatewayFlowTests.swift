import Foundation
import TestKit
import Testing

/// The command itself: what it recorded is evidence like any other.
@Suite(.enabled(if: ScratchPostgres.isPresent)) struct GatewayFlowTests {
  @Test func `a recording says afterwards what the gateway did, and a reload changes it`() throws {
    let server = try ScratchPostgres()
    _ = try server.query("CREATE TABLE orders (id int); INSERT INTO orders SELECT generate_series(1, 9)")
    try TemporaryFolder.with { folder in
      func path(_ name: String) -> String { folder.appending(path: name).path }
      try FileManager.default.createDirectory(atPath: path("state"), withIntermediateDirectories: true)
      let key = try ExhibitProcess.run(["log", "key", "gateway.example/flow", "--output", path("log.key")])
      #expect(key.code == 0 && key.out.hasPrefix("gateway.example/flow+"), "\(key.error)")
      let token = try ExhibitProcess.run(["gateway", "token", "agent"]).out
      let secret = try #require(token.firstMatch(of: #/(exg_[A-Za-z0-9_-]+)/#)).1
      let lines = token.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n")
      let strict = "version: 1\nrules: [{ id: all-rows, when: { unfiltered: true }, then: deny }]\ndefault: allow\n"
      try strict.write(toFile: path("policy.yaml"), atomically: true, encoding: .utf8)
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
      tokens:
      \(lines)
      """.write(toFile: path("gateway.yaml"), atomically: true, encoding: .utf8)
      let checked = try ExhibitProcess.run(["gateway", "check", "--config", path("gateway.yaml")])
      #expect(checked.code == 0, "\(checked.error)")

      let process = Process()
      process.setUnblocked(try ExhibitProcess.executable.path, ["gateway", "--config", path("gateway.yaml")])
      _ = FileManager.default.createFile(atPath: path("log"), contents: nil)
      process.standardError = try FileHandle(forWritingTo: folder.appending(path: "log"))
      try process.run()
      func awaitLog(_ text: String) throws {
        for _ in 0..<1_000 where !(try String(contentsOfFile: path("log"), encoding: .utf8)).contains(text) {
          usleep(10_000)
        }
        #expect(try String(contentsOfFile: path("log"), encoding: .utf8).contains(text))
      }
      try awaitLog("listening")
      let first = try String(contentsOfFile: path("log"), encoding: .utf8)
      let port = try #require(first.firstMatch(of: #/shop 127\.0\.0\.1 port (\d+)/#)).1
      func psql(_ text: String) throws -> ScratchPostgres.Output {
        try ScratchPostgres.run(
          "/usr/bin/psql", ["-X", "-A", "-t", "-c", text],
          environment: [
            "PGHOST": "127.0.0.1", "PGPORT": "\(port)", "PGUSER": "agent", "PGDATABASE": "scratch",
            "PGPASSWORD": String(secret), "HOME": "/tmp", "PATH": "/usr/bin:/bin",
          ])
      }
      #expect(try psql("DELETE FROM orders").errors.contains("permission denied by policy"))
      #expect(try psql("SELECT count(*) FROM orders").text == "9\n")
      try "version: 1\ndefault: allow\n".write(toFile: path("policy.yaml"), atomically: true, encoding: .utf8)
      kill(process.processIdentifier, SIGHUP)
      try awaitLog("reloaded")
      #expect(try psql("DELETE FROM orders").text == "DELETE 9\n")
      kill(process.processIdentifier, SIGTERM)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)

      let log = try String(contentsOfFile: path("log"), encoding: .utf8)
      #expect(!log.contains(secret))
      let ingest = try ExhibitProcess.run(
        ["ingest", path("recording"), "--case", path("x.exhibit"), "--quiet"])
      #expect(ingest.code == 0, "\(ingest.error)")
      let actions = try ExhibitProcess.run(["actions", "--case", path("x.exhibit"), "--format", "json"]).out
      let deletes = actions.split(separator: "\n").filter { $0.contains("DELETE FROM orders") }
      #expect(deletes.count == 2, "\(actions)")
      #expect(deletes.first?.contains("\"denied\"") == true && deletes.first?.contains("42501") == true)
      #expect(deletes.last?.contains("\"ok\"") == true)
      #expect(actions.contains("login as agent by scram-sha-256"))
    }
  }
}
