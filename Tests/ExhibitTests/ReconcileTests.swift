import Foundation
import TestKit
import Testing

/// Servers' own logs against captures, as people see it.
@Suite(.serialized) struct ReconcileTests {
  private struct Record: Decodable {
    var outcome: String
    var id: String
    var client: String?
    var text: String
    var effect: String
    var kind: String
    var actionId: String?
    var sessionId: String?
    var offsetNs: Int64?
    var reason: String?
  }

  private static var isPossible: Bool {
    let servers = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
    return !servers.isEmpty && FileManager.default.isExecutableFile(atPath: "/usr/bin/tcpdump")
  }

  private static let everything = "matched,differs,unseen,hidden,local,outside"

  /// Reads evidence into a case and gives what `reconcile` lists, with its exit code.
  private static func reconcile(
    _ inputs: [String], _ path: String, _ outcome: String = everything
  ) throws -> (records: [Record], code: Int32) {
    let ingest = try ExhibitProcess.run(["ingest"] + inputs + ["--case", path, "--quiet"])
    try #require(ingest.code == 0, "\(ingest.error)")
    let list = try ExhibitProcess.run(["reconcile", "--case", path, "--outcome", outcome, "--format", "json"])
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let records = try list.out.split(separator: "\n").map { try decoder.decode(Record.self, from: Data($0.utf8)) }
    return (records, list.code)
  }

  private static func query(_ path: String, _ sql: String) throws -> [String] {
    let rows = try ExhibitProcess.run(["-readonly", path, sql], program: "/usr/bin/sqlite3")
    try #require(rows.code == 0, "\(rows.error)")
    return rows.out.split(separator: "\n").map(String.init)
  }

