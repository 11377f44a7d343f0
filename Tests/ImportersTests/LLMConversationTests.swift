import Bytes
import Foundation
import Model
import Testing

@testable import Importers

/// How requests become conversations, and whose they are.
struct LLMConversationTests {
  /// A request to Anthropic with these messages.
  static func request(_ messages: [(String, String)], more: String = "") -> String {
    let list = messages.map { role, content in
      let isJSON = content.hasPrefix("[")
      return #"{"role":"\#(role)","content":\#(isJSON ? content : JSONWriter.quoted(content))}"#
    }
    return #"{"model":"m","max_tokens":9,"messages":[\#(list.joined(separator: ","))]\#(more)}"#
  }

  static func answer(_ text: String) -> String {
    #"{"type":"message","id":"msg_\#(text.count)","content":[{"type":"text","text":\#(JSONWriter.quoted(text))}],"stop_reason":"end_turn"}"#
  }

  static let session = [("X-Claude-Code-Session-Id", "s-1"), ("User-Agent", "claude-cli/2.1.86 (external, cli)")]

  @Test func `a summary that takes the place of history is a compaction`() {
    let summary = "This session is being continued from a previous conversation that ran out of context."
    let events = read([
      call("/v1/messages", Self.request([("user", "one")]), Self.answer("a"), headers: Self.session),
      call("/v1/messages", Self.request([("user", summary)]), Self.answer("bb"), headers: Self.session),
    ])
    #expect(events.conversations.map(\.link) == [nil, .compaction])
    #expect(events.conversations.last?.parentID == events.conversations.first?.id)
    #expect(events.prompts.map(\.kind) == [.human, .summary])
  }

  @Test func `a shortened history that keeps known calls is a compaction`() {
    let use = #"[{"type":"tool_use","id":"toolu_1","name":"Bash","input":{"command":"id"}}]"#
    let result = #"[{"type":"tool_result","tool_use_id":"toolu_1","content":"root"}]"#
    let tool =
      #"{"type":"message","id":"m","content":[{"type":"tool_use","id":"toolu_1","name":"Bash","input":{"command":"id"}}],"stop_reason":"tool_use"}"#
    let events = read([
      call("/v1/messages", Self.request([("user", "one")]), Self.answer("a")),
      call("/v1/messages", Self.request([("user", "one"), ("assistant", "a"), ("user", "two")]), tool),
      call(
        "/v1/messages", Self.request([("user", "In short."), ("assistant", use), ("user", result), ("user", "three")]),
        Self.answer("ccc")),
    ])
    #expect(events.conversations.map(\.link) == [nil, .compaction])
    #expect(events.calls.map(\.status) == [.succeeded])
    #expect(events.prompts.map(\.text) == ["one", "two", "three"])
  }

  @Test func `another conversation of a session is a side of it`() {
    let events = read([
      call("/v1/messages", Self.request([("user", "one")]), Self.answer("a"), headers: Self.session),
      call("/v1/messages", Self.request([("user", "Name this: one")]), Self.answer("title"), headers: Self.session),
      call("/v1/messages", Self.request([("user", "Name this: one")]), Self.answer("title")),
    ])
    #expect(events.conversations.map(\.link) == [nil, .side, nil])
    #expect(events.conversations.map(\.nativeID) == ["s-1", "s-1", nil])
    #expect(events.conversations.first?.agent == "claude-cli/2.1.86")
  }

  @Test func `an agent's id in the headers sets its conversation apart`() {
    let agent = Self.session + [("x-claude-code-agent-id", "a-7"), ("x-claude-code-parent-agent-id", "a-0")]
    let events = read([
      call("/v1/messages", Self.request([("user", "one")]), Self.answer("a"), headers: Self.session),
      call("/v1/messages", Self.request([("user", "one")]), Self.answer("bb"), headers: agent),
    ])
    #expect(events.conversations.map(\.link) == [nil, .subagent])
    #expect(events.conversations.last?.agentID == "a-7")
    #expect(events.conversations.last?.parentAgentID == "a-0")
    #expect(events.prompts.last?.kind == .delegated)
  }

