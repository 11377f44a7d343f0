import Foundation
import TestKit
import Testing

/// The recording among the samples, as people use it.
struct GatewaySampleTests {
  private static let sample = Checkout.root.appending(path: "samples/gateway")
  private static let recording = sample.appending(path: "recording").path
  private static let key = sample.appending(path: "log.vkey").path

  @Test func `a recording is intact, and tells who was behind what was refused, held and approved`() throws {
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "g.exhibit").path
      let ingest = try ExhibitProcess.run(["ingest", Self.recording, "--log-key", Self.key, "--case", path])
      try #require(ingest.code == 0, "\(ingest.error)")
      #expect(!ingest.error.contains("no capture"), "\(ingest.error)")
      func query(_ sql: String) throws -> [String] {
        let rows = try ExhibitProcess.run(["-readonly", path, sql], program: "/usr/bin/sqlite3")
        try #require(rows.code == 0, "\(rows.error)")
        return rows.out.split(separator: "\n").map(String.init)
      }
      #expect(try query("SELECT kind, integrity FROM sources") == ["recording|intact"])
      #expect(
        try query("SELECT DISTINCT agent, human, application FROM sessions") == [
          "claude-code|lin@shop.example|claude-code"
        ])
      #expect(
        try query(
          """
          SELECT a.verb, d.outcome FROM decisions d JOIN actions a ON a.id = d.action_id WHERE d.kind = 'decision'
          ORDER BY d.at_ns
          """)
          == [
            "UPDATE|denied", "ALTER TABLE|held", "ALTER TABLE|approved", "CREATE INDEX|approved", "UPDATE|approved",
          ])
      #expect(
        try query(
          """
          SELECT a.verb, d.outcome, d.people, d.key LIKE 'SHA256:%', d.seen_ns < d.at_ns FROM decisions d
          JOIN actions a ON a.id = d.action_id WHERE d.kind = 'approval' ORDER BY d.at_ns
          """)
          == ["ALTER TABLE", "CREATE INDEX", "UPDATE"].map { "\($0)|approve|[\"omar@shop.example\"]|1|1" })
      let check = try ExhibitProcess.run([
        "check", "--case", path, "--policy", Self.sample.appending(path: "policy.yaml").path, "--approvals",
        Self.sample.appending(path: "approvals").path,
      ])
      #expect(check.code == 1)
      #expect(check.out.contains("1 of 4 changes was not approved"))
      #expect(check.out.contains("approved: 3 changes by omar@shop.example in 0042.approval"))
    }
  }

  @Test func `what the gateway held was done when it let it go, where its recording verifies`() throws {
    try TemporaryFolder.with { folder in
      let policy = Self.sample.appending(path: "policy.yaml")
      let signers = Self.sample.appending(path: "allowed_signers").path
      func check(_ name: String, _ keys: [String], isDated: Bool = true) throws -> ExhibitProcess.Outcome {
        let path = folder.appending(path: name).path
        let ingest = try ExhibitProcess.run(["ingest", Self.recording, "--case", path, "--quiet"] + keys)
        try #require(ingest.code == 0, "\(ingest.error)")
        // A second in which the ALTER TABLE was asked for, and not yet let go.
        let time = try ExhibitProcess.run(
          [
            "-readonly", path,
            """
            SELECT strftime('%Y-%m-%dT%H:%M:%SZ', min(at_ns) / 1000000000, 'unixepoch') FROM decisions
            WHERE outcome = 'approved'
            """,
          ], program: "/usr/bin/sqlite3")
        return try ExhibitProcess.run(
          [
            "check", "--case", path, "--policy", policy.path, "--approvals",
            Self.sample.appending(path: "approvals").path, "--allowed-signers", signers,
          ] + (isDated ? ["--approvals-as-of", time.out.trimmingCharacters(in: .newlines)] : []))
      }
      let verified = try check("verified.exhibit", ["--log-key", Self.key])
      #expect(verified.out.contains("approved: 3 changes by omar@shop.example"), "\(verified)")
      let unsigned = try check("unsigned.exhibit", [])
      #expect(unsigned.out.contains("approved: 2 changes by omar@shop.example"), "\(unsigned)")
      #expect(unsigned.out.contains("ALTER TABLE orders"))
      // The log proves that the gateway had seen the signature before it let go; of nobody's log nothing is believed.
      let proven = try check("proven.exhibit", ["--log-key", Self.key], isDated: false)
      #expect(proven.out.contains("approved: 3 changes by omar@shop.example"), "\(proven)")
      let blind = try check("blind.exhibit", [], isDated: false)
      #expect(!blind.out.contains("approved: 3 changes") && blind.out.contains("4 of 4 changes"), "\(blind)")
    }
  }

  @Test(arguments: [100, 4_000, 12_000]) func `a recording with one byte changed does not verify`(offset: Int) throws {
    try TemporaryFolder.with { folder in
      let copy = folder.appending(path: "recording")
      try FileManager.default.copyItem(at: URL(filePath: Self.recording), to: copy)
      let whole = try ExhibitProcess.run(["verify", copy.path, "--key", Self.key])
      #expect(whole.code == 0, "\(whole.error)")
      let segment = copy.appending(path: "segment-00000001.pcapng")
      var bytes = try Data(contentsOf: segment)
      bytes[offset] ^= 1
      try bytes.write(to: segment)
      let changed = try ExhibitProcess.run(["verify", copy.path, "--key", Self.key])
      #expect(changed.code == 2)
      #expect(changed.out.contains("broken-at") && changed.error.contains("segment-00000001.pcapng"), "\(changed)")
    }
  }
}
