import Model
import Testing

@testable import Importers

@Suite struct ClaudeCodeTests {
  @Test func `one response over several records is one answer, and its calls belong to the prompt`() throws {
    let reading = TranscriptReading(TranscriptSamples.claude)
    #expect(reading.format == "claude-code")
    let root = try #require(reading.conversations.first)
    #expect(root.id == Conversation.identifier(["claude-code", "s1"]))
    #expect(root.nativeID == "s1")
    #expect(root.agentVersion == "2.1.62")
    #expect(root.workingDirectory == "/srv/shop")
    let answer = try #require(reading.completions.first)
    #expect(answer.nativeID == "msg_1")
    #expect(answer.reasoning == "Two at once.")
    #expect(answer.toolCallIDs == ["toolu_1", "toolu_2"])
    #expect(answer.outputTokens == 55)
    #expect(answer.stopReason == "tool_use")
    #expect(reading.completions.count == 4)
    let prompt = try #require(reading.prompts.first)
    #expect(prompt.text == "Count the orders")
    #expect(prompt.context == "<system-reminder>be brief</system-reminder>")
    let call = try #require(reading.call("toolu_1"))
    #expect(call.promptID == prompt.id)
    #expect(call.turnID == "p1")
    #expect(call.command == "psql -c 'select count(*) from orders'")
    #expect(call.arguments == #"{"command":"psql -c 'select count(*) from orders'","description":"count"}"#)
    #expect(call.status == .failed)
    #expect(call.exitCode == 2)
    #expect(call.at?.description == "2026-11-20T02:00:03.000000000Z")
    #expect(call.endedAt?.description == "2026-11-20T02:00:04.000000000Z")
    #expect(call.workingDirectory == "/srv/shop")
    #expect(call.origin.packet == 5)
    let background = try #require(reading.call("toolu_2"))
    #expect(background.isBackground)
    #expect(background.status == .succeeded)
    #expect(reading.anomalies.isEmpty)
  }