  @Test(arguments: [
    (#","metadata":{"user_id":"{\"device_id\":\"d\",\"account_uuid\":\"acc\",\"session_id\":\"s-2\"}"}"#, "s-2", "acc"),
    (#","metadata":{"user_id":"user_00ff_account_acc-1_session_s-3"}"#, "s-3", "acc-1"),
    (#","metadata":{"user_id":"user_00ff_account__session_s-4"}"#, "s-4", nil),
    (#","prompt_cache_key":"k-5","user":"ann""#, "k-5", "ann"),
    (#","client_metadata":{"thread_id":"t-6","session_id":"s-6"}"#, "t-6", nil),
    (#","conversation":{"id":"conv_7"}"#, "conv_7", nil),
  ])
  func `the body names session and person`(_ more: String, _ session: String, _ human: String?) {
    let events = read([call("/v1/messages", Self.request([("user", "one")], more: more), "")])
    #expect(events.conversations.map(\.nativeID) == [session])
    #expect(events.conversations.map(\.human) == [human])
    #expect(events.prompts.map(\.human) == [human])
  }

  @Test(arguments: [
    "X-Claude-Code-Session-Id", "Thread-Id", "session_id", "X-Client-Session-Id", "X-Interaction-Id", "X-Task-ID",
    "X-OpenCode-Session", "X-KILOCODE-TASKID", "X-Mux-Workspace-Id", "X-Coder-Chat-Id",
  ])
  func `a header names the session`(_ name: String) {
    let events = read([call("/v1/messages", Self.request([("user", "one")]), "", headers: [(name, "s-8")])])
    #expect(events.conversations.map(\.nativeID) == ["s-8"])
  }

  @Test func `Codex names the turn in a header, Gemini Code Assist in the body`() {
    let turn = #"{"session_id":"s","turn_id":"tu-1"}"#
    let codex = call("/v1/responses", #"{"model":"g","input":"x"}"#, "", headers: [("x-codex-turn-metadata", turn)])
    #expect(read([codex]).prompts.map(\.nativeID) == ["tu-1"])
    let body =
      #"{"model":"gem","user_prompt_id":"up-1","request":{"session_id":"s-9","contents":[{"role":"user","parts":[{"text":"x"}]}]}}"#
    let answer =
      #"data: {"response":{"candidates":[{"content":{"parts":[{"text":"y"}]},"finishReason":"STOP"}]},"traceId":"t"}"#
    let assist = read([call("/v1internal:streamGenerateContent?alt=sse", body, answer + "\n\n")])
    #expect(assist.conversations.map(\.nativeID) == ["s-9"])
    #expect(assist.prompts.map(\.nativeID) == ["up-1"])
    #expect(assist.completions.map(\.text) == ["y"])
    #expect(assist.conversations.map(\.model) == ["gem"])
  }

  @Test(arguments: [
    ("<command-name>/compact</command-name><command-args> now </command-args>", "/compact now", Prompt.Kind.command),
    ("<command-message>review</command-message>\n<command-name>/review</command-name>", "/review", .command),
    (
      "<task-notification>job 1 ended</task-notification>", "<task-notification>job 1 ended</task-notification>",
      .notification
    ),
    ("<task>\nfix it\n</task>\n<environment_details>files</environment_details>", "fix it", .human),
    ("<user_query>\nwhy?\n</user_query>", "why?", .human),
    ("<feedback>again</feedback>", "again", .human),
    ("do it<system-reminder>be careful</system-reminder>", "do it", .human),
    (
      "<system-reminder>The user sent the following message:\nstop\n\nPlease address this.</system-reminder>", "stop",
      .queued
    ),
  ])
  func `what the program wraps is told from what was typed`(_ sent: String, _ text: String, _ kind: Prompt.Kind) {
    let events = read([call("/v1/messages", Self.request([("user", sent)]), "")])
    #expect(events.prompts.map(\.text) == [text])
    #expect(events.prompts.map(\.kind) == [kind])
  }

  @Test(arguments: [
    "<local-command-stdout>x</local-command-stdout>", "Caveat: The messages below were generated", "  \n",
    "# AGENTS.md instructions for /x", "<environment_context>x</environment_context>",
    "[Request interrupted by user]", "<system-reminder>only this</system-reminder>",
  ])
  func `what only the program says is no prompt`(_ sent: String) {
    #expect(read([call("/v1/messages", Self.request([("user", sent)]), "")]).prompts.isEmpty)
  }

  @Test func `the same request again gives its prompt once`() {
    let one = call("/v1/messages", Self.request([("user", "one")]), Self.answer("a"))
    let events = read([one, one])
    #expect(events.conversations.count == 1)
    #expect(events.prompts.count == 1)
    #expect(events.completions.count == 2)
  }

  @Test func `two sessions with equal texts are two conversations`() {
    let calls = ["s-1", "s-2"].map {
      call("/v1/messages", Self.request([("user", "one")]), Self.answer("a"), headers: [("session-id", $0)])
    }
    let events = read(calls)
    #expect(events.conversations.map(\.nativeID) == ["s-1", "s-2"])
    #expect(Set(events.prompts.map(\.id)).count == 2)
  }
}
