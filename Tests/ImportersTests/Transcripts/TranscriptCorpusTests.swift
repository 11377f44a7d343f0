import Model
import TestKit
import Testing

@testable import Importers

/// Real transcripts, counted by an independent script (the corpus's INDEX.md).
@Suite(.enabled(if: Corpus.isPresent, "the shared corpus is not here")) struct TranscriptCorpusTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var path: String
    var format: String
    /// Prompts of the index, and how many of them a person did not type (less those that it leaves out).
    var prompts: Int
    var others = 0
    var calls: Int
    /// Calls that the index does not count: those of sub-agents, and searches.
    var more = 0
    var testDescription: String { path }
  }

  static let cases = [
    Case(path: "claude-code/agentv-2.1.62.jsonl", format: "claude-code", prompts: 1, calls: 17),
    // Of six, two are what a command printed and the caveat before it; one message that the index leaves out is a list
    // with a bare text.
    Case(path: "claude-code/ccl-edge-cases.jsonl", format: "claude-code", prompts: 6, others: 1, calls: 3),
    Case(path: "claude-code/ccl-representative.jsonl", format: "claude-code", prompts: 4, calls: 2),
    // The index leaves out one command, /clear.
    Case(path: "claude-code/cipherbox-curl-a.jsonl", format: "claude-code", prompts: 14, others: -1, calls: 94),
    // The index leaves out two commands; ten calls are a sub-agent's.
    Case(
      path: "claude-code/cipherbox-ssh-2.1.x.jsonl", format: "claude-code", prompts: 9, others: -2, calls: 60, more: 10),
    Case(path: "claude-code/entire-2.0.76-summary-task.jsonl", format: "claude-code", prompts: 3, calls: 22),
    Case(path: "claude-code/entire-2.0.76-tiny.jsonl", format: "claude-code", prompts: 1, calls: 3),
    // One is "[Request interrupted by user for tool use]".
    Case(path: "claude-code/entire-2.1.12-concat-line.jsonl", format: "claude-code", prompts: 6, others: 1, calls: 41),
    // The index leaves out two commands; eighteen calls are a sub-agent's.
    Case(
      path: "claude-code/entire-2.1.19-gh.jsonl", format: "claude-code", prompts: 12, others: -2, calls: 82, more: 18),
    Case(path: "claude-code/entire-2.1.42.jsonl", format: "claude-code", prompts: 2, calls: 46),
    Case(path: "claude-code/entire-2.1.7-tiny.jsonl", format: "claude-code", prompts: 1, calls: 1),
    // One is "[Request interrupted by user]".
    Case(path: "claude-code/gitai-example.jsonl", format: "claude-code", prompts: 2, others: 1, calls: 13),
    Case(path: "claude-code/gitai-plan.jsonl", format: "claude-code", prompts: 1, calls: 3),
    Case(path: "claude-code/gitai-thinking.jsonl", format: "claude-code", prompts: 1, calls: 1),
    // The one prompt is the parent agent's.
    Case(
      path: "claude-code/subagent/sess-parent-abc/subagents/agent-a1b2c3d4e5f6.jsonl", format: "claude-code",
      prompts: 1,
      others: 1, calls: 1),
    Case(path: "codex-rollout/agentv-0.140.0-small.jsonl", format: "codex", prompts: 2, calls: 23),
    // One search of the provider's is no call of the index.
    Case(path: "codex-rollout/agentv-0.141.0-write_stdin.jsonl", format: "codex", prompts: 26, calls: 149, more: 1),
    Case(path: "codex-rollout/agentv-0.142.2-curl.jsonl", format: "codex", prompts: 10, calls: 177),
    Case(path: "codex-rollout/agentv-0.142.2.jsonl", format: "codex", prompts: 6, calls: 111),
    Case(path: "codex-rollout/gitai-simple.jsonl", format: "codex", prompts: 1, calls: 1),
    Case(path: "codex-rollout/gitai-updated.jsonl", format: "codex", prompts: 1, calls: 2),
    Case(path: "copilot-events/agentv-1.0.64-small.jsonl", format: "copilot", prompts: 1, calls: 0),
    Case(path: "copilot-events/agentv-b.jsonl", format: "copilot", prompts: 1, calls: 68),
    Case(path: "copilot-events/gitai-cli-events.jsonl", format: "copilot", prompts: 1, calls: 1),
    Case(path: "copilot-events/gitai-vscode-event-stream.jsonl", format: "copilot", prompts: 1, calls: 2),
    Case(path: "gemini-cli/entire-legacy-2prompts.json", format: "gemini-cli", prompts: 2, calls: 2),
    Case(path: "gemini-cli/entire-legacy-shell3.json", format: "gemini-cli", prompts: 1, calls: 4),
    Case(path: "gemini-cli/gemini-session-simple.jsonl", format: "gemini-cli", prompts: 1, calls: 4),
  ]

  @Test(arguments: cases) func `prompts and calls are as many as were counted`(_ item: Case) throws {
    let reading = try TranscriptReading(corpus: item.path)
    #expect(reading.format == item.format)
    // What came out of the queue in the middle of a turn has no message of its own, which is what the index counts.
    let queued = item.format == "claude-code" ? reading.prompts.filter { $0.kind == .queued && $0.nativeID == nil } : []
    let typed = reading.prompts.filter(\.kind.isTyped)
    #expect(typed.count - queued.count == item.prompts - item.others)
    #expect(reading.calls.count == item.calls + item.more)
    let ids = reading.calls.map(\.id)
    #expect(Set(ids).count == ids.count)
    #expect(Set(reading.prompts.map(\.id)).count == reading.prompts.count)
    #expect(Set(reading.completions.map(\.id)).count == reading.completions.count)
  }

  @Test(arguments: cases) func `every noun comes after its conversation, and calls after their prompts`(_ item: Case)
    throws
  {
    let reading = try TranscriptReading(corpus: item.path)
    var conversations: Set<String> = []
    var prompts: Set<String> = []
    for event in reading.events {
      switch event {
      case .conversation(let noun): conversations.insert(noun.id)
      case .prompt(let noun):
        #expect(conversations.contains(noun.conversationID))
        prompts.insert(noun.id)
      case .toolCall(let noun):
        #expect(conversations.contains(noun.conversationID))
        // A transcript may begin within a turn.
        if let id = noun.promptID { #expect(prompts.contains(id)) }
      case .completion(let noun): #expect(conversations.contains(noun.conversationID))
      case .anomaly: break
      }
    }
  }
}
