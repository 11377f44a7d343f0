import Foundation
import TestKit
import Testing

/// `exhibit approvals` at a gateway that runs, and what `check` makes of its recording.
@Suite(.enabled(if: ScratchPostgres.isPresent)) struct LiveApprovalTests {
  private static func policy(_ time: String) -> String {
    """
    version: 1
    rules:
      - { id: reads, when: { effect: [read, session] }, then: allow }
    default: require-approval
    approvals: { signers: allowed_signers, namespace: test\(time) }
    """
  }

  @Test func `a person lists, reads, approves and denies; the recording proves that he came first`() throws {
    let server = try ScratchPostgres()
    try TemporaryFolder.with { folder in
      func path(_ name: String) -> String { folder.appending(path: name).path }
      func exhibit(_ arguments: String...) throws -> ExhibitProcess.Outcome { try ExhibitProcess.run(arguments) }
      for name in ["state", "approvals"] {
        try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
      }
      #expect(try exhibit("log", "key", "gateway.example/live", "--output", path("log.key")).code == 0)
      try ScratchPostgres.check(
        try ScratchPostgres.run(
          "/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "bob", "-f", path("bob")]))
      let publicKey = try String(contentsOfFile: path("bob.pub"), encoding: .utf8)
      try "bob@example.com \(publicKey)bob@example.com cert-authority \(publicKey)".write(
        toFile: path("allowed_signers"), atomically: true, encoding: .utf8)
      let token = try exhibit("gateway", "token", "agent").out
      let secret = String(try #require(token.firstMatch(of: #/(exg_[A-Za-z0-9_-]+)/#)).1)
      let lines = token.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n")
      try Self.policy("").write(toFile: path("policy.yaml"), atomically: true, encoding: .utf8)
      try """
      version: 1
      policy: policy.yaml
      approvals: approvals
      state: state
      socket: gateway.sock
      page: { listen: 127.0.0.1:0, longest: 2h }
      recording: { directory: recording, key: log.key }
      listeners:
        - name: shop
          protocol: postgres
          listen: 127.0.0.1:0
          authentication: scram-sha-256
          estimate: true
          target: { name: shop, server: "\(server.folder.path):5432", user: postgres, databases: [scratch] }
      tokens:
      \(lines)
      """.write(toFile: path("gateway.yaml"), atomically: true, encoding: .utf8)
      let process = Process()
      process.setUnblocked(try ExhibitProcess.executable.path, ["gateway", "--config", path("gateway.yaml")])
      _ = FileManager.default.createFile(atPath: path("log"), contents: nil)
      process.standardError = try FileHandle(forWritingTo: folder.appending(path: "log"))
      try process.run()
      defer { process.terminate() }
      func logged(_ text: String, _ count: Int = 1) throws -> String {
        for _ in 0..<2_000 {
          let log = try String(contentsOfFile: path("log"), encoding: .utf8)
          if log.components(separatedBy: text).count > count { return log }
          usleep(10_000)
        }
        return try String(contentsOfFile: path("log"), encoding: .utf8)
      }
      let port = try #require(try logged("listening").firstMatch(of: #/shop 127\.0\.0\.1 port (\d+)/#)).1
      func psql(_ text: String) throws -> (process: Process, output: String) {
        let client = Process()
        client.setUnblocked("/usr/bin/psql", ["-X", "-A", "-t", "-c", text])
        client.environment = [
          "PGHOST": "127.0.0.1", "PGPORT": "\(port)", "PGUSER": "agent", "PGDATABASE": "scratch", "PGPASSWORD": secret,
          "HOME": "/tmp", "PATH": "/usr/bin:/bin",
        ]
        let output = path("psql-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: output, contents: nil)
        let handle = try FileHandle(forWritingTo: URL(filePath: output))
        client.standardOutput = handle
        client.standardError = handle
        try client.run()
        return (client, output)
      }
      let socket = ["--socket", path("gateway.sock")]
      func approvals(_ arguments: String...) throws -> ExhibitProcess.Outcome {
        try ExhibitProcess.run(["approvals"] + arguments + socket)
      }
      let none = try approvals("list")
      #expect(none.code == 0 && none.error == "nothing waits\n", "\(none)")

      let first = try psql("CREATE TABLE made (id int) /* \u{1b}[31m */")
      _ = try logged("\"held\"")
      let list = try approvals("list")
      #expect(list.out.contains("CREATE TABLE made") && !list.out.contains("\u{1b}"), "\(list)")
      let shown = try approvals("show", "1", "--bytes", path("bytes"))
      #expect(shown.code == 0, "\(shown)")
      for text in ["somebody@example.com", "message Q of ", "rule", "CREATE TABLE made (id int)", "database scratch"] {
        #expect(shown.out.contains(text), "\(text): \(shown.out)")
      }
      #expect(!shown.out.contains("\u{1b}"))
      let bytes = try Data(contentsOf: folder.appending(path: "bytes"))
      #expect(bytes.first == UInt8(ascii: "Q") && bytes.contains(0x1b) && bytes.last == 0)
      let unasked = try approvals("approve", "1", "--key", path("bob"))
      #expect(unasked.code == 3 && unasked.error.contains("--yes"), "\(unasked)")
      let approved = try approvals("approve", "1", "--key", path("bob"), "--yes")
      #expect(approved.code == 0 && approved.out.contains("approve by bob@example.com"), "\(approved)")
      #expect(
        approved.out.contains("1 is over: approved") && approved.out.contains("| CREATE TABLE made"), "\(approved)")
      first.process.waitUntilExit()
      #expect(try String(contentsOfFile: first.output, encoding: .utf8).contains("CREATE TABLE"))

      // A browser's key is certified; here one that ssh-keygen made stands for it.
      let page =
        "http://127.0.0.1:" + (try #require(try logged("listening").firstMatch(of: #/page 127\.0\.0\.1 port (\d+)/#)).1)
      try ScratchPostgres.check(
        try ScratchPostgres.run(
          "/usr/bin/ssh-keygen", ["-q", "-t", "ecdsa", "-b", "256", "-N", "", "-C", "", "-f", path("browser")]))
      func ask(_ place: String, _ text: String) throws -> String {
        try ScratchPostgres.run(
          "/usr/bin/curl",
          ["-s", "-H", "Content-Type: application/json", "-H", "Origin: \(page)", "-d", text, page + place]
        ).text
      }
      let key = try String(contentsOfFile: path("browser.pub"), encoding: .utf8).trimmingCharacters(
        in: .whitespacesAndNewlines)
      let begun = try ask("/login", #"{"key":"\#(key)"}"#)
      let code = String(try #require(begun.firstMatch(of: #/"code":"([A-Z0-9-]+)"/#)).1)
      let strange = try approvals("login", "AAAA-AAAA", "--key", path("bob"), "--yes")
      #expect(strange.code == 3 && strange.error.contains("no browser waits"), "\(strange)")
      let nobody = try approvals("login", code, "--key", path("browser"), "--yes")
      #expect(nobody.code == 3 && nobody.error.contains("cert-authority ecdsa-sha2"), "\(nobody)")
      let login = try approvals("login", code, "--key", path("bob"), "--yes")
      #expect(login.code == 0 && login.out.contains("logged in as bob@example.com"), "\(login)")
      #expect(login.out.contains("2 h") && login.out.contains("curl/"), "\(login)")
      let certificate = try ask("/login/look", #"{"code":"\#(code)"}"#)
      #expect(certificate.contains("ecdsa-sha2-nistp256-cert-v01@openssh.com"), "\(certificate)")

      let second = try psql("DROP TABLE made")
      _ = try logged("\"held\"", 2)
      let mute = try approvals("deny", "2", "--key", path("bob"), "--yes")
      #expect(mute.code == 3 && mute.error.split(separator: "\n").count == 1, "\(mute)")
      let denied = try approvals("deny", "2", "--key", path("bob"), "--yes", "--reason", "not today")
      #expect(denied.code == 0 && denied.out.contains("2 is over: denied"), "\(denied)")
      second.process.waitUntilExit()
      #expect(
        try String(contentsOfFile: second.output, encoding: .utf8).contains("bob@example.com rejected it: not today"))
      let gone = try approvals("show", "2")
      #expect(gone.code == 3 && gone.error.contains("it is over: denied"), "\(gone)")
      process.terminate()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      #expect(try approvals("list").error.contains("no gateway answers there"))

      try check(folder)
    }
  }

  /// The gateway's word counts only for a recording that verifies.
  private func check(_ folder: URL) throws {
    func path(_ name: String) -> String { folder.appending(path: name).path }
    let verify = try ExhibitProcess.run(["verify", path("recording"), "--key", path("log.key.vkey")])
    #expect(verify.code == 0 && verify.out.contains(": intact\n"), "\(verify)")
    try Self.policy(", time: unproven").write(toFile: path("lax.yaml"), atomically: true, encoding: .utf8)
    for (name, key) in [("verified", ["--log-key", path("log.key.vkey")]), ("blind", [])] {
      let file = path("\(name).exhibit")
      let ingest = try ExhibitProcess.run(["ingest", path("recording"), "--case", file, "--quiet"] + key)
      #expect(ingest.code == 0, "\(ingest)")
      func judge(_ policy: String) throws -> (code: Int32, findings: String) {
        let check = try ExhibitProcess.run([
          "check", "--case", file, "--policy", path(policy), "--approvals", path("approvals"),
        ])
        let found = try ExhibitProcess.run(["findings", "--case", file, "--format", "json"])
        return (check.code, found.out)
      }
      func isFound(_ rule: String, _ findings: String) -> Bool { findings.contains("\"rule\":\"\(rule)\"") }
      let strict = try judge("policy.yaml").findings
      let lax = try judge("lax.yaml").findings
      #expect(isFound("approval-undated", strict) == (name == "blind"), "\(strict)")
      #expect(isFound("approval-unproven", lax) == (name == "blind"), "\(lax)")
      let rows = try ExhibitProcess.run(
        [
          "-readonly", file,
          """
          SELECT kind, outcome, people, key LIKE 'SHA256:%', length(request_sha256), seen_ns <= at_ns FROM decisions
          ORDER BY packet
          """,
        ], program: "/usr/bin/sqlite3")
      #expect(
        rows.out == """
          decision|held|[]|||
          approval|approve|["bob@example.com"]|1|64|1
          decision|approved|["bob@example.com"]||64|
          decision|held|[]|||
          approval|reject|["bob@example.com"]|1|64|1
          decision|denied|["bob@example.com"]||64|

          """, "\(rows)")
      let action = try ExhibitProcess.run(
        ["-readonly", file, "SELECT id FROM actions WHERE verb = 'CREATE TABLE'"], program: "/usr/bin/sqlite3")
      let show = try ExhibitProcess.run([
        "show", action.out.trimmingCharacters(in: .newlines), "--case", file,
      ])
      #expect(show.out.contains("the gateway saw the signature at 20"), "\(show)")
      #expect(show.out.contains("approve, bob@example.com, SHA256:"), "\(show)")
      let report = try ExhibitProcess.run([
        "report", "--case", file, "--policy", path("lax.yaml"), "--approvals", path("approvals"), "--html",
        path("\(name).html"),
      ])
      #expect(report.code <= 1, "\(report)")
      let html = try String(contentsOfFile: path("\(name).html"), encoding: .utf8)
      #expect(html.contains("bob@example.com"))
    }
  }
}
