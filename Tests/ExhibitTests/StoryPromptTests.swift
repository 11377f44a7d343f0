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
  private struct Row: Decodable, Sendable {
    var id: String
    var session: String
    var application: String?
    var client: String
    var verb: String
    var text: String
    var prompt: String?
    var ambiguous: Int?
  }

  private func withStory<Result>(_ body: (String) throws -> Result) throws -> Result {
    try TemporaryFolder.with { folder in
      let story = Checkout.root.appending(path: "samples/story")
      let path = folder.appending(path: "shop.exhibit").path
      let inputs = ["evidence.tar.gz", "transcripts"].map { story.appending(path: $0).path }
      let outcome = try ExhibitProcess.run(["ingest"] + inputs + ["--case", path])
      try #require(outcome.code == 0, "\(outcome.error)")
      #expect(!outcome.out.contains("neither a capture"), "\(outcome.out)")
      #expect(outcome.out.contains("3 transcripts"), "\(outcome.out)")
      return try body(path)
    }
  }

  private func rows(_ path: String) throws -> [Row] {
    let query = """
      SELECT a.id, a.session_id AS session, a.application, s.client, a.verb, a.text, p.text AS prompt, t.ambiguous
      FROM actions a JOIN sessions s ON s.id = a.session_id LEFT JOIN attributions t ON t.action_id = a.id
      LEFT JOIN prompts p ON p.id = t.prompt_id
      ORDER BY a.started_ns, a.id
      """
    let found = try ExhibitProcess.run(["-readonly", "-json", path, query], program: "/usr/bin/sqlite3")
    try #require(found.code == 0, "\(found.error)")
    return try JSONDecoder().decode([Row].self, from: Data(found.out.utf8))
  }

  /// That the actions of these rows go back to the prompt that has the words `asked`, or to none.
  private func expect(_ asked: String?, of rows: [Row], count: ClosedRange<Int>) {
    let name = asked ?? "nobody"
    #expect(count.contains(rows.count), "\(name): \(rows.count)")
    for row in rows {
      let found = row.prompt ?? ""
      let isRight = asked.map { found.contains($0) } ?? found.isEmpty
      #expect(isRight, "\(row.id) \(row.text): \(found)")
      #expect(row.ambiguous != 1, "\(row.id) \(row.text)")
    }
  }

  private static func sessions(_ rows: [Row]) -> Set<String> { Set(rows.map(\.session)) }

  @Test
  func `every action of the contractor's agent goes back to its prompt, and what its host does by itself to none`()
    throws
  {
    let runner = try withStory(rows).filter { $0.client.hasPrefix("10.20.9.41:") }
    let pushes = Self.sessions(runner.filter { $0.verb == "git push" })
    let fillings = Self.sessions(runner.filter { $0.text.contains("risk_score = 0") || $0.text.contains("AS scored") })
    let own = Self.sessions(runner.filter { ($0.application ?? "").contains("post-deploy") })
    let others = own.union(pushes).union(fillings)
    expect(Asked.migration, of: runner.filter { pushes.contains($0.session) }, count: 4...4)
    expect(Asked.filling, of: runner.filter { fillings.contains($0.session) }, count: 10...11)
    expect(Asked.run, of: runner.filter { !others.contains($0.session) }, count: 20...21)
    expect(nil, of: runner.filter { own.contains($0.session) }, count: 8...8)
    #expect(runner.contains { $0.verb == "GRANT" && own.contains($0.session) })
  }

  @Test func `the assistant's statements are told from its master's, whose host, login and program are the same`()
    throws
  {
    let bastion = try withStory(rows).filter { $0.client.hasPrefix("10.20.8.15:") }
    let plans = bastion.filter { $0.verb.hasPrefix("EXPLAIN") || $0.verb == "ANALYZE" }
    expect(Asked.plan, of: plans.filter { $0.verb == "EXPLAIN" }, count: 1...1)
    expect(Asked.analyze, of: plans.filter { $0.verb != "EXPLAIN" }, count: 2...2)
    let assisted = Self.sessions(plans)
    expect(nil, of: bastion.filter { !assisted.contains($0.session) }, count: 10...60)
  }

  @Test(arguments: ["shop-api", "nightly-backup", "metabase"])
  func `nothing of those who are no agents goes back to a prompt`(application: String) throws {
    expect(nil, of: try withStory(rows).filter { $0.application == application }, count: 3...5000)
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
      #expect(list.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(list)")
      let wrote = try ExhibitProcess.run(["prompts", "--case", path, "--format", "json"]).out
      let first = try #require(wrote.split(separator: "\n").first { $0.contains(Asked.migration) })
      let row = try JSONSerialization.jsonObject(with: Data(first.utf8)) as? [String: Any]
      let page = try ExhibitProcess.run(["show", try #require(row?["id"] as? String), "--case", path]).out
      // Nobody asked for a card: the file that the agent wrote has it.
      #expect(page.contains("ADD COLUMN card_pan"), "\(page)")
      let text = try #require(row?["text"] as? String)
      #expect(!text.contains("card"))
    }
  }
}
