import Foundation
import Model
import Testing

@testable import Importers

@Suite struct CodexTests {
  @Test func `prompts are what was typed, in turns`() throws {
    let reading = TranscriptReading(TranscriptSamples.codex)
    #expect(reading.format == "codex")
    #expect(
      reading.texts == [
        "system: You are Codex.", "human: Open the database", "queued: quickly please", "human: Again",
        "human: From another file", "human: Something else",
      ])
    #expect(reading.prompts.map(\.nativeID) == [nil, "t1", "t1", "t2", nil, "t3"])
    #expect(reading.prompts[4].at == nil)
    let root = try #require(reading.conversations.first)
    #expect(root.id == Conversation.identifier(["codex", "th1"]))
    #expect(root.agentVersion == "0.142.2")
    #expect(root.startedAt.description == "2026-11-20T03:59:00.000000000Z")
    #expect(reading.conversations.map(\.link) == [nil, .compaction, .branch])
    #expect(reading.anomalies == ["transcript-record-unknown"])
  }

  @Test func `all forms of calls give the command line, the directory and the exit code`() throws {
    let reading = TranscriptReading(TranscriptSamples.codex)
    let start = try #require(reading.call("call_1"))
    #expect(start.command == "psql -h db")
    #expect(start.workingDirectory == "/srv/app/sql")
    #expect(start.isBackground)
    #expect(start.turnID == "t1")
    #expect(start.promptID == reading.prompts[1].id)
    let typed = try #require(reading.call("call_2"))
    #expect(typed.continuesCallID == "call_1")
    #expect(typed.exitCode == 3)
    #expect(typed.status == .failed)
    let shell = try #require(reading.call("call_3"))
    #expect(shell.command == "curl http://api/x")
    #expect(shell.workingDirectory == "/tmp")
    #expect(shell.exitCode == 22)
    #expect(shell.result == "not found")
    #expect(shell.promptID == reading.prompts[2].id)
    let local = try #require(reading.call("call_4"))
    #expect(local.command == "ls -l 'a b'")
    #expect(local.workingDirectory == "/opt")
    #expect(local.result == "total 0")
    let patch = try #require(reading.call("call_5"))
    #expect(patch.arguments.hasPrefix("*** Begin Patch"))
    #expect(patch.exitCode == 0)
  }

  @Test func `what a script ran is told with its own times`() throws {
    let reading = TranscriptReading(TranscriptSamples.codex)
    let ran = try #require(reading.call("exec-1"))
    #expect(ran.command == "ssh web1 uptime")
    #expect(ran.at?.nanoseconds == 1_795_147_210_500_000_000)
    #expect(ran.endedAt?.nanoseconds == 1_795_147_211_400_000_000)
    #expect(ran.result == "up 3 days")
    #expect(reading.call("call_6")?.tool == "exec")
  }

  @Test func `what only a compacted history holds is told without times`() throws {
    let reading = TranscriptReading(TranscriptSamples.codex)
    let old = try #require(reading.call("call_0"))
    #expect(old.at == nil)
    #expect(old.endedAt == nil)
    #expect(old.exitCode == 0)
    #expect(old.conversationID == reading.conversations[1].id)
    let search = try #require(reading.call("ws_1"))
    #expect(search.isServerSide)
    #expect(search.promptID == reading.prompts[3].id)
    #expect(reading.calls.count == 9)
  }

  @Test func `answers have their tokens`() throws {
    let reading = TranscriptReading(TranscriptSamples.codex)
    let first = try #require(reading.completions.first)
    #expect(first.reasoning == "Start psql.")
    #expect(first.inputTokens == 100)
    #expect(first.toolCallIDs == ["call_1"])
    #expect(reading.completions.contains { $0.text == "Done." })
  }

  @Test(arguments: ["Open the dat", "Open the database"])
  func `a prompt within whose event the file ends is whole in the history`(_ last: String) throws {
    let event = TranscriptSamples.codex.range(of: "\"message\":\"Open the database")
    let before = TranscriptSamples.codex[..<(try #require(event).lowerBound)]
    let reading = TranscriptReading(before + "\"message\":\"" + last)
    #expect(reading.texts == ["system: You are Codex.", "human: Open the database"])
  }

  @Test func `a prompt whose event has lost its text is whole in the history`() throws {
    let damaged = TranscriptSamples.codex.replacing(
      "\"message\":\"Open the database", with: "\"mess\u{fffd}ge\":\"Open the database")
    try #require(damaged != TranscriptSamples.codex)
    #expect(TranscriptReading(damaged).texts == TranscriptReading(TranscriptSamples.codex).texts)
  }

  @Test func `a file without events takes its prompts from the history`() throws {
    let lines = TranscriptSamples.codex.split(separator: "\n").filter { !$0.contains("event_msg") }
    let reading = TranscriptReading(lines.joined(separator: "\n"))
    #expect(reading.texts.prefix(2) == ["system: You are Codex.", "human: Open the database"])
    #expect(reading.call("call_1")?.promptID == reading.prompts[1].id)
  }

  @Test func `sub-agents and forks name their parents`() throws {
    let agent = TranscriptReading(
      #"""
      {"timestamp":"2026-11-20T04:00:00.000Z","type":"session_meta","payload":{"id":"th2","timestamp":"2026-11-20T04:00:00.000Z","cwd":"/srv","cli_version":"0.146.0","thread_source":"subagent","source":{"subagent":{"thread_spawn":{"parent_thread_id":"th1","depth":1}}}}}
      {"timestamp":"2026-11-20T04:00:01.000Z","type":"event_msg","payload":{"type":"user_message","message":"Look"}}
      """#)
    let noun = try #require(agent.conversations.first)
    #expect(noun.link == .subagent)
    #expect(noun.parentID == Conversation.identifier(["codex", "th1"]))
    #expect(agent.texts == ["delegated: Look"])
    let fork = TranscriptReading(
      #"""
      {"timestamp":"2026-11-20T04:00:00.000Z","type":"session_meta","payload":{"id":"th3","forked_from_id":"th1","timestamp":"2026-11-20T04:00:00.000Z"}}
      {"timestamp":"2026-11-20T04:00:00.000Z","type":"session_meta","payload":{"id":"th1","timestamp":"2026-11-20T03:00:00.000Z"}}
      {"timestamp":"2026-11-20T04:00:01.000Z","type":"event_msg","payload":{"type":"user_message","message":"Go on"}}
      """#)
    #expect(fork.conversations.map(\.link) == [.branch])
    #expect(fork.conversations.first?.parentID == Conversation.identifier(["codex", "th1"]))
    // In the parent's file, the result of the call that started it names it.
    let parent = TranscriptReading(
      #"""
      {"timestamp":"2026-11-20T04:00:00.000Z","type":"session_meta","payload":{"id":"th1","timestamp":"2026-11-20T04:00:00.000Z"}}
      {"timestamp":"2026-11-20T04:00:01.000Z","type":"response_item","payload":{"type":"function_call","name":"spawn_agent","arguments":"{\"message\":\"Look\"}","call_id":"call_s"}}
      {"timestamp":"2026-11-20T04:00:02.000Z","type":"response_item","payload":{"type":"function_call_output","call_id":"call_s","output":"{\"agent_id\":\"th2\"}"}}
      """#)
    #expect(parent.conversations.last?.id == noun.id)
    #expect(parent.conversations.last?.parentCallID == "call_s")
  }

  @Test func `the first versions have no envelope`() throws {
    let reading = TranscriptReading(
      #"""
      {"id":"old1","timestamp":"2025-05-01T10:00:00.000Z","instructions":null,"git":{"branch":"main"}}
      {"record_type":"state"}
      {"type":"message","role":"user","content":[{"type":"input_text","text":"List"}]}
      {"type":"function_call","name":"shell","arguments":"{\"command\":[\"ls\"]}","call_id":"call_o"}
      {"type":"function_call_output","call_id":"call_o","output":"{\"output\":\"a\",\"metadata\":{\"exit_code\":0}}"}
      """#)
    #expect(reading.format == "codex")
    #expect(reading.conversations.first?.clock == .start)
    #expect(reading.texts == ["human: List"])
    #expect(reading.call("call_o")?.result == "a")
  }

  @Test func `what codex exec prints is read without times`() throws {
    let reading = TranscriptReading(TranscriptSamples.codexExec)
    #expect(reading.format == "codex-exec")
    let root = try #require(reading.conversations.first)
    #expect(root.id == Conversation.identifier(["codex", "th9"]))
    #expect(root.clock == .none)
    #expect(reading.calls.map(\.command) == ["echo 'a b'", #"{"sql":"select 1"}"#, "sleep 9"])
    #expect(reading.calls.map(\.status) == [.failed, .succeeded, .pending])
    #expect(reading.calls.map(\.tool) == ["command_execution", "db.query", "command_execution"])
    #expect(reading.completions.map(\.text) == ["It says a b."])
    #expect(reading.completions.first?.outputTokens == 5)
  }

  @Test func `calls of turns that run side by side keep their own prompt and directory`() throws {
    let reading = TranscriptReading(
      #"""
      {"timestamp":"2026-11-20T04:00:00.000Z","type":"session_meta","payload":{"id":"th1","cwd":"/srv","cli_version":"0.142.2"}}
      {"timestamp":"2026-11-20T04:00:01.000Z","type":"turn_context","payload":{"turn_id":"t1","cwd":"/srv/one"}}
      {"timestamp":"2026-11-20T04:00:01.100Z","type":"event_msg","payload":{"type":"user_message","message":"First"}}
      {"timestamp":"2026-11-20T04:00:02.000Z","type":"turn_context","payload":{"turn_id":"t2","cwd":"/srv/two"}}
      {"timestamp":"2026-11-20T04:00:02.100Z","type":"event_msg","payload":{"type":"user_message","message":"Second"}}
      {"timestamp":"2026-11-20T04:00:03.000Z","type":"response_item","payload":{"type":"function_call","name":"exec_command","arguments":"{\"cmd\":\"psql -f a.sql\"}","call_id":"call_1","metadata":{"turn_id":"t1"}}}
      {"timestamp":"2026-11-20T04:00:03.100Z","type":"response_item","payload":{"type":"function_call","name":"exec_command","arguments":"{\"cmd\":\"psql -f b.sql\"}","call_id":"call_2","metadata":{"turn_id":"t2"}}}
      """#)
    let (first, second) = (try #require(reading.call("call_1")), try #require(reading.call("call_2")))
    #expect(reading.texts == ["human: First", "human: Second"])
    #expect(first.promptID == reading.prompts[0].id && first.workingDirectory == "/srv/one")
    #expect(second.promptID == reading.prompts[1].id && second.workingDirectory == "/srv/two")
  }
}
