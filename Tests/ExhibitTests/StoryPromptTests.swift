import Foundation
import TestKit
import Testing

/// Which prompt asked for what in samples/story, and what nobody asked for.
@Suite struct StoryPromptTests {
  /// The prompts of the story by words that only they have.
  private enum Asked {
    static let migration = "Fraud wants a risk score"
    static let run = "run it on production"
    static let filling = "fill it in"
    static let plan = "Look at the plan"
    static let analyze = "CHG-1187"
  }

  /// A row of the story: where an action came from, and the text of its prompt.
  private struct Row: Decodable {
    var id: String
    var application: String?
    var proto: String
    var client: String
    var verb: String
    var text: String
    var prompt: String?
    var ambiguous: Int?
    var command: String?
  }

  private func withStory(_ body: (String) throws -> Void) throws {
    try TemporaryFolder.with { folder in
      let story = Checkout.root.appending(path: "samples/story")
      let path = folder.appending(path: "shop.exhibit").path
      let inputs = ["evidence.tar.gz", "transcripts"].map { story.appending(path: $0).path }
      let outcome = try ExhibitProcess.run(["ingest"] + inputs + ["--case", path])
      try #require(outcome.code == 0, "\(outcome.error)")
      #expect(!outcome.out.contains("not a capture"), "\(outcome.out)")
      #expect(outcome.out.contains("3 transcripts"), "\(outcome.out)")
      try body(path)
    }
  }

  private func rows(_ path: String) throws -> [Row] {
    let query = """
      SELECT a.id, a.application, s.protocol AS proto, s.client, a.verb, a.text, p.text AS prompt, t.ambiguous, c.command
      FROM actions a JOIN sessions s ON s.id = a.session_id LEFT JOIN attributions t ON t.action_id = a.id
      LEFT JOIN prompts p ON p.id = t.prompt_id LEFT JOIN tool_calls c ON c.id = t.tool_call_id
      ORDER BY a.started_ns, a.id
      """
    let found = try ExhibitProcess.run(["-readonly", "-json", path, query], program: "/usr/bin/sqlite3")
    try #require(found.code == 0, "\(found.error)")
    return try JSONDecoder().decode([Row].self, from: Data(found.out.utf8))
  }

  @Test func `every action of the agents goes back to its prompt, and no other action to any`() throws {
    try withStory { path in
      let rows = try rows(path)
      func check(_ asked: String?, _ count: ClosedRange<Int>, _ isMeant: (Row) -> Bool) {
        let meant = rows.filter(isMeant)
        #expect(count.contains(meant.count), "\(asked ?? "nobody"): \(meant.count)")
        for row in meant {
          let isRight = asked.map { row.prompt?.contains($0) ?? false } ?? (row.prompt == nil)
          #expect(isRight, "\(row.id) \(row.text): \(row.prompt ?? "-")")
          #expect(row.ambiguous != 1, "\(row.id) \(row.text)")
        }
      }
      let runner = rows.filter { $0.client.hasPrefix("10.20.9.41:") }
      let pushes = Set(runner.filter { $0.verb == "git push" }.map { $0.id.prefix { $0 != "." } })
      let fillings = Set(
        runner.filter { $0.text.contains("risk_score = 0") || $0.text.contains("AS scored") }.map {
          $0.id.prefix { $0 != "." }
        })
      check(Asked.migration, 4...4) { pushes.contains($0.id.prefix { $0 != "." }) }
      check(Asked.filling, 10...11) { fillings.contains($0.id.prefix { $0 != "." }) }
      check(Asked.run, 20...21) { row in
        let session = row.id.prefix { $0 != "." }
        let isOfRunner = row.client.hasPrefix("10.20.9.41:") && !(row.application ?? "").contains("post-deploy")
        return isOfRunner && !pushes.contains(session) && !fillings.contains(session)
      }
      // The assistant works on the same host and with the same login as its master, who looks around by hand.
      let plans = rows.filter { $0.verb.hasPrefix("EXPLAIN") || $0.verb == "ANALYZE" }
      #expect(
        plans.map { $0.prompt?.contains($0.verb == "EXPLAIN" ? Asked.plan : Asked.analyze) } == [true, true, true])
      let assisted = Set(plans.map { $0.id.prefix { $0 != "." } })
      check(nil, 10...60) { $0.client.hasPrefix("10.20.8.15:") && !assisted.contains($0.id.prefix { $0 != "." }) }
      for application in ["shop-api", "nightly-backup", "metabase"] {
        check(nil, 3...5000) { $0.application == application }
      }
      // What the runner does by itself, from the agent's host and with its login.
      check(nil, 8...8) { $0.application?.contains("post-deploy") ?? false }
      #expect(rows.contains { $0.verb == "GRANT" && $0.prompt == nil })
    }
  }

  @Test func `why leads from the column to the file, the call and the prompt`() throws {
    try withStory { path in
      let rows = try rows(path)
      let column = try #require(rows.first { $0.text.contains("ADD COLUMN card_expiry") && $0.verb == "ALTER TABLE" })
      let why = try ExhibitProcess.run(["why", column.id, "--case", path])
      #expect(why.code == 0)
      for words in ["migrations/0042.sql", Asked.run, "from a file that the agent had written", "corroborated"] {
        #expect(why.out.contains(words), "\(words): \(why.out)")
      }
      // What the sub-agent typed on the application's host names its task, and the prompt behind that.
      let typed = try #require(rows.first { $0.text.hasPrefix("echo \"migrate 0042\"") })
      let shell = try ExhibitProcess.run(["why", typed.id, "--case", path])
      for words in ["delegated", "Then add a line", Asked.run] { #expect(shell.out.contains(words), "\(shell.out)") }
      let grant = try #require(rows.first { $0.verb == "GRANT" })
      let nobody = try ExhibitProcess.run(["why", grant.id, "--case", path])
      #expect(nobody.out.contains("not from any prompt that is known"), "\(nobody.out)")
    }
  }

  @Test func `prompts tells what came of each`() throws {
    try withStory { path in
      let list = try ExhibitProcess.run(["prompts", "--case", path]).out
      #expect(list.matches(of: #/(?m)^prm-/#).count == 5)
      #expect(list.contains("→ 3 tool calls; 1 write\n"), "\(list)")
      #expect(list.contains("4 schema changes"), "\(list)")
      #expect(list.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(list)")
      let wrote = try ExhibitProcess.run(["prompts", "--case", path, "--format", "json"]).out
      let first = try #require(wrote.split(separator: "\n").first { $0.contains(Asked.migration) })
      let row = try JSONSerialization.jsonObject(with: Data(first.utf8)) as? [String: Any]
      let page = try ExhibitProcess.run(["show", try #require(row?["id"] as? String), "--case", path]).out
      // Nobody asked for a card: the file that the agent wrote has it.
      #expect(page.contains("ADD COLUMN card_pan"), "\(page)")
      #expect(!(row?["text"] as? String ?? "card").contains("card"))
    }
  }
}
