import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Gateway

/// What agents give their hooks.
@Suite struct HookInputTests {
  private func input(_ text: String, agent: String = "claude-code") throws -> HookInput {
    try HookInput(Array(text.utf8), agent: agent, human: "lin")
  }

  @Test func `a prompt and its tool's calls are told with the agent's ids`() throws {
    let prompt = try input(
      #"{"session_id":"3f1c","prompt_id":"p-1","transcript_path":"/t","cwd":"/w","hook_event_name":"UserPromptSubmit","prompt":"add a \"score\""}"#
    ).told
    #expect(
      prompt?.kind == .prompt && prompt?.conversation == "3f1c" && prompt?.turn == "p-1" && prompt?.human == "lin")
    #expect(prompt?.text == "add a \"score\"" && prompt?.traceparent == nil)
    let call = try input(
      #"{"session_id":"3f1c","hook_event_name":"PreToolUse","tool_name":"Bash","tool_use_id":"toolu_01AbCdEf","tool_input":{"command":"psql -c 'SELECT 1'","timeout":5}}"#
    )
    #expect(call.told?.kind == .call && call.told?.call == "toolu_01AbCdEf" && call.told?.tool == "Bash")
    #expect(call.told?.text == "psql -c 'SELECT 1'" && call.told?.traceparent == call.marks.traceparent)
    let other = try input(
      #"{"session_id":"3f1c","hook_event_name":"PreToolUse","tool_name":"Read","tool_use_id":"toolu_2","agent_id":"a","tool_input":{"file_path": "/x"}}"#
    ).told
    #expect(other?.text == #"{"file_path": "/x"}"# && other?.subagent == "a")
    let done = try input(
      #"{"session_id":"t-9","turn_id":"u","hook_event_name":"PostToolUse","tool_name":"Bash","tool_use_id":"call_1","tool_input":{"command":"ls"},"tool_response":"secret"}"#,
      agent: "codex"
    ).told
    #expect(done?.kind == .result && done?.turn == "u" && done?.text == nil && done?.agent == "codex")
    #expect(
      try input(#"{"session_id":"s","hook_event_name":"PostToolUseFailure","tool_use_id":"x"}"#).told?.hasFailed == true
    )
    #expect(try input(#"{"session_id":"s","hook_event_name":"Stop"}"#).told == nil)
    for text in ["", "[]", "{}", #"{"session_id":"s"}"#, #"{"session_id":"s","hook_event_name":"Stop"} x"#] {
      #expect(throws: DecodeError.self) { try input(text) }
    }
  }

  @Test(arguments: ["/bin/bash", "/bin/sh", "/bin/dash", "/usr/bin/zsh"].filter(FileManager.default.isExecutableFile))
  func `what goes through a proxy says of which call it comes, and no secret is in a text`(shell: String) throws {
    let proxy = "http://ci-agent:s3cret:x@127.0.0.1:3128"
    let environment = [
      "HTTPS_PROXY": proxy, "http_proxy": "https://ci-agent;old:p@ss@proxy:8080", "ALL_PROXY": "http://proxy:1",
      "all_proxy": "http://it's:me@proxy", "HTTP_PROXY": "ci-agent:x@proxy",
    ]
    let proxies = MarkedProxy.all(in: environment, at: ["127.0.0.1:3128", "proxy:8080", "proxy:1", "proxy"])
    let marks = WireMarks(agent: "codex", conversation: "c", call: "call_1", proxies: proxies)
    #expect(MarkedProxy.all(in: environment, at: ["127.0.0.1:31", "elsewhere:8080"]).isEmpty)
    #expect(!marks.exports.contains("s3cret") && !marks.exports.contains("p@ss") && !marks.exports.contains("it's"))
    // Twice: commands within commands are marked again.
    let script = "\(marks.exports); \(marks.exports); env"
    let output = try ScratchPostgres.run(
      shell, ["-c", script], environment: environment.merging(["PATH": "/usr/bin:/bin"]) { $1 })
    let lines = Set(output.text.split(separator: "\n").map(String.init))
    #expect(lines.contains("HTTPS_PROXY=http://ci-agent;\(marks.traceparent):s3cret:x@127.0.0.1:3128"), "\(output)")
    #expect(lines.contains("http_proxy=https://ci-agent;\(marks.traceparent):p@ss@proxy:8080"))
    for name in ["ALL_PROXY", "all_proxy", "HTTP_PROXY"] {
      #expect(lines.contains("\(name)=\(environment[name] ?? "")"))
    }
  }

  @Test func `a marked command runs as it did, and its marks are read as they were told`() throws {
    let script = #"printf '%s|%s|' \"$PGAPPNAME\" \"$TRACEPARENT\"; echo 'a\\b'"#
    let call = try input(
      #"{"session_id":"3f1c","hook_event_name":"PreToolUse","tool_name":"Bash","tool_use_id":"toolu_01AbCdEf","tool_input":{"description":"\u0041","command":"\#(script)","timeout": 5e2}}"#
    )
    let answer = try #require(call.markedCommand())
    let value = try #require(JSONValue.document(in: answer)?["hookSpecificOutput"])
    #expect(value["hookEventName"]?.string == "PreToolUse" && value["permissionDecision"] == nil)
    #expect(String(decoding: answer, as: UTF8.self).contains(#""description":"\u0041","command":"#))
    #expect(String(decoding: answer, as: UTF8.self).contains(#","timeout": 5e2}"#))
    let command = try #require(value["updatedInput"]?["command"]?.string)
    let output = try ScratchPostgres.run("/bin/bash", ["-c", command], environment: ["PATH": "/usr/bin:/bin"])
    #expect(output.text == "claude-code/toolu_01AbCdEf|\(call.marks.traceparent)|a\\b\n", "\(output)")
    let context = PromptContext(in: output.text.split(separator: "|").map(String.init))
    #expect(context.traceparent == call.told?.traceparent && context.ids == ["toolu_01AbCdEf"])
    let traced = try ScratchPostgres.run(
      "/bin/bash", ["-c", command], environment: ["PATH": "/usr/bin:/bin", "TRACEPARENT": "00-x"])
    #expect(traced.text.contains("|00-x|"))
    #expect(WireMarks(agent: "codex", conversation: "x'; rm -rf /", call: nil).name == "codex/xrm-rf")
    #expect(WireMarks(agent: "codex", conversation: String(repeating: "c", count: 90), call: nil).name.count == 63)
  }
}
