import Model
import Testing

@testable import Importers

@Suite struct GeminiTests {
  @Test func `the last form of a message counts, and a rewind makes a branch`() throws {
    let reading = TranscriptReading(TranscriptSamples.geminiLines)
    #expect(reading.format == "gemini-cli")
    #expect(reading.conversations.map(\.link) == [nil, .branch])
    #expect(reading.conversations.first?.id == Conversation.identifier(["gemini-cli", "g1"]))
    #expect(reading.texts == ["human: How many users?", "human: wrong way", "human: right way", "human: and now?"])
    #expect(reading.prompts[2].conversationID == reading.conversations[1].id)
    #expect(reading.prompts[2].ordinal == reading.prompts[1].ordinal)
    let answer = try #require(reading.completions.first)
    #expect(answer.text == "Let me see.")
    #expect(answer.reasoning == "Plan: count")
    #expect(answer.outputTokens == 3)
    #expect(reading.completions.last?.status == .failed)
    let call = try #require(reading.call("run_shell_command-1-a"))
    #expect(call.command == "psql -c 'select 1'")
    #expect(call.workingDirectory == "db")
    #expect(call.exitCode == 0)
    #expect(call.endedAt?.description == "2026-11-20T05:00:04.000000000Z")
    #expect(call.promptID == reading.prompts[0].id)
    let other = try #require(reading.call("run_shell_command-2-b"))
    #expect(other.status == .failed)
    #expect(other.isBackground)
    #expect(reading.anomalies.isEmpty)
  }

  @Test func `an old chat is one document, and a cut one keeps its beginning`() throws {
    let reading = TranscriptReading(TranscriptSamples.geminiDocument, path: "session.json")
    #expect(reading.format == "gemini-cli")
    #expect(reading.texts == ["human: Hello"])
    #expect(reading.call("read_file-1")?.status == .failed)
    let text = TranscriptSamples.geminiDocument
    let half = TranscriptReading(String(text.prefix(text.utf8.count - 60)), path: "session.json")
    #expect(half.texts == ["human: Hello"])
    #expect(half.calls.count == 1)
    #expect(half.anomalies == ["transcript-cut"])
  }

  @Test func `a sub-agent's file is found under its parent's folder`() throws {
    let text = #"""
      {"sessionId":"g7","projectHash":"abc","startTime":"2026-11-20T05:00:00.000Z","kind":"subagent"}
      {"id":"m1","timestamp":"2026-11-20T05:00:01.000Z","type":"user","content":"Count"}
      """#
    let reading = TranscriptReading(text, path: "chats/g1/g7.jsonl")
    let noun = try #require(reading.conversations.first)
    #expect(noun.link == .subagent)
    #expect(noun.parentID == Conversation.identifier(["gemini-cli", "g1"]))
    #expect(reading.texts == ["delegated: Count"])
  }
}
