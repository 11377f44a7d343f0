import Foundation
import Model
import Reports
import TestKit
import Testing

@Suite struct JUnitReportTests {
  private func verdict(_ reading: SmallCase, _ outcome: Decision.Outcome) -> Verdict {
    var decisions: [String: Decision] = [:]
    for action in reading.allActions where action.isChange {
      decisions[action.id] = Decision(
        actionID: action.id, outcome: outcome, rule: "default", reason: "needs an approval")
    }
    return Verdict(
      overall: outcome == .unapproved ? .unapproved : .clean, policyName: "built-in", policySHA256: "00",
      decisions: decisions, findings: [], incompleteness: [])
  }

  private func write(_ reading: SmallCase, _ outcome: Decision.Outcome) throws -> [UInt8] {
    var buffer = ReportBuffer()
    try JUnitReport().write(reading, verdict: verdict(reading, outcome), to: &buffer)
    return buffer.bytes
  }

  @Test func `a case for each change and three for the evidence`() throws {
    let text = String(decoding: try write(SmallCase(), .unapproved), as: UTF8.self)
    #expect(text.contains(#"tests="5" failures="2" errors="0""#))
    #expect(text.components(separatedBy: "<testcase ").count - 1 == 5)
    #expect(text.components(separatedBy: "<failure ").count - 1 == 2)
    for name in ["evidence.integrity", "evidence.completeness", "policy.loaded"] { #expect(text.contains(name)) }
  }

  @Test func `a change by HTTP is named by its request`() throws {
    let story = HTTPStory()
    var buffer = ReportBuffer()
    try JUnitReport().write(story.story, verdict: story.verdict, to: &buffer)
    #expect(buffer.text.contains("name=\"POST https://shop.internal/orders\""))
    #expect(buffer.text.contains("name=\"exec: sh\""))
    #expect(buffer.text.contains("identity  as agent-7-elevated"))
  }

  @Test func `no changes are not no tests`() throws {
    var reading = SmallCase()
    reading.allActions = []
    let text = String(decoding: try write(reading, .unapproved), as: UTF8.self)
    #expect(text.contains(#"tests="3" failures="0" errors="0""#))
  }

  static let hostile: [String] = [
    "]]>", "<!--<script>alert(1)</script>", "\u{0}\u{1}\u{8}\u{b}\u{1b}[31m", "\u{202e}evil", "&amp;&#0;\"'",
    "\u{fffe}\u{ffff}", "a\r\nb\tc", String(repeating: "x", count: 1_000_000),
  ]

  @Test(.enabled(if: Corpus.isPresent, "the shared corpus is not here"), arguments: hostile.indices)
  func `the schemas accept it, whatever was captured`(index: Int) throws {
    let schemas = try #require(Corpus.root).appending(path: "schemas")
    var reading = SmallCase()
    let text = Self.hostile[index]
    reading.allActions = [SmallCase.action(1, "UPDATE", .write, text), SmallCase.action(2, "UPDATE", .write, text)]
    reading.allSessions[0].user = text
    reading.allSessions[0].target = text
    try TemporaryFolder.with { folder in
      let file = folder.appending(path: "junit.xml")
      try Data(try write(reading, .unapproved)).write(to: file)
      for schema in ["jenkins-junit-10.xsd", "windyroad-JUnit.xsd"] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/xmllint")
        process.arguments = ["--noout", "--schema", schemas.appending(path: schema).path, file.path]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(schema)")
      }
    }
  }

  @Test func `the same case gives the same bytes`() throws {
    let (one, two) = (try write(SmallCase(), .unapproved), try write(SmallCase(), .unapproved))
    #expect(one == two)
  }
}
