import Foundation
import TestKit
import Testing

/// samples/agents: what the case says of each action, beside the truth.
@Suite struct AgentsSampleTests {
  private let folder = Checkout.root.appending(path: "samples/agents")
  private var capture: String { folder.appending(path: "input.pcap.gz").path }
  private var transcripts: String { folder.appending(path: "transcripts").path }

  /// A case of what is given, ingest by ingest.
  private func withCase<Result>(_ ingests: [[String]], _ body: (String) throws -> Result) throws -> Result {
    try TemporaryFolder.with { temporary in
      let path = temporary.appending(path: "agents.exhibit").path
      for inputs in ingests { _ = try ingest(inputs, path) }
      return try body(path)
    }
  }

  @discardableResult private func ingest(_ inputs: [String], _ path: String) throws -> String {
    let keys = ["--keylog", folder.appending(path: "keys.log").path]
    let outcome = try ExhibitProcess.run(["ingest"] + inputs + keys + ["--case", path])
    try #require(outcome.code == 0, "\(outcome.error)")
    return outcome.out
  }

  @Test func `no action is claimed for a wrong prompt, and nothing of people, timers and the application at all`()
    throws
  {
    let run = try withCase([[capture, transcripts]]) { path in
      try LabelledRun(labels: folder.appending(path: "labels.jsonl"), case: path)
    }
    #expect(run.unknown.isEmpty, "\(run.unknown)")
    #expect(run.judged.count >= 400)
    for action in run.judged where action.owner.noise != nil {
      #expect(action.answers.isEmpty, "\(action.id) of \(action.owner.noise ?? ""): \(action.text)")
    }
    let ours = run.judged.filter { $0.owner.call != nil }
    for action in ours where !action.answers.isEmpty {
      // Of several that remain, one is the right one.
      let isRight =
        action.isAmbiguous ? action.answers.contains(where: action.names) : action.answers.allSatisfy(action.names)
      let said = action.answers.map { $0.promptText ?? "-" }
      #expect(isRight, "\(action.id) \(action.text): \(said), and was \(action.owner.prompt?.text ?? "-")")
    }
    let labelled = ours.filter(\.isLabelled)
    let answered = labelled.count { !$0.answers.isEmpty && !$0.isAmbiguous }
    #expect(labelled.count >= 150)
    #expect(answered * 100 >= labelled.count * 90, "\(answered) of \(labelled.count)")
  }

  @Test func `in which order and in how many ingests evidence comes decides nothing`() throws {
    let both = try withCase([[capture, transcripts]], LabelledRun.answers)
    #expect(both.count >= 150)
    #expect(try withCase([[transcripts], [capture]], LabelledRun.answers) == both)
    #expect(try withCase([[capture], [transcripts]], LabelledRun.answers) == both)
    #expect(
      try withCase([[transcripts + "/.codex"], [capture], [transcripts + "/.claude"]], LabelledRun.answers) == both)
  }

  @Test func `evidence that the case has already adds nothing`() throws {
    try withCase([[capture, transcripts]]) { path in
      func everything() throws -> [String] {
        try ["prompts", "tool_calls", "conversations", "actions", "attributions", "clock_offsets"].map { view in
          let found = try ExhibitProcess.run(
            ["-readonly", "-json", path, "SELECT * FROM \(view) ORDER BY 1, 2, 3"], program: "/usr/bin/sqlite3")
          try #require(found.code == 0, "\(found.error)")
          return found.out
        }
      }
      let before = try everything()
      #expect(try ingest([transcripts, capture], path).contains("nothing new"))
      #expect(try ingest([transcripts], path).contains("nothing new"))
      #expect(try everything() == before)
    }
  }

  /// What people read, kept as `pages.txt`: UPDATE_GOLDEN=1 writes it anew.
  @Test func `why and prompts say what they said`() throws {
    let found = try withCase([[capture, transcripts]]) { path in
      var pages = try ExhibitProcess.run(["prompts", "--case", path]).out
      let answers = try LabelledRun.answers(path).filter { $0.rank == 0 }
      // One action of each kind of evidence, one of several prompts, one behind a request, and one of nobody's.
      var shown = Set(answers.map(\.method)).sorted().compactMap { method in
        answers.first { $0.method == method }?.action
      }
      shown += [answers.first { $0.ambiguous == 1 }, answers.first { $0.via != nil }].compactMap { $0?.action }
      let nobodys = try ExhibitProcess.run(
        [
          "-readonly", path,
          "SELECT min(id) FROM actions WHERE effect = 'write' AND id NOT IN (SELECT action_id FROM attributions)",
        ], program: "/usr/bin/sqlite3")
      shown.append(nobodys.out.trimmingCharacters(in: .newlines))
      for id in shown { pages += "\n" + (try ExhibitProcess.run(["why", id, "--case", path]).out) }
      return pages
    }
    let golden = folder.appending(path: "pages.txt")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try found.write(to: golden, atomically: true, encoding: .utf8)
    }
    #expect(try found == String(contentsOf: golden, encoding: .utf8))
    for words in ["through", "not from any prompt that is known", "because", "task"] {
      #expect(found.contains(words), "\(words)")
    }
  }
}
