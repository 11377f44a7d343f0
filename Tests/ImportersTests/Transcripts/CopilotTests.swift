import Model
import Testing

@testable import Importers

@Suite struct CopilotTests {
  @Test func `prompts, notices and a summary`() throws {
    let reading = TranscriptReading(TranscriptSamples.copilot)
    #expect(reading.format == "copilot")
    #expect(
      reading.texts == [
        "system: You are Copilot.", "human: Restart the api", "delegated: Watch the logs", "queued: hurry",
        "notification: <system_notification>done</system_notification>", "summary: The api was restarted.",
        "human: Thanks",
      ])
    #expect(reading.prompts[1].nativeID == "i1")
    #expect(reading.prompts[1].context == "<now/> Restart the api")
    #expect(reading.conversations.map(\.link) == [nil, .subagent, .compaction])
    #expect(reading.conversations.first?.workingDirectory == "/srv")
    #expect(reading.anomalies.isEmpty)
  }

  @Test func `calls have the time at which they were allowed to run, and shells are followed`() throws {
    let reading = TranscriptReading(TranscriptSamples.copilot)
    let start = try #require(reading.call("call_a"))
    #expect(start.at?.description == "2026-11-20T07:00:09.000000000Z")
    #expect(start.isBackground)
    #expect(start.command == "ssh web1")
    #expect(start.turnID == "i1")
    #expect(reading.call("call_d")?.continuesCallID == "call_a")
    #expect(reading.call("call_d")?.status == .pending)
    let inner = try #require(reading.call("call_c"))
    #expect(inner.command == "tail -f log")
    #expect(inner.parentCallID == "call_b")
    #expect(inner.exitCode == 130)
    #expect(inner.status == .failed)
    #expect(inner.promptID == reading.prompts[2].id)
    #expect(reading.call("call_b")?.promptID == reading.prompts[1].id)
    #expect(reading.completions.first?.nativeID == "resp_1")
    #expect(reading.completions.first?.reasoning == "Go.")
  }
}
