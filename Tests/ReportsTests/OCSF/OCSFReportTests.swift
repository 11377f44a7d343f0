import Foundation
import Model
import Reports
import TestKit
import Testing

@Suite struct OCSFReportTests {
  private func events(_ made: ReportCases.Made) throws -> [[String: Any]] {
    try ReportCases.write(OCSFReport(), made).split(separator: 0x0A).map { try ReportCases.object(Array($0)) }
  }

  /// Attributes that the schema demands of each class.
  private static let required: [Int: [String]] = [
    2003: ["finding_info", "compliance"], 4001: ["dst_endpoint"], 4002: ["http_request", "dst_endpoint"],
    4007: ["dst_endpoint"], 6005: ["actor", "src_endpoint", "database"],
  ]

  @Test func `every event has what its class demands`() throws {
    for made in ReportCases.all {
      for event in try events(made) {
        let kind = try #require(event["class_uid"] as? Int)
        let activity = try #require(event["activity_id"] as? Int)
        let wanted = try #require(Self.required[kind], "\(kind)")
        #expect(event["type_uid"] as? Int == kind * 100 + activity)
        #expect(event["category_uid"] as? Int == kind / 1000)
        for name in wanted + ["metadata", "severity_id", "time"] { #expect(event[name] != nil, "\(kind): \(name)") }
        let metadata = try #require(event["metadata"] as? [String: Any])
        #expect(metadata["version"] != nil && metadata["product"] != nil)
      }
    }
  }

  @Test func `statements, requests, commands and findings`() throws {
    let demo = DemoCase()
    let made = ReportCases.Made(name: "demo", reading: demo.reading, verdict: demo.verdict)
    let all = try events(made)
    let database = all.filter { $0["class_uid"] as? Int == 6005 }
    #expect(database.count == demo.reading.storedActions.count)
    #expect(Set(database.compactMap { $0["type_uid"] as? Int }).isSuperset(of: [600_503, 600_504, 600_505]))
    let column = try #require(
      database.first { ($0["query_info"] as? [String: Any]).map { "\($0)".contains("ADD COLUMN card_pan") } ?? false })
    #expect(column["activity_id"] as? Int == 2 && column["severity_id"] as? Int == 4)
    let findings = all.filter { $0["class_uid"] as? Int == 2003 }
    #expect(findings.count == demo.verdict.decisions.values.count { !$0.isAcceptable } + 1)
    let card = try #require(findings.first { $0["severity_id"] as? Int == 5 })
    let compliance = try #require(card["compliance"] as? [String: Any])
    #expect(compliance["standards"] as? [String] == ["SOC 2", "ISO/IEC 27001"])
    let (http, ssh) = (HTTPStory(), SSHStory())
    let web = try events(.init(name: "http", reading: http.story, verdict: http.verdict))
    #expect(web.contains { $0["type_uid"] as? Int == 400_206 } && web.contains { $0["type_uid"] as? Int == 400_202 })
    let shell = try events(.init(name: "ssh", reading: ssh.story, verdict: ssh.verdict))
    #expect(shell.contains { $0["class_uid"] as? Int == 4007 })
  }
}