  @Test func `a rewind and a compaction go on in conversations of their own`() throws {
    let reading = TranscriptReading(TranscriptSamples.claude)
    #expect(reading.conversations.map(\.link) == [nil, .branch, .compaction])
    let ids = reading.conversations.map(\.id)
    #expect(reading.conversations.map(\.parentID) == [nil, ids[0], ids[1]])
    #expect(
      reading.texts == [
        "human: Count the orders", "human: Try with the other host", "human: Try with the replica",
        "summary: This session is being continued from a previous conversation. Orders.", "human: Go on",
      ])
    #expect(reading.prompts.map(\.conversationID) == [ids[0], ids[0], ids[1], ids[2], ids[2]])
    #expect(reading.call("toolu_3")?.promptID == reading.prompts[2].id)
    #expect(reading.call("toolu_3")?.status == .pending)
    #expect(reading.call("toolu_4")?.promptID == reading.prompts[4].id)
    #expect(reading.call("toolu_4")?.workingDirectory == "/srv/shop/web")
    #expect(reading.call("toolu_4")?.turnID == "p4")
  }

  @Test func `a sub-agent's calls lead up to the prompt, whichever way it is told`() throws {
    let reading = TranscriptReading(TranscriptSamples.claudeAgents)
    let agent = try #require(reading.conversations.first { $0.link == .subagent })
    #expect(agent.id == Conversation.identifier(["claude-code", "s2", "ag1"]))
    #expect(agent.parentCallID == "toolu_task")
    #expect(agent.agentID == "ag1")
    #expect(agent.parentID == reading.conversations.first?.id)
    let call = try #require(reading.call("toolu_n1"))
    #expect(call.parentCallID == "toolu_task")
    #expect(call.agentID == "ag1")
    #expect(call.result == "found")
    let delegated = try #require(reading.prompts.first { $0.kind == .delegated })
    #expect(call.promptID == delegated.id)
    #expect(reading.call("toolu_task")?.promptID == reading.prompts.first?.id)

    // The same agent in a file of its own: the same conversation, prompt and call.
    let file = #"""
      {"parentUuid":null,"isSidechain":true,"agentId":"ag1","cwd":"/srv","sessionId":"s2","type":"user","message":{"role":"user","content":"Find it in the logs"},"uuid":"n1","timestamp":"2026-11-20T03:00:02.000Z"}
      {"parentUuid":"n1","isSidechain":true,"agentId":"ag1","cwd":"/srv","sessionId":"s2","message":{"model":"claude-haiku","id":"msg_n","role":"assistant","content":[{"type":"tool_use","id":"toolu_n1","name":"Bash","input":{"command":"grep leak *.log"}}]},"type":"assistant","uuid":"n2","timestamp":"2026-11-20T03:00:03.000Z"}
      """#
    let own = TranscriptReading(file, path: "s2/subagents/agent-ag1.jsonl")
    #expect(own.conversations.map(\.id) == [agent.id])
    #expect(own.prompts.map(\.id) == [delegated.id])
    #expect(own.calls.map(\.id) == [call.id])
    #expect(own.conversations.first?.parentID == agent.parentID)

    // Only the result of the call that started it names it.
    let lines = TranscriptSamples.claudeAgents.split(separator: "\n").filter { !$0.contains("agent_progress") }
    let named = TranscriptReading(lines.joined(separator: "\n"))
    #expect(named.conversations.first { $0.link == .subagent }?.parentCallID == "toolu_task")
    #expect(named.prompts.first { $0.kind == .delegated }?.id == delegated.id)
  }

  @Test func `what was typed while the model worked is told once, and notices and commands are no prompts of a person`()
  {
    let reading = TranscriptReading(TranscriptSamples.claudeAgents)
    #expect(
      reading.texts == [
        "human: Look for the leak", "delegated: Find it in the logs", "queued: and the metrics", "queued: then stop",
        "notification: <task-notification>\n<task-id>b9</task-id>\n</task-notification>", "command: /compact now",
        "queued: one more thing",
      ])
    #expect(reading.anomalies == ["transcript-record-unknown"])
    #expect(reading.conversations.allSatisfy { $0.link != .branch })
  }

  @Test func `a history that is copied into another session is told once and goes on as a branch`() throws {
    let copied = TranscriptSamples.claude.split(separator: "\n").prefix(9)
    let more = #"""
      {"parentUuid":"u7","isSidechain":false,"cwd":"/srv/shop","sessionId":"s9","type":"user","message":{"role":"user","content":"Resumed"},"uuid":"r1","timestamp":"2026-11-21T02:00:00.000Z"}
      {"parentUuid":"r1","isSidechain":false,"cwd":"/srv/shop","sessionId":"s9","message":{"model":"m","id":"msg_r","role":"assistant","content":[{"type":"tool_use","id":"toolu_r","name":"Bash","input":{"command":"id"}}]},"type":"assistant","uuid":"r2","timestamp":"2026-11-21T02:00:01.000Z"}
      """#
    let reading = TranscriptReading((copied + copied).joined(separator: "\n") + "\n" + more)
    #expect(reading.texts == ["human: Count the orders", "human: Resumed"])
    #expect(reading.conversations.map(\.link) == [nil, .branch])
    #expect(reading.conversations.last?.id == Conversation.identifier(["claude-code", "s9"]))
    #expect(reading.conversations.last?.parentID == reading.conversations.first?.id)
    #expect(reading.calls.map(\.nativeID) == ["toolu_1", "toolu_2", "toolu_r"])
    #expect(
      reading.calls.map(\.id) == TranscriptReading(TranscriptSamples.claude).calls.prefix(2).map(\.id) + [
        reading.calls[2].id
      ])
  }

  @Test func `a record that ends with the file keeps what is there of it`() throws {
    let text =
      #"{"parentUuid":null,"cwd":"/","sessionId":"s","isSidechain":false,"type":"user","uuid":"x","timestamp":"2026-11-20T02:00:01.000Z","message":{"role":"user","content":"the end is miss"#
    let reading = TranscriptReading(text)
    #expect(reading.texts == ["human: the end is miss"])
    #expect(reading.prompts.first?.isCut == true)
    #expect(reading.anomalies == ["transcript-cut"])
  }

  @Test func `an answer that is an error is a failed one`() {
    let text =
      #"{"parentUuid":null,"isSidechain":false,"sessionId":"s","type":"assistant","uuid":"x","timestamp":"2026-11-20T02:00:01.000Z","isApiErrorMessage":true,"message":{"id":"e","model":"<synthetic>","role":"assistant","content":[{"type":"text","text":"API Error: 529 overloaded"}]}}"#
    let reading = TranscriptReading(text)
    #expect(reading.completions.map(\.status) == [.failed])
    #expect(reading.completions.first?.error == "API Error: 529 overloaded")
  }
}
