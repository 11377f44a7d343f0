import Foundation
import Model
import Reports
import TestKit
import Testing

@Suite struct OSCALReportTests {
  private func results(_ made: ReportCases.Made, _ frameworks: [Framework] = Framework.all) throws -> [String: Any] {
    let document = try ReportCases.object(ReportCases.write(OSCALReport(frameworks: frameworks), made))
    return try #require(document["assessment-results"] as? [String: Any])
  }

  /// The findings of the only result by their targets.
  private func findings(_ made: ReportCases.Made, _ framework: Framework) throws -> [String: [String: Any]] {
    let result = try #require((try results(made, [framework])["results"] as? [[String: Any]])?.first)
    let findings = try #require(result["findings"] as? [[String: Any]])
    return Dictionary(
      uniqueKeysWithValues: findings.compactMap { finding in
        (finding["target"] as? [String: Any]).flatMap { target in
          (target["target-id"] as? String).map { ($0, finding) }
        }
      })
  }

  private func status(_ finding: [String: Any]?) -> String {
    let target = finding?["target"] as? [String: Any]
    let status = target?["status"] as? [String: String]
    return "\(status?["state"] ?? "") \(status?["reason"] ?? "")"
  }

  @Test func `everything that is pointed to is there`() throws {
    let demo = DemoCase()
    let made = ReportCases.Made(name: "demo", reading: demo.reading, verdict: ReportCases.approved(demo.verdict))
    let document = try results(made)
    let resources = try #require((document["back-matter"] as? [String: Any])?["resources"] as? [[String: Any]])
    let known = Set(resources.compactMap { $0["uuid"] as? String })
    #expect(known.count == resources.count)
    let hashes = resources.compactMap { ($0["rlinks"] as? [[String: Any]])?.first?["hashes"] as? [[String: String]] }
    #expect(hashes.contains { $0.first?["value"] == demo.reading.storedSources[0].sha256 })
    let plan = (document["import-ap"] as? [String: String])?["href"] ?? ""
    #expect(known.contains(String(plan.dropFirst())))
    var all = known
    for result in try #require(document["results"] as? [[String: Any]]) {
      let observations = try #require(result["observations"] as? [[String: Any]])
      let observed = Set(observations.compactMap { $0["uuid"] as? String })
      let risks = Set((result["risks"] as? [[String: Any]] ?? []).compactMap { $0["uuid"] as? String })
      for observation in observations {
        for evidence in observation["relevant-evidence"] as? [[String: String]] ?? [] {
          #expect(known.contains(String(evidence["href"]?.dropFirst() ?? "")))
        }
      }
      for finding in try #require(result["findings"] as? [[String: Any]]) {
        for related in finding["related-observations"] as? [[String: String]] ?? [] {
          #expect(observed.contains(related["observation-uuid"] ?? ""))
        }
        for related in finding["related-risks"] as? [[String: String]] ?? [] {
          #expect(risks.contains(related["risk-uuid"] ?? ""))
        }
      }
      let ids = [result["uuid"] as? String].compactMap(\.self) + observed.sorted() + risks.sorted()
      for id in ids { #expect(all.insert(id).inserted) }
    }
  }

  @Test func `a control is satisfied only by evidence that is there and whole`() throws {
    let made = ReportCases.exemplary
    let good = try findings(made, .soc2)
    #expect(status(good["soc2-cc8.1_smt"]) == "satisfied pass")
    #expect(status(good["soc2-cc7.4_smt"]) == "not-satisfied other")
    // A gap, and nothing that speaks of all changes holds any more.
    let reading = try #require(made.reading as? MemoryCase)
    reading.storedGaps = [
      StoredGap(
        sessionID: "ses-1", direction: .fromClient, at: DemoCase.at(1), until: nil, byteCount: 9, reason: .notCaptured)
    ]
    let cut = try findings(made, .soc2)
    #expect(status(cut["soc2-cc8.1_smt"]) == "not-satisfied other")
    let demo = DemoCase()
    let bad = try findings(.init(name: "demo", reading: demo.reading, verdict: demo.verdict), .soc2)
    #expect(status(bad["soc2-cc8.1_smt"]) == "not-satisfied fail")
    let empty = try findings(.init(name: "empty", reading: ReportCases.empty, verdict: ReportCases.clean), .soc2)
    for finding in empty.values { #expect(status(finding) == "not-satisfied other") }
  }

  @Test(.enabled(if: Validation.isPresent, "no schemas, or no packages (scripts/setup.sh --tests)"))
  func `the schema accepts it, whatever was captured`() throws {
    for made in ReportCases.all + [ReportCases.exemplary] {
      let outcome = try Validation.check(try ReportCases.write(OSCALReport(), made), "results.json")
      #expect(outcome.status == 0, "\(made.name): \(outcome.out) \(outcome.err.suffix(500))")
    }
  }

  @Test(.enabled(if: Validation.hasTrestle, "no Python package trestle here"))
  func `compliance-trestle reads it, and finds every control`() throws {
    let code = """
      import sys, pathlib
      from trestle.oscal.assessment_results import AssessmentResults
      document = AssessmentResults.oscal_read(pathlib.Path(sys.argv[1]))
      print(sum(len(result.findings) for result in document.results))
      """
    for made in ReportCases.all + [ReportCases.exemplary] {
      let outcome = try Validation.python(code, try ReportCases.write(OSCALReport(), made), "results.json")
      #expect(outcome.status == 0, "\(made.name): \(outcome.err.suffix(800))")
      #expect((Int(outcome.out.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0) > 90)
    }
  }
}
