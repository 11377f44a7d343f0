import Foundation
import TestKit
import Testing

/// Ids of an agent's on the wire, set by the agent and by somebody else, with a real server and a real psql.
@Suite struct ForgedIDTests {
  private static var isPossible: Bool {
    ["/usr/bin/psql", "/usr/bin/tcpdump", "/usr/bin/jq"].allSatisfy(FileManager.default.isExecutableFile)
  }

  private static let forgedLogins = """
    SELECT count(*) FROM attributions t JOIN actions a ON a.id = t.action_id
    WHERE t.ambiguous = 0 AND a.session_id IN (SELECT session_id FROM anomalies WHERE code LIKE 'carrier-%')
    """

  private struct Row: Decodable {
    var id: String
    var text: String
    var code: String?
    var prompt: String?
    var confidence: Double?
    var ambiguous: Int?
  }

  @Test(.enabled(if: isPossible, "no psql, tcpdump or jq here"))
  func `the agent's own ids are believed, and those that contradict are anomalies and findings`() throws {
    try TemporaryFolder.with { folder in
      let script = Checkout.root.appending(path: "Tests/Live/forged.sh").path
      let made = try ExhibitProcess.run([script, folder.path], program: "/bin/bash")
      try #require(made.code == 0, "\(made.error)")
      let path = folder.appending(path: "case.exhibit").path
      let inputs = ["capture.pcap", "transcripts"].map { folder.appending(path: $0).path }
      let ingest = try ExhibitProcess.run(["ingest"] + inputs + ["--case", path])
      try #require(ingest.code == 0, "\(ingest.error)")
      #expect(ingest.out.contains("5 ids on the wire that what they name contradicts"))
      let rows = try rows(path)
      func row(_ start: String, at place: Int = 0) throws -> Row {
        let found = rows.filter { $0.text.hasPrefix(start) }
        return try #require(place < found.count ? found[place] : nil, "\(start)")
      }

      // What the agent did goes back to its prompts, and nothing is said against it.
      for (start, prompt) in [
        ("SELECT count(*) FROM orders WHERE", "Tell me which orders are new"),
        ("SELECT id", "Tell me which orders are new"), ("UPDATE orders SET state = 'shipped'", "Ship order 3"),
        ("SELECT max(id)", "Ship order 3"),
      ] {
        let row = try row(start)
        #expect(row.prompt == prompt && row.ambiguous == 0 && row.code == nil, "\(row)")
        #expect(row.confidence ?? 0 > 0.98, "\(row)")
      }
      #expect(try row("DELETE").code == "carrier-statement")
      #expect(try row("SELECT max(id)", at: 1).code == "carrier-target")
      #expect(try row("UPDATE orders SET state = 'paid'").code == "carrier-several")
      let yesterdays = try #require(rows.first { $0.text == "SELECT count(*) FROM orders" })
      #expect(yesterdays.code == "carrier-time")
      // None of them is told as if it were the agent's without a doubt.
      for row in rows where row.code != nil { #expect(row.prompt == nil || row.ambiguous == 1, "\(row)") }

      let forged = try #require(rows.first { $0.text.hasPrefix("DELETE") })
      let why = try ExhibitProcess.run(["why", forged.id, "--case", path])
      #expect(why.out.contains("carrier-statement") && why.out.contains("the id is not believed"), "\(why.out)")
      // Told once, of the login, and shown at the statement too.
      let later = try ExhibitProcess.run(["why", yesterdays.id, "--case", path])
      #expect(later.out.contains("carrier-time  told of"), "\(later.out)")
      // A login goes with the statements of its connection, not with an id that they contradict.
      let logins = try ExhibitProcess.run(
        ["-readonly", path, Self.forgedLogins], program: "/usr/bin/sqlite3")
      #expect(logins.out == "0\n", "\(logins.out) \(logins.error)")

      let check = try ExhibitProcess.run(["check", "--case", path])
      #expect(check.out.contains("carrier-statement"), "\(check.out)")
    }
  }

  private func rows(_ path: String) throws -> [Row] {
    let query = """
      SELECT a.id, a.text, n.code, p.text AS prompt, t.confidence, t.ambiguous FROM actions a
      LEFT JOIN anomalies n ON n.code LIKE 'carrier-%' AND n.detail LIKE a.session_id || '.%'
      LEFT JOIN attributions t ON t.action_id = a.id AND t.rank = 0 LEFT JOIN prompts p ON p.id = t.prompt_id
      WHERE a.kind = 'sql' ORDER BY a.started_ns, n.code
      """
    let found = try ExhibitProcess.run(["-readonly", "-json", path, query], program: "/usr/bin/sqlite3")
    try #require(found.code == 0, "\(found.error)")
    return try JSONDecoder().decode([Row].self, from: Data(found.out.utf8))
  }
}
