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
