import Foundation
import Model
import Reports
import TestKit
import Testing

@Suite struct JSONReportTests {
  @Test func `a change by HTTP says its kind and on whose behalf it ran`() throws {
    let story = HTTPStory()
    var buffer = ReportBuffer()
    try JSONReport().write(story.story, verdict: story.verdict, to: &buffer)
    let object = try JSONSerialization.jsonObject(with: Data(buffer.bytes)) as? [String: Any]
    let changes = try #require(object?["changes"] as? [[String: Any]])
    let deletion = try #require(changes.first { $0["verb"] as? String == "DELETE" })
    #expect(deletion["kind"] as? String == "http")
    #expect((deletion["identity"] as? [String: Any])?["user"] as? String == "agent-7-elevated")
    let sessions = try #require(object?["sessions"] as? [[String: Any]])
    #expect(sessions.compactMap { $0["decrypted"] as? Bool } == [true, true, false, true])
  }

  @Test func `a change names its prompts, a prompt what came of it`() throws {
    let story = PromptCase()
    var buffer = ReportBuffer()
    try JSONReport().write(story.reading, verdict: story.verdict, to: &buffer)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(buffer.bytes)) as? [String: Any])
    let changes = try #require(object["changes"] as? [[String: Any]])
    let column = try #require(changes.first { ($0["text"] as? String)?.contains("ADD COLUMN card_pan") == true })
    let marks = try #require(column["attribution"] as? [[String: Any]])
    #expect(marks.count == 1)
    #expect(marks.first?["prompt"] as? String == "prm-card")
    #expect(marks.first?["tool_call"] as? String == "psql")
    #expect(marks.first?["method"] as? String == "content")
    #expect(marks.first?["confidence"] as? Double == 0.991)
    let grant = try #require(changes.first { $0["verb"] as? String == "GRANT" })
    #expect((grant["attribution"] as? [Any])?.isEmpty == true)
    let counts = try #require(object["attribution"] as? [String: Any])
    #expect(counts["unrecorded_changes"] as? Int == 17)
    #expect(counts["unwitnessed_calls"] as? Int == 1 && counts["mismatched_calls"] as? Int == 1)
    #expect(counts["ambiguous"] as? Int == 1)
    let prompts = try #require(object["prompts"] as? [[String: Any]])
    #expect(prompts.map { $0["id"] as? String } == ["prm-pool", "prm-card", "prm-task", "prm-late"])
    #expect(prompts.map { $0["root"] as? String } == ["prm-pool", "prm-card", "prm-card", "prm-late"])
    #expect(
      prompts.dropFirst().first?["effects"] as? [String: Int] == ["read": 1, "schema": 4, "session": 1, "write": 1])
    #expect(prompts.dropFirst().first?["text"] as? String == PromptCase.card)
    let calls = prompts.first?["tool_calls"] as? [[String: Any]]
    #expect(calls?.first?["witness"] as? String == "unwitnessed")
    let conversations = try #require(object["conversations"] as? [[String: Any]])
    #expect(conversations.map { $0["parent"] as? String } == [nil, "cnv-c41f"])
  }

  @Test func `without transcripts no change has an attribution`() throws {
    let demo = DemoCase()
    var buffer = ReportBuffer()
    try JSONReport().write(demo.reading, verdict: demo.verdict, to: &buffer)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(buffer.bytes)) as? [String: Any])
    #expect(object["attribution"] is NSNull)
    let changes = try #require(object["changes"] as? [[String: Any]])
    #expect(changes.count == 22 && changes.allSatisfy { $0["attribution"] == nil })
    #expect((object["prompts"] as? [Any])?.isEmpty == true)
  }

  @Test func `hostile prompts are JSON too`() throws {
    let hostile = HostileCase(HostileCase.hostile)
    // Parameters are JSON in every case.
    for place in hostile.reading.storedActions.indices { hostile.reading.storedActions[place].parameters = nil }
    var buffer = ReportBuffer()
    try JSONReport().write(hostile.reading, verdict: hostile.verdict, to: &buffer)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(buffer.bytes)) as? [String: Any])
    let prompts = try #require(object["prompts"] as? [[String: Any]])
    for prompt in prompts {
      let text = prompt["text"] as? String
      #expect(text?.unicodeScalars.elementsEqual(HostileCase.hostile.unicodeScalars) == true)
    }
  }

  @Test func `it is JSON whatever was captured`() throws {
    for text in JUnitReportTests.hostile {
      var reading = SmallCase()
      reading.allActions = [SmallCase.action(1, "UPDATE", .write, text)]
      let decision = Decision(actionID: "ses-1.1", outcome: .unapproved, rule: "default", reason: text)
      let verdict = Verdict(
        overall: .unapproved, policyName: text, policySHA256: "", decisions: ["ses-1.1": decision], findings: [],
        incompleteness: [text])
      var buffer = ReportBuffer()
      try JSONReport().write(reading, verdict: verdict, to: &buffer)
      let object = try JSONSerialization.jsonObject(with: Data(buffer.bytes)) as? [String: Any]
      let changes = object?["changes"] as? [[String: Any]]
      #expect(changes?.count == 1)
      #expect(changes?.first?["text"] as? String == text)
    }
  }
}
