import Foundation
import TestKit
import Testing

/// What `exhibit` says of each sample, kept beside it as `expected.jsonl`: sessions, then actions, then gaps and anomalies; of
/// one with transcripts also prompts, calls and which action goes back to which.
///
/// After a change that is meant: UPDATE_GOLDEN=1 swift test --filter GoldenTests, and read the difference.
@Suite struct GoldenTests {
  @Test(arguments: Sample.all) func `a sample gives what it gave`(sample: Sample) throws {
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "a.exhibit").path
      let keys = sample.keys.map { ["--keylog", $0.path] } ?? []
      // Relative, so that the checkout's place is in nothing.
      let inputs = [sample.capture.path] + [sample.transcripts, sample.serverLog].compactMap { $0?.path }
      let ingest = try ExhibitProcess.run(["ingest"] + inputs + ["--case", path, "--quiet"] + keys)
      try #require(ingest.code == 0, "\(ingest.error)")
      var found = ""
      for verb in ["sessions", "actions"] {
        let list = try ExhibitProcess.run([verb, "--case", path, "--format", "json"])
        try #require(list.code == 0, "\(list.error)")
        found += list.out
      }
      var queries = ["gaps", "anomalies"].map { "SELECT * FROM \($0) ORDER BY 1, 2, 3, 4" }
      if sample.serverLog != nil {
        queries += [
          "SELECT source_id, format, servers, offset_ns, spread_ns, pairs, covered, unlogged, untold FROM server_logs",
          "SELECT * FROM server_records ORDER BY line, id",
        ]
      }
      for query in queries {
        let rows = try ExhibitProcess.run(
          ["-readonly", "-json", path, query], program: "/usr/bin/sqlite3")
        try #require(rows.code == 0, "\(rows.error)")
        found += rows.out
      }
      if sample.transcripts != nil {
        let prompts = try ExhibitProcess.run(["prompts", "--all", "--case", path, "--format", "json"])
        try #require(prompts.code == 0, "\(prompts.error)")
        found += prompts.out
        for query in [
          "SELECT id, prompt_id, agent_id, tool, command, exit_code, witness, effects FROM tool_calls ORDER BY at_ns, id",
          "SELECT * FROM attributions ORDER BY action_id, rank",
        ] {
          let rows = try ExhibitProcess.run(["-readonly", "-json", path, query], program: "/usr/bin/sqlite3")
          try #require(rows.code == 0, "\(rows.error)")
          found += rows.out
        }
      }
      let golden = sample.folder.appending(path: "expected.jsonl")
      if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
        try found.write(to: golden, atomically: true, encoding: .utf8)
      }
      let expected = try String(contentsOf: golden, encoding: .utf8)
      guard found != expected else { return }
      let (ours, theirs) = (found.split(separator: "\n"), expected.split(separator: "\n"))
      let index = zip(ours, theirs).enumerated().first { $1.0 != $1.1 }?.offset ?? min(ours.count, theirs.count)
      Issue.record(
        """
        \(sample): \(ours.count) lines, expected \(theirs.count); line \(index + 1) is
        \(index < ours.count ? ours[index] : "missing")
        and was
        \(index < theirs.count ? theirs[index] : "missing")
        """)
    }
  }
}
