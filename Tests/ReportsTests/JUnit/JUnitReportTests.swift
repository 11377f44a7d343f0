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

  private func write(
    _ reading: SmallCase, _ outcome: Decision.Outcome, _ dialect: JUnitReport.Dialect = .standard
  ) throws -> [UInt8] {
    var buffer = ReportBuffer()
    try JUnitReport(dialect: dialect).write(reading, verdict: verdict(reading, outcome), to: &buffer)
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
      let accepted: [(String, JUnitReport.Dialect)] = [
        ("jenkins-junit-10.xsd", .strict), ("windyroad-JUnit.xsd", .strict), ("surefire-test-report.xsd", .surefire),
      ]
      for (schema, dialect) in accepted {
        try Data(try write(reading, .unapproved, dialect)).write(to: file)
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

  @Test func `the dialects differ in where the evidence is, and in the host`() throws {
    func text(_ dialect: JUnitReport.Dialect) throws -> String {
      String(decoding: try write(SmallCase(), .unapproved, dialect), as: UTF8.self)
    }
    let (standard, strict, surefire) = (try text(.standard), try text(.strict), try text(.surefire))
    #expect(standard.contains(#"file="db.pcap" line="2""#))
    #expect(strict == standard.replacing(#/ file="db.pcap" line="\d"/#, with: ""))
    #expect(surefire.contains("skipped=\"0\"") && !surefire.contains("hostname") && !surefire.contains("system-out"))
    #expect(JUnitReport.Dialect.allCases.map(\.rawValue) == ["default", "strict", "surefire"])
  }

  @Test func `a failure names its approvals and the command to run next`() throws {
    let reading = SmallCase()
    var verdict = verdict(reading, .unapproved)
    func text() throws -> String {
      var buffer = ReportBuffer()
      try JUnitReport().write(reading, verdict: verdict, to: &buffer)
      return buffer.text
    }
    #expect(try text().contains("next      exhibit show ses-1.2 --case fake.exhibit"))
    #expect(try text().contains("exhibit plan --case fake.exhibit --session ses-1 --server 10.0.0.5:5432"))
    verdict.approvals = [
      Approval(
        id: "apr-1", actionID: "ses-1.2", subjectSHA256: "", approver: "omar@shop.example", key: "SHA256:x",
        stance: .approve, reason: "", decidedAt: nil, expiresAt: nil, state: .incomplete, file: "0042.approval",
        fileSHA256: "")
    ]
    #expect(try text().contains("approval  incomplete: approve by omar@shop.example in 0042.approval"))
    #expect(try text().contains("exhibit approve 0042.approval --key KEY"))
  }

  @Test func `the same case gives the same bytes`() throws {
    let (one, two) = (try write(SmallCase(), .unapproved), try write(SmallCase(), .unapproved))
    #expect(one == two)
  }
}
