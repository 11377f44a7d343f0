import Foundation
import Model
import Reports
import TestKit
import Testing

@Suite struct SARIFReportTests {
  private func run(_ bytes: [UInt8]) throws -> [String: Any] {
    let log = try ReportCases.object(bytes)
    #expect(log["version"] as? String == "2.1.0")
    let runs = try #require(log["runs"] as? [[String: Any]])
    return try #require(runs.first)
  }

  @Test func `a result for each finding and each change that is not acceptable`() throws {
    let demo = DemoCase()
    let made = ReportCases.Made(name: "demo", reading: demo.reading, verdict: demo.verdict)
    let run = try run(ReportCases.write(SARIFReport(), made))
    let results = try #require(run["results"] as? [[String: Any]])
    let bad = demo.verdict.decisions.values.count { !$0.isAcceptable }
    #expect(results.count == bad + demo.verdict.findings.count)
    let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
    let rules = try #require(driver["rules"] as? [[String: Any]])
    for result in results {
      let index = try #require(result["ruleIndex"] as? Int)
      #expect(rules[index]["id"] as? String == result["ruleId"] as? String)
      let locations = try #require(result["locations"] as? [[String: Any]])
      let place = try #require(locations.first?["physicalLocation"] as? [String: Any])
      #expect((place["properties"] as? [String: Any])?["sha256"] as? String == demo.reading.storedSources[0].sha256)
      #expect(((place["properties"] as? [String: Any])?["packet"] as? Int ?? 0) > 0)
      #expect((locations.first?["logicalLocations"] as? [Any])?.count == 2)
    }
    let card = try #require(results.first { $0["ruleId"] as? String == "card-data" })
    #expect(card["level"] as? String == "error")
    let prints = results.compactMap { ($0["partialFingerprints"] as? [String: String])?["exhibit/v1"] }
    #expect(Set(prints).count == results.count)
    for rule in rules { #expect(((rule["help"] as? [String: Any])?["text"] as? String)?.isEmpty == false) }
  }

  @Test func `too many results: the worst are kept, and a note counts the others`() throws {
    let reading = MemoryCase("many")
    let source = reading.addSource("db.pcap", packets: 9, from: DemoCase.at(0), until: DemoCase.at(9))
    var findings: [Finding] = []
    for index in 0..<12_000 {
      reading.storedActions.append(
        Action(
          id: "s.\(index)", sessionID: "s", sequence: index, startedAt: DemoCase.at(Double(index)), kind: "sql",
          verb: "UPDATE", text: "UPDATE t", effect: .write, status: .ok, sourceID: source, packet: 1))
      findings.append(
        Finding(
          id: "f\(index)", rule: "r", severity: index == 11_999 ? .critical : .low, sessionID: "s",
          actionID: "s.\(index)", title: "t", detail: "d"))
    }
    var verdict = ReportCases.clean
    verdict.findings = findings
    let bytes = try ReportCases.write(SARIFReport(), .init(name: "many", reading: reading, verdict: verdict))
    let results = try #require(try run(bytes)["results"] as? [[String: Any]])
    #expect(results.count == 5000)
    let last = try #require(results.last)
    #expect(last["ruleId"] as? String == "exhibit-more-results" && last["level"] as? String == "note")
    let text = (last["message"] as? [String: String])?["text"]
    #expect(text?.hasPrefix("7,001 more results are not in this file: 7,001 low.") == true)
    #expect(results.dropLast().last?["level"] as? String == "error")
    // The same statement many times is as many results.
    let prints = results.compactMap { ($0["partialFingerprints"] as? [String: String])?["exhibit/v1"] }
    #expect(Set(prints).count == 5000)
  }

  @Test func `no captured text is a link or a place for an argument`() throws {
    var reading = SmallCase()
    let text = "[click](https://evil.example) {0} {12} ]( ${3}"
    reading.allActions = [SmallCase.action(1, "UPDATE", .write, text)]
    var verdict = ReportCases.clean
    verdict.decisions = ["ses-1.1": Decision(actionID: "ses-1.1", outcome: .unapproved, rule: "r", reason: text)]
    let bytes = try ReportCases.write(SARIFReport(), .init(name: "x", reading: reading, verdict: verdict))
    let results = try #require(try run(bytes)["results"] as? [[String: Any]])
    let message = try #require((results.first?["message"] as? [String: String])?["text"])
    #expect(!message.contains("](") && !message.contains(#/{\d/#))
  }

  @Test(.enabled(if: Validation.isPresent, "no schemas, or no packages (scripts/setup.sh --tests)"))
  func `the schema accepts it, whatever was captured`() throws {
    for made in ReportCases.all {
      let bytes = try ReportCases.write(SARIFReport(), made)
      let outcome = try Validation.check(bytes, "results.sarif")
      #expect(outcome.status == 0, "\(made.name): \(outcome.out) \(outcome.err.suffix(500))")
    }
  }
}