  @Test func `what went around the capture is named, and fails the check`() throws {
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "a.exhibit").path
      let sample = Checkout.root.appending(path: "samples/witness")
      let inputs = ["input.pcap", "server.csv"].map { sample.appending(path: $0).path }
      let (records, code) = try Self.reconcile(inputs, path)
      #expect(code == 1)
      let unseen = records.filter { $0.outcome == "unseen" && $0.effect == "write" }.map(\.text)
      #expect(
        unseen == [
          "UPDATE orders SET total = 0 WHERE id = 150;", "DELETE FROM audit_log WHERE what LIKE 'order 150%';",
        ])
      #expect(records.filter { $0.outcome == "local" && $0.effect == "privilege" }.map(\.text) == ["GRANT shop TO dba"])
      #expect(records.filter { $0.outcome == "matched" && $0.kind == "request" }.count == 7)

      let policy = Checkout.root.appending(path: "samples/policies/production.yaml").path
      let check = try ExhibitProcess.run(["check", "--case", path, "--policy", policy])
      #expect(check.code == 1)
      #expect(check.out.contains("DELETE FROM audit_log WHERE what LIKE 'order 150%';"))
      #expect(check.out.contains("unseen-by-capture"))
      // Reports say it too: for people, for auditors, for programs.
      let html = folder.appending(path: "a.html").path
      let page = folder.appending(path: "soc2.html").path
      let json = folder.appending(path: "a.json").path
      let report = try ExhibitProcess.run([
        "report", "--case", path, "--policy", policy, "--html", html, "--compliance", page, "--framework", "soc2",
        "--json", json,
      ])
      #expect(report.code == 0, "\(report.error)")
      for file in [html, page] {
        let written = try String(contentsOfFile: file, encoding: .utf8)
        #expect(written.contains("Servers' own logs") || written.contains("Servers&#39; own logs"))
        #expect(written.contains("6 went past the point of capture"))
      }
      let told = try String(contentsOfFile: json, encoding: .utf8)
      #expect(told.contains(#""outcomes":{"local":4,"matched":16,"unseen":6}"#))
      let text = try ExhibitProcess.run(["reconcile", "--case", path])
      #expect(
        text.out.contains("7 of 7 captured actions are in the log") || text.out.contains("10 of 10 captured actions"))
    }
  }

  @Test func `what was taken back by a connection that only the log knows left nothing`() throws {
    try TemporaryFolder.with { folder in
      let sample = Checkout.root.appending(path: "samples/witness")
      let text = try String(contentsOf: sample.appending(path: "server.csv"), encoding: .utf8)
      let update = "statement: UPDATE orders SET total = 0 WHERE id = 150;"
      var lines: [String] = []
      for line in text.split(separator: "\n").map(String.init) {
        guard line.contains(update) else {
          lines.append(line)
          continue
        }
        for other in [
          "statement: BEGIN", update, "statement: SAVEPOINT a", "statement: DROP TABLE orders",
          "statement: ROLLBACK TO a", "statement: ROLLBACK",
        ] { lines.append(line.replacing(update, with: other)) }
      }
      let log = folder.appending(path: "server.csv")
      try (lines.joined(separator: "\n") + "\n").write(to: log, atomically: true, encoding: .utf8)
      let path = folder.appending(path: "a.exhibit").path
      _ = try Self.reconcile([sample.appending(path: "input.pcap").path, log.path], path)
      let found = try Self.query(
        path,
        """
        SELECT a.text || ' ' || a."transaction" FROM actions a JOIN server_sessions s ON s.session_id = a.session_id
        WHERE a.effect IN ('write', 'schema') ORDER BY a.id
        """)
      #expect(
        found == [
          "UPDATE orders SET total = 0 WHERE id = 150; rolled-back", "DROP TABLE orders rolled-back",
          "DELETE FROM audit_log WHERE what LIKE 'order 150%'; committed",
        ])
    }
  }

  @Test func `what is masked is masked in logs too, and still found to be the same`() throws {
    try TemporaryFolder.with { folder in
      let policy = folder.appending(path: "policy.yaml")
      try """
      version: 1
      rules: []
      default: require-approval
      masking:
        - { columns: [audit_log.what], action: redact }
      """.write(to: policy, atomically: true, encoding: .utf8)
      let path = folder.appending(path: "a.exhibit").path
      let sample = Checkout.root.appending(path: "samples/witness")
      let inputs = ["input.pcap", "server.csv"].map { sample.appending(path: $0).path }
      let (records, _) = try Self.reconcile(inputs + ["--policy", policy.path], path)
      #expect(records.filter { $0.outcome == "matched" && $0.kind == "request" }.count == 7)
      #expect(records.contains { $0.text.hasPrefix("INSERT INTO audit_log") && $0.outcome == "matched" })
      let bytes = try Data(contentsOf: URL(filePath: path))
      #expect(bytes.firstRange(of: Data("order 7 paid".utf8)) == nil)
      #expect(bytes.firstRange(of: Data("order 150".utf8)) == nil)
      #expect(bytes.firstRange(of: Data("storefront".utf8)) != nil)
    }
  }

  @Test func `a case without a server's log says what to do`() throws {
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "a.exhibit").path
      let input = Checkout.root.appending(path: "samples/witness/input.pcap").path
      #expect(try ExhibitProcess.run(["ingest", input, "--case", path, "--quiet"]).code == 0)
      let found = try ExhibitProcess.run(["reconcile", "--case", path])
      #expect(found.code == 3)
      #expect(found.error.contains("exhibit ingest LOG --case"))
      let wrong = try ExhibitProcess.run(["reconcile", "--case", path, "--outcome", "gone"])
      #expect(wrong.code == 3 && wrong.error.contains("matched, differs, unseen"))
    }
  }

  @Test(.enabled(if: isPossible, "no PostgreSQL server or no tcpdump here"))
  func `a real server's log and its capture tell the same, and each lack is named`() throws {
    try TemporaryFolder.with { folder in
      let recording = folder.appending(path: "recording")
      let script = Checkout.root.appending(path: "Tests/Live/record.sh").path
      let made = try ExhibitProcess.run([script, recording.path, "--statements", "400"], program: "/bin/bash")
      try #require(made.code == 0, "\(made.error)")
      func file(_ name: String) -> String { recording.appending(path: name).path }
      func place(_ name: String) -> String { folder.appending(path: name).path }

      // Both whole: they agree in everything that a network can show.
      let (whole, code) = try Self.reconcile([file("clean.pcap"), file("server.csv")], place("whole.exhibit"))
      #expect(code == 0)
      #expect(whole.count > 400)
      #expect(whole.filter { $0.outcome != "matched" }.allSatisfy { $0.outcome == "local" })
      let matched = whole.filter { $0.outcome == "matched" && $0.actionId != nil }
      #expect(Set(matched.compactMap(\.actionId)).count == matched.count, "an action is told once")
      #expect(try Self.query(place("whole.exhibit"), "SELECT count(*) FROM untold_actions") == ["0"])
      let (asJSON, _) = try Self.reconcile([file("clean.pcap"), file("server.json")], place("json.exhibit"))
      // What came first of two backends may differ.
      let isSame = Set(asJSON.compactMap(\.actionId)) == Set(matched.compactMap(\.actionId))
      #expect(isSame && asJSON.count == whole.count, "both forms of the log tell the same")

      try Self.damaged(file("damaged.pcap"), file("server.csv"), place("damaged.exhibit"), whole)
      try Self.removed(whole, file("clean.pcap"), file("server.csv"), folder)
      try Self.cut(whole, file("clean.pcap"), file("server.json"), folder)
      try Self.shifted(file("clean.pcap"), file("server.json"), folder)
    }
  }

  @Test(arguments: [true, false])
  func `calls of a cloud are those of its trail, by their ids or by name and time`(hasIDs: Bool) throws {
    try TemporaryFolder.with { folder in
      let capture = Checkout.root.appending(path: "samples/http/aws/input.pcap").path
      let path = folder.appending(path: "a.exhibit").path
      #expect(try ExhibitProcess.run(["ingest", capture, "--case", path, "--quiet"]).code == 0)
      let calls = try Self.query(
        path,
        """
        SELECT a.verb || ' ' || strftime('%Y-%m-%dT%H:%M:%SZ', a.started_ns / 1000000000, 'unixepoch') || ' ' ||
          (SELECT j.value ->> 1 FROM json_each(c.head, '$.response') j WHERE j.value ->> 0 = 'x-amzn-requestid')
        FROM actions a JOIN session s ON s.id = a.session_id JOIN call c ON c.n = (s.n << 32 | a.seq)
        ORDER BY a.started_ns, a.id
        """)
      try #require(calls.count == 14)
      var events: [[String: Any]] = calls.map { line in
        let parts = line.split(separator: " ").map(String.init)
        let verb = parts[0].split(separator: ":").map(String.init)
        var event: [String: Any] = [
          "eventVersion": "1.09", "eventTime": parts[1], "eventSource": "\(verb[0]).amazonaws.com",
          "eventName": verb[1], "awsRegion": "eu-central-1", "sourceIPAddress": "127.0.0.1",
          "userIdentity": ["type": "IAMUser", "accessKeyId": "AKIAFAKEEXAMPLE00001"],
          "eventID": "e-\(parts[2])", "eventType": "AwsApiCall",
        ]
        if hasIDs { event["requestID"] = parts[2] }
        return event
      }
      var other = events[0]
      other["eventSource"] = "iam.amazonaws.com"
      other["eventName"] = "DeleteUser"
      other["requestID"] = "another"
      events.append(other)
      let trail = folder.appending(path: "trail.json")
      try JSONSerialization.data(withJSONObject: ["Records": events], options: [.sortedKeys]).write(to: trail)
      let (records, code) = try Self.reconcile([trail.path], path)
      #expect(code == 1)
      #expect(records.count { $0.outcome == "matched" } == 14)
      let unseen = records.filter { $0.outcome == "unseen" }
      #expect(unseen.map(\.text) == ["iam:DeleteUser"])
      #expect(unseen.first?.effect == "privilege")
    }
  }

  private static var hasWebAndSSH: Bool {
    ["/usr/sbin/nginx", "/usr/sbin/sshd", "/usr/bin/tcpdump", "/usr/bin/curl"].allSatisfy(
      FileManager.default.isExecutableFile)
  }

  @Test(.enabled(if: hasWebAndSSH, "no nginx, sshd, curl or tcpdump here"))
  func `logs of nginx, HAProxy and sshd go together with their captures`() throws {
    try TemporaryFolder.with { folder in
      let script = Checkout.root.appending(path: "Tests/Live/server_logs.sh").path
      let made = try ExhibitProcess.run([script, folder.path], program: "/bin/bash")
      try #require(made.code == 0, "\(made.error)")
      func file(_ name: String) -> String { folder.appending(path: name).path }
      let hasProxy = FileManager.default.fileExists(atPath: file("haproxy.log"))
      let names = ["capture.pcap", "combined.log", "json.log", "sshd.log"] + (hasProxy ? ["haproxy.log"] : [])
      let path = file("a.exhibit")
      let (records, _) = try Self.reconcile(names.map(file), path)
      let asked = try String(contentsOfFile: file("asked"), encoding: .utf8)
      for line in asked.split(separator: "\n") where !hasProxy || line.contains("/relayed") == false {
        let parts = line.split(separator: " ")
        let text = "\(parts[1]) \(parts[2])"
        let found = records.filter { $0.text == text && $0.outcome == "matched" }
        // Two logs of one nginx, each with its own view of it.
        #expect(found.count >= 2, "\(text)")
      }
      // Without keys a capture of SSH does not tell who came; the log does.
      let logins = try Self.query(
        path,
        "SELECT user || ' ' || status FROM actions WHERE kind = 'login' AND session_id IN (SELECT session_id FROM server_sessions) ORDER BY 1"
      )
      #expect(logins.count == 5 && logins.contains("nobody here error"), "\(logins)")
      let outcomes = try Self.query(path, "SELECT DISTINCT outcome FROM server_sessions")
      #expect(outcomes == ["hidden"])
    }
  }

  private static var hasPooler: Bool {
    isPossible && ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].contains(where: FileManager.default.isExecutableFile)
  }

  @Test(.enabled(if: hasPooler, "no PgBouncer, PostgreSQL server or tcpdump here"))
  func `before a real pool all that was captured is in the server's log, and what went round it is named`() throws {
    try TemporaryFolder.with { folder in
      let script = Checkout.root.appending(path: "Tests/Live/pool.sh").path
      let made = try ExhibitProcess.run([script, folder.path], program: "/bin/bash")
      try #require(made.code == 0, "\(made.error)")
      let inputs = ["capture.pcap", "server.csv"].map { folder.appending(path: $0).path }
      let path = folder.appending(path: "a.exhibit").path
      let (records, code) = try Self.reconcile(inputs, path)
      #expect(code == 1)
      let counts = try JSONDecoder().decode(
        [String: Int].self, from: Data(contentsOf: folder.appending(path: "clients.json")))
      // Beside the clients four of pgbench with 25 transactions of four statements, and the first and the last.
      let asked = counts.values.reduce(0, +) + 4 * 25 * 4 + 2
      let told = records.filter { $0.kind == "request" && $0.actionId != nil }
      #expect(told.count == asked && Set(told.compactMap(\.actionId)).count == asked)
      #expect(told.allSatisfy { $0.outcome == "matched" })
      #expect(try Self.query(path, "SELECT count(*) FROM untold_actions") == ["0"])

      let client = try #require(records.first { $0.text.hasPrefix("DELETE FROM notes") }?.client)
      let round = records.filter { $0.client == client && $0.kind == "request" }
      #expect(round.count > 40 && round.allSatisfy { $0.outcome == "unseen" })
      // What is left is the pool's own, and nobody's who came another way.
      let others = records.filter { $0.outcome == "unseen" && $0.client != client }
      #expect(others.isEmpty, "\(others.map(\.text))")
      let sessions = try Self.query(path, "SELECT DISTINCT outcome FROM server_sessions ORDER BY 1")
      #expect(sessions == ["local", "unseen"] || sessions == ["unseen"], "\(sessions)")
    }
  }

  private static var hasPython: Bool {
    let environment = ProcessInfo.processInfo.environment
    let cache = environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "/tmp")/.cache"
    return FileManager.default.isExecutableFile(
      atPath: (environment["EXHIBIT_VENV"] ?? "\(cache)/exhibit/venv") + "/bin/python")
  }

  @Test(
    .enabled(if: isPossible && hasPython, "no PostgreSQL server, or no Python set up"), arguments: ["tcp", "socket"])
  func `a gateway's recording and its target's own log tell the same, and what went past it is named`(
    way: String
  ) throws {
    try TemporaryFolder.with { folder in
      let script = Checkout.root.appending(path: "Tests/Live/gateway_logs.sh").path
      let made = try ExhibitProcess.run([script, folder.path, way], program: "/bin/bash")
      try #require(made.code == 0, "\(made.out)\(made.error)")
      func file(_ name: String) -> String { folder.appending(path: name).path }
      let path = file("a.exhibit")
      let (records, code) = try Self.reconcile([file("recording"), file("server.csv")], path)
      #expect(code == 1)
      // All but the laboratory's own connections came through the gateway, and one past it.
      let others = records.filter { $0.outcome != "matched" && $0.outcome != "local" }
      let past = others.filter { $0.kind == "request" }
      #expect(past.map(\.text) == ["DELETE FROM kept WHERE id = 1"], "\(past)")
      #expect(past.first?.outcome == "unseen")
      // Cancels are connections of their own.
      #expect(others.allSatisfy { $0.client == past.first?.client || $0.kind == "connection" }, "\(others)")
      let matched = records.filter { $0.outcome == "matched" && $0.kind == "request" }
      #expect(matched.count > 300 && matched.allSatisfy { $0.actionId != nil })
      #expect(records.contains { $0.outcome == "matched" && $0.text == "exhibit refused what was to run here" })
      #expect(try Self.query(path, "SELECT count(*) FROM untold_actions") == ["0"])
      let local = try Self.query(
        path, "SELECT DISTINCT application FROM server_records WHERE outcome = 'local' AND kind = 'request'")
      #expect(local.allSatisfy { $0 == "lab" }, "\(local)")
      let check = try ExhibitProcess.run(["check", "--case", path, "--policy", file("policy.yaml")])
      let bypass = check.out.contains("gateway-bypassed") && check.out.contains("from 127.0.0.1")
      #expect(bypass, "\(check.out)")
    }
  }

  /// Gaps: what stood in them is told by the log, and nothing is said to have gone another way.
  private static func damaged(_ capture: String, _ log: String, _ path: String, _ whole: [Record]) throws {
    let (records, _) = try reconcile([capture, log], path)
    #expect(records.count == whole.count)
    #expect(records.allSatisfy { ["matched", "hidden", "local", "differs"].contains($0.outcome) })
    let hidden = records.filter { $0.outcome == "hidden" }
    print("damaged: \(hidden.count) of \(records.count) records only in the log")
    // Every one of them is an action of the case now, with the words that the capture lost.
    let texts = try query(
      path,
      "SELECT count(*) FROM actions a JOIN server_sessions s ON s.session_id = a.session_id WHERE outcome = 'hidden'")
    #expect(texts == ["\(hidden.count { $0.kind == "request" || $0.kind == "login" })"])
  }

  /// A connection that was not captured is unseen, exactly; captured later, it is not.
  private static func removed(_ whole: [Record], _ capture: String, _ log: String, _ folder: URL) throws {
    let seen = whole.filter { $0.outcome == "matched" }
    // Without the first or the last of them the capture would be shorter, and what they did outside of it.
    let edges = [seen.first?.client, seen.last?.client]
    let writers = Dictionary(grouping: seen) { $0.client ?? "" }
      .filter { client, own in own.contains { $0.effect == "write" } && !edges.contains(client) }
    let client = try #require(writers.keys.sorted().first { (writers[$0]?.count ?? 0) > 5 })
    let port = String(client.split(separator: ":").last ?? "")
    let (part, rest) = (folder.appending(path: "part.pcap").path, folder.appending(path: "rest.pcap").path)
    for (path, filter) in [(part, "not port \(port)"), (rest, "port \(port)")] {
      let made = try ExhibitProcess.run(
        ["-r", capture, "--time-stamp-precision=nano", "-Z", "root", "-w", path, filter], program: "/usr/bin/tcpdump")
      try #require(made.code == 0, "\(made.error)")
    }
    let path = folder.appending(path: "part.exhibit").path
    let (records, code) = try reconcile([part, log], path)
    #expect(code == 1)
    let unseen = records.filter { $0.outcome == "unseen" }
    #expect(Set(unseen.map(\.id)) == Set(whole.filter { $0.client == client }.map(\.id)))
    let told = try query(
      path,
      "SELECT a.text FROM actions a JOIN server_sessions s ON s.session_id = a.session_id WHERE outcome = 'unseen'")
    #expect(!told.isEmpty)
    // The other half comes: nothing is left that only the log tells.
    let (later, after) = try reconcile([rest], path)
    #expect(after == 0)
    #expect(later.filter { $0.outcome == "unseen" }.isEmpty)
    #expect(try query(path, "SELECT count(*) FROM server_sessions WHERE outcome = 'unseen'") == ["0"])
  }

  /// Lines that somebody took out of the log are missed.
  private static func cut(_ whole: [Record], _ capture: String, _ log: String, _ folder: URL) throws {
    let lines = try String(contentsOfFile: log, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false)
    let middle = lines.count / 2
    let place = try #require(
      lines.indices.dropFirst(middle).first {
        lines[$0].contains("\"message\":\"statement: UPDATE") || lines[$0].contains("\"message\":\"statement: INSERT")
      })
    var left = lines
    left.remove(at: place)
    let short = folder.appending(path: "short.json").path
    try left.joined(separator: "\n").write(toFile: short, atomically: true, encoding: .utf8)
    let path = folder.appending(path: "short.exhibit").path
    let (_, code) = try reconcile([capture, short], path)
    #expect(code == 1)
    let untold = try query(path, "SELECT text FROM actions WHERE id IN (SELECT action_id FROM untold_actions)")
    #expect(untold.count == 1)
    let first = untold.first.map { String($0.prefix(20)) } ?? "nothing"
    #expect(lines[place].contains(first), "\(untold) of \(lines[place].prefix(300))")
  }

  /// A clock an hour ahead hides nothing.
  private static func shifted(_ capture: String, _ log: String, _ folder: URL) throws {
    let text = try String(contentsOfFile: log, encoding: .utf8)
    let ahead = text.replacing(#/"timestamp":"(\d{4}-\d\d-\d\d) (\d\d):/#) { match in
      let hour = ((Int(match.output.2) ?? 0) + 1) % 24
      return "\"timestamp\":\"\(match.output.1) \(hour < 10 ? "0" : "")\(hour):"
    }
    // Over midnight the hour alone would go back a day.
    guard !text.contains(" 23:") else { return }
    let late = folder.appending(path: "late.json").path
    try ahead.write(toFile: late, atomically: true, encoding: .utf8)
    let path = folder.appending(path: "late.exhibit").path
    let (records, code) = try reconcile([capture, late], path)
    #expect(code == 0)
    #expect(records.allSatisfy { $0.outcome == "matched" || $0.outcome == "local" })
    let offset = try query(path, "SELECT offset_ns / 1000000000 FROM server_logs").first
    #expect(offset == "3600" || offset == "3599")
  }
}
