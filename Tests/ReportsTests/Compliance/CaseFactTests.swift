import Foundation
import Model
import TestKit
import Testing

@testable import Reports

@Suite struct CaseFactTests {
  private func state(
    _ fact: CaseFact, _ made: ReportCases.Made = ReportCases.exemplary,
    change: (MemoryCase, inout Verdict) -> Void = { _, _ in }
  ) throws -> ControlState {
    var verdict = made.verdict
    if let reading = made.reading as? MemoryCase { change(reading, &verdict) }
    return try CaseFacts(made.reading, verdict: verdict).assess(fact).state
  }

  @Test func `an exemplary case supports what it holds, and nothing else`() throws {
    let held: Set<CaseFact> = [
      .changeApproval, .separation, .identity, .privilegedUse, .privilegeChanges, .objectChanges, .dataAccess, .logging,
      .timestamps, .integrity, .custody, .completeness, .monitoring, .followUp, .privilegedRecords, .dataPermission,
    ]
    for fact in CaseFact.allCases {
      #expect(try state(fact) == (held.contains(fact) ? .supported : .notCovered), "\(fact)")
    }
  }

  @Test func `an empty case supports nothing`() throws {
    let empty = ReportCases.Made(name: "empty", reading: ReportCases.empty, verdict: ReportCases.clean)
    for fact in CaseFact.allCases { #expect(try state(fact, empty) == .notCovered, "\(fact)") }
  }

  @Test func `while something was not seen, nothing is said of all`() throws {
    let changes: [(MemoryCase, inout Verdict) -> Void] = [
      { reading, _ in reading.storedSources[0].isComplete = false },
      { reading, _ in reading.storedSessions[0].isComplete = false },
      { reading, _ in reading.storedActions[2].status = .incomplete },
      { _, verdict in verdict.incompleteness = ["something was not seen"] },
      { reading, _ in
        var opaque = reading.storedSessions[0]
        (opaque.id, opaque.isEncrypted) = ("ses-2", true)
        reading.storedSessions.append(opaque)
      },
    ]
    for change in changes {
      for fact in CaseFact.allCases where fact.needsAll {
        #expect(try state(fact, change: change) == .notCovered, "\(fact)")
      }
      #expect(try state(.custody, change: change) == .supported)
    }
  }

  @Test func `what speaks against a fact is an exception`() throws {
    #expect(
      try state(.changeApproval) { _, verdict in verdict.decisions["ses-1.1"]?.outcome = .unapproved } == .exception)
    #expect(try state(.privilegedUse) { _, verdict in verdict.decisions["ses-1.2"]?.outcome = .denied } == .exception)
    #expect(try state(.changeApproval) { _, verdict in verdict.decisions["ses-1.1"] = nil } == .notCovered)
    #expect(
      try state(.privilegedRecords) { _, verdict in verdict.decisions["ses-1.2"]?.outcome = .denied } == .supported)
    func refuseRead(_ reading: MemoryCase, _ verdict: inout Verdict) {
      verdict.decisions["ses-1.3"] = Decision(actionID: "ses-1.3", outcome: .denied, rule: "r", reason: "")
    }
    #expect(try state(.dataPermission, change: refuseRead) == .exception)
    #expect(try state(.dataAccess, change: refuseRead) == .supported)
    #expect(try state(.identity) { reading, _ in reading.storedSessions[0].user = nil } == .exception)
    #expect(try state(.separation) { _, verdict in verdict.approvals[0].state = .own } == .exception)
    #expect(try state(.integrity) { reading, _ in reading.storedSources[0].integrity = "unsigned" } == .notCovered)
    #expect(try state(.integrity) { reading, _ in reading.storedSources[0].integrity = "broken" } == .exception)
    #expect(try state(.custody) { _, verdict in verdict.overall = .evidenceBroken } == .notCovered)
    #expect(try state(.emergency) { _, verdict in verdict.approvals[0].stance = .breakGlass } == .exception)
    #expect(
      try state(.emergency) { _, verdict in
        verdict.approvals[0].stance = .breakGlass
        var review = verdict.approvals[0]
        review.stance = .review
        verdict.approvals.append(review)
      } == .supported)
    #expect(
      try state(.followUp) { _, verdict in
        verdict.findings = [
          Finding(id: "f", rule: "r", severity: .high, sessionID: nil, actionID: nil, title: "", detail: "")
        ]
      } == .exception)
    #expect(
      try state(.clocks) { reading, _ in
        var conversation = StoredConversation(id: "c", startedAt: DemoCase.at(0))
        conversation.clockOffset = 2_000_000_000
        reading.storedConversations = [conversation]
      } == .exception)
    #expect(
      try state(.clocks) { reading, _ in
        var conversation = StoredConversation(id: "c", startedAt: DemoCase.at(0))
        conversation.clockOffset = -5_000_000
        reading.storedConversations = [conversation]
      } == .supported)
  }

  @Test func `a fact names the first actions that speak against it`() throws {
    let demo = DemoCase()
    let facts = try CaseFacts(demo.reading, verdict: demo.verdict)
    let approval = facts.assess(.changeApproval)
    #expect(approval.state == .exception && approval.actionIDs.count == CaseFacts.namedLimit)
    let first = demo.reading.storedActions.first { demo.verdict.decisions[$0.id]?.outcome == .unapproved }
    #expect(approval.actionIDs.first == first?.id)
    #expect(facts.assess(.followUp).findingIDs == ["f-1"])
  }
}
