import Foundation
import TestKit
import Testing

/// One gateway before three protocols and an agent with hooks, as `samples/release` recorded it.
struct ReleaseSampleTests {
  private static let sample = Checkout.root.appending(path: "samples/release")

  private func with(_ body: (_ path: String) throws -> Void) throws {
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "release.exhibit").path
      let key = Self.sample.appending(path: "log.vkey").path
      let recording = Self.sample.appending(path: "recording").path
      let ingest = try ExhibitProcess.run(["ingest", recording, "--log-key", key, "--case", path])
      try #require(ingest.code == 0, "\(ingest.error)")
      try body(path)
    }
  }

  private func rows(_ path: String, _ sql: String) throws -> [String] {
    let rows = try ExhibitProcess.run(["-readonly", path, sql], program: "/usr/bin/sqlite3")
    try #require(rows.code == 0, "\(rows.error)")
    return rows.out.split(separator: "\n").map(String.init)
  }

  @Test func `every action of three protocols goes back to one of two prompts`() throws {
    try with { (path: String) throws in
      #expect(try rows(path, "SELECT kind, integrity FROM sources") == ["recording|intact"])
      #expect(
        try rows(
          path,
          """
          SELECT s.protocol, a.verb, a.status, p.ordinal FROM actions a JOIN sessions s ON s.id = a.session_id
          JOIN attributions t ON t.action_id = a.id JOIN prompts p ON p.id = t.prompt_id
          WHERE a.effect <> 'session' ORDER BY a.started_ns
          """)
          == [
            "http|GET|ok|0", "postgres|SELECT|ok|0", "ssh|git log|ok|0", "postgres|UPDATE|denied|4",
            "ssh|git push|ok|4",
            "http|DELETE|denied|4",
          ])
      #expect(
        try rows(path, "SELECT count(*) FROM actions WHERE id NOT IN (SELECT action_id FROM attributions)") == ["0"])
      // A CONNECT says nothing itself and hides nothing.
      #expect(try rows(path, "SELECT DISTINCT protocol FROM sessions WHERE bytes_in = 0") == ["http"])
      #expect(try rows(path, "SELECT code FROM anomalies").isEmpty)
    }
  }

  @Test func `why names who approved the push`() throws {
    try with { (path: String) throws in
      let push = try #require(try rows(path, "SELECT id FROM actions WHERE verb = 'git push'").first)
      let why = try ExhibitProcess.run(["why", push, "--case", path])
      #expect(why.out.contains("gateway       held by rule pushes"), "\(why.out)")
      #expect(why.out.contains("approval      approve, omar@shop.example"), "\(why.out)")
      #expect(!why.out.contains("none on record"), "\(why.out)")
      // By the id that came with the program on the host.
      #expect(why.out.contains("because       explicit-id"), "\(why.out)")
      let read = try #require(try rows(path, "SELECT id FROM actions WHERE verb = 'SELECT'").first)
      #expect(try ExhibitProcess.run(["why", read, "--case", path]).out.contains("approval      none on record"))
    }
  }

  @Test func `the push that waited is approved by who signed it in a browser, and nothing else was`() throws {
    try with { (path: String) throws in
      let check = try ExhibitProcess.run([
        "check", "--case", path, "--policy", Self.sample.appending(path: "policy.yaml").path, "--approvals",
        Self.sample.appending(path: "approvals").path,
      ])
      #expect(check.code == 1)
      #expect(check.out.contains("2 of 3 changes were not approved"), "\(check.out)")
      #expect(check.out.contains("approved: 1 change by omar@shop.example in held/"), "\(check.out)")
      #expect(!check.out.contains("not seen"), "\(check.out)")
      #expect(
        try rows(
          path,
          """
          SELECT a.verb, d.kind, d.outcome FROM decisions d JOIN actions a ON a.id = d.action_id ORDER BY d.at_ns
          """)
          == [
            "UPDATE|decision|denied", "git push|decision|held", "git push|approval|approve",
            "git push|decision|approved",
            "DELETE|decision|denied",
          ])
    }
  }
}
