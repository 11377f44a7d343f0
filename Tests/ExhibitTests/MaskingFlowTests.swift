import Bytes
import Foundation
import TestKit
import Testing

/// A real server's traffic, ingested with rules of masking: nothing of what they mean is in the case or in its reports.
@Suite struct MaskingFlowTests {
  private static let isPossible =
    ["/usr/bin/psql", "/usr/bin/tcpdump", "/usr/bin/sqlite3", "/usr/bin/jq"]
    .allSatisfy(FileManager.default.isExecutableFile)

  private static let policy = """
    version: 1
    rules:
      - { id: reads, when: { effect: [read, session] }, then: allow }
    default: require-approval
    masking:
      - { id: ids, columns: ["*.ssn"], action: hash }
      - { id: data, detect: [email, payment-card, ip-address, name], action: partial }
    """

  @Test(.enabled(if: isPossible, "no psql, tcpdump, sqlite3 or jq here"))
  func `no value is left in the case or in its reports`() throws {
    try TemporaryFolder.with { folder in
      let script = Checkout.root.appending(path: "Tests/Live/masked.sh").path
      let made = try ExhibitProcess.run([script, folder.path], program: "/bin/bash")
      try #require(made.code == 0, "\(made.error)")
      func path(_ name: String) -> String { folder.appending(path: name).path }
      try Self.policy.write(toFile: path("p.yaml"), atomically: true, encoding: .utf8)
      func ingest(_ name: String, _ options: [String]) throws -> String {
        let run = try ExhibitProcess.run(
          ["ingest", path("capture.pcap"), path("transcripts"), "--case", path(name)] + options)
        try #require(run.code == 0, "\(run.error)")
        return run.out
      }
      let values = try String(contentsOfFile: path("values"), encoding: .utf8).split(separator: "\n").map(String.init)
      // Without masking they are there: the search below finds what there is.
      _ = try ingest("clear.exhibit", [])
      let clear = try Self.everything(in: path("clear.exhibit"))
      for value in values where !Self.finds(value, in: clear) { Issue.record("\(value) is not found without masking") }

      let said = try ingest("masked.exhibit", ["--policy", path("p.yaml")])
      #expect(said.contains("values masked: ") && said.contains("email "), "\(said)")
      let masked = try Self.everything(in: path("masked.exhibit"))
      for value in values where Self.finds(value, in: masked) { Issue.record("\(value) is in the case") }
      for format in ["html", "json", "junit", "sarif", "csv", "markdown", "ocsf", "otlp", "prov"] {
        let file = path("report.\(format)")
        let run = try ExhibitProcess.run(
          ["report", "--case", path("masked.exhibit"), "--\(format)", file])
        guard run.code == 0 || run.code == 1 else {
          Issue.record("\(format): \(run.error)")
          continue
        }
        let text = try Data(contentsOf: URL(filePath: file))
        for value in values where Self.finds(value, in: [Array(text)]) { Issue.record("\(value) is in \(format)") }
      }
      // The digits of a hash join what has the same number.
      let joined = try Self.sql(
        path("masked.exhibit"),
        "SELECT count(*) FROM actions WHERE text LIKE '%hmac:national-id:%' OR text LIKE '%hmac:value:%'")
      #expect((Int(joined) ?? 0) >= 3, "\(joined)")
      // What was masked is counted by action, and digests of what moved are kept.
      #expect(
        try Self.sql(path("masked.exhibit"), "SELECT count(*) > 10 FROM masks WHERE action_id IS NOT NULL") == "1")
      #expect(
        try Self.sql(path("masked.exhibit"), "SELECT count(*) > 0 FROM masks WHERE conversation IS NOT NULL") == "1")
      let digests =
        "SELECT group_concat(sha256) FROM (SELECT DISTINCT sha256 FROM payload WHERE layout LIKE 'text%' ORDER BY 1)"
      #expect(try Self.sql(path("masked.exhibit"), digests) == Self.sql(path("clear.exhibit"), digests))
    }
  }

  // MARK: Looking everywhere

  /// The file's bytes, those beside it, every text, and every payload expanded.
  private static func everything(in file: String) throws -> [[UInt8]] {
    var found: [[UInt8]] = []
    for suffix in ["", "-wal", "-journal"] {
      if let data = FileManager.default.contents(atPath: file + suffix) { found.append(Array(data)) }
    }
    found.append(Array(try sql(file, ".dump").utf8))
    let ids = try sql(file, "SELECT id FROM actions").split(separator: "\n").map(String.init)
    #expect(ids.count > 20)
    for id in ids {
      for side in ["--request", "--response"] {
        let run = try ExhibitProcess.run(["show", id, side, "--case", file])
        found.append(Array(run.out.utf8))
      }
    }
    return found
  }

  private static func sql(_ file: String, _ query: String) throws -> String {
    let run = try ExhibitProcess.run(["-readonly", file, query], program: "/usr/bin/sqlite3")
    try #require(run.code == 0, "\(run.error)")
    return run.out.split(separator: "\n", omittingEmptySubsequences: true).joined(separator: "\n")
  }

  /// As it is, in hexadecimal digits, in base 64.
  private static func finds(_ value: String, in texts: [[UInt8]]) -> Bool {
    let bytes = Array(value.utf8)
    let forms = [Data(bytes), Data(bytes.hex.utf8), Data(Data(bytes).base64EncodedString().utf8)]
    return texts.contains { text in
      let data = Data(text)
      return forms.contains { data.range(of: $0) != nil }
    }
  }
}
