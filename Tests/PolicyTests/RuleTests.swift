import Foundation
import Model
import TestKit
import Testing

@testable import Policy

/// Every rule against its own examples.
@Suite struct RuleTests {
  private struct Case: CustomTestStringConvertible, Sendable {
    let rule: any FindingRule.Type
    let place: Int
    var testDescription: String { "\(rule.about.id): \(rule.examples[place].name)" }

    static let all = RuleCatalog.rules.flatMap { rule in rule.examples.indices.map { Case(rule: rule, place: $0) } }
  }

  @Test(arguments: Case.all) private func `an example finds what it says`(_ item: Case) throws {
    let example = item.rule.examples[item.place]
    var rule = item.rule.init()
    rule.prepare(try PolicyDocument.parse(yaml: example.policy, name: "example"))
    var hits = example.subjects.flatMap { rule.receive($0) }
    hits += rule.finish(example.facts)
    #expect(hits.count == example.finds, "\(hits.map(\.detail)) \(example.subjects.map(\.action.resources))")
    #expect(hits.allSatisfy { !$0.detail.isEmpty && !$0.detail.contains("\n") })
  }

  @Test func `every rule has examples of both kinds, a reason and controls`() {
    for rule in RuleCatalog.rules {
      #expect(rule.examples.contains { $0.finds > 0 } && rule.examples.contains { $0.finds == 0 }, "\(rule.about.id)")
      #expect(!rule.about.explanation.isEmpty && !rule.about.controls.isEmpty)
    }
    #expect(Set(RuleCatalog.abouts.map(\.id)).count == RuleCatalog.rules.count)
  }

  @Test func `the page of findings has a line for each rule`() throws {
    let page = try String(contentsOf: Checkout.root.appending(path: "docs/findings.md"), encoding: .utf8)
    for about in RuleCatalog.abouts {
      #expect(page.contains("| `\(about.id)` | \(about.severity.rawValue) |"), "\(about.id)")
    }
  }

  @Test func `the page of findings has every state of an approval that is told, with its severity`() throws {
    let page = try String(contentsOf: Checkout.root.appending(path: "docs/findings.md"), encoding: .utf8)
    let action = RuleSubject.sql("DROP TABLE t").action
    for state in Approval.State.allCases where state != .valid && state != .unused {
      var ruling = ApprovalRuling(isApproved: false)
      (ruling.state, ruling.reason) = (state, "a.approval")
      let finding = try #require(ApprovalFindings.of(ruling, action).first)
      #expect(
        finding.rule == "approval-\(state.rawValue)" && finding.actionID == action.id && !finding.controls.isEmpty)
      let line = page.split(separator: "\n").first { $0.hasPrefix("| ") && $0.contains("`\(state.rawValue)`") }
      #expect(line?.contains("| \(finding.severity.rawValue) |") == true, "\(state)")
    }
  }

  @Test func `a call that lied leads to the first of what it did`() throws {
    let stored = MemoryCase("c")
    var call = StoredToolCall(id: "tcl-1", tool: "Bash", command: "psql -c 'SELECT 1'", status: .succeeded)
    call.witness = .mismatched
    stored.storedCalls = [call]
    let mark = AttributionMark(
      promptID: nil, callID: "tcl-1", method: .explicitID, confidence: 1, reason: "", isAmbiguous: false)
    stored.marks = ["s.10": [mark], "s.9": [mark], "s.1": []]
    var rule = CallMismatch()
    let hit = try #require(rule.finish(try RuleFacts(stored)).first)
    #expect(hit.actionID == "s.9" && hit.sessionID == "s")
  }

  @Test func `a policy switches rules off and changes their severity`() throws {
    let policy = try PolicyDocument.parse(
      yaml: "version: 1\nfindings: { destructive-statement: off, audit-tampering: low }\n", name: "p.yaml")
    var evaluation = PolicyEvaluation(policy: policy)
    for subject in [RuleSubject.sql("DROP TABLE t"), .sql("SET log_statement = none")] {
      try evaluation.add(subject.action, in: subject.session)
    }
    evaluation.finish(RuleFacts())
    let found = evaluation.verdict(sources: [], incompleteness: []).findings
    #expect(!found.contains { $0.rule == "destructive-statement" })
    #expect(found.contains { $0.rule == "audit-tampering" && $0.severity == .low })
    let error = #expect(throws: PolicyError.self) {
      try PolicyDocument.parse(yaml: "version: 1\nfindings: { forced-pushes: high }\n", name: "p.yaml")
    }
    #expect(try #require(error).detail.contains("did you mean \"forced-push\""))
  }

  @Test func `a rule that finds thousands tells the first and how many more`() throws {
    var evaluation = PolicyEvaluation(policy: .builtIn)
    for number in 0..<500 {
      var subject = RuleSubject.sql("TRUNCATE t")
      subject.action.id = "s.\(number)"
      try evaluation.add(subject.action, in: subject.session)
    }
    evaluation.finish(RuleFacts())
    let found = evaluation.verdict(sources: [], incompleteness: []).findings.filter {
      $0.rule == "destructive-statement"
    }
    #expect(found.count == 201 && found.contains { $0.detail == "and 300 more that are not listed one by one" })
  }
}
