import Model
import Policy
import Testing

/// Ways around an approval. None passes, and each is called by its name.
@Suite(.enabled(if: BenchKeys.isPossible, "no ssh-keygen here")) struct ApprovalAttackTests {
  @Test func `there are as many attacks as were asked for`() {
    #expect(ApprovalAttack.all.count >= 60)
    #expect(Set(ApprovalAttack.all.map(\.testDescription)).count == ApprovalAttack.all.count)
  }

  @Test(arguments: ApprovalAttack.all) func `an attack does not pass`(_ attack: ApprovalAttack) throws {
    var bench = ApprovalBench()
    attack.change(&bench)
    let (verdict, problems) = try bench.verdict()
    let bad = verdict.decisions.values.filter { !$0.isAcceptable }
    #expect(!bad.isEmpty && verdict.exitCode == 1, "\(verdict.decisions)")
    guard let state = attack.state else { return }
    let states = verdict.approvals.map { "\($0.state) \($0.reason)" }
    #expect(verdict.approvals.contains { $0.state == state }, "\(states) \(problems) \(bad.map(\.reason))")
    // What counts against it is a finding of its own, which names the file.
    #expect(verdict.findings.contains { $0.rule.hasPrefix("approval-") && $0.detail.contains("0042.approval") })
  }

  @Test func `what was approved passes`() throws {
    let (verdict, problems) = try ApprovalBench().verdict()
    #expect(verdict.exitCode == 0 && problems.isEmpty, "\(verdict.decisions) \(problems)")
    #expect(verdict.approvals.map(\.state) == [.valid, .valid])
    #expect(verdict.approvals.allSatisfy { $0.approver == "omar@shop.example" && $0.actionID != nil })
    #expect(verdict.findings.isEmpty)
  }

  /// What clients do on their own, and what was approved with it.
  @Test(arguments: [
    ApprovalAttack("a semicolon", nil) { $0.actions[0].text += ";" },
    ApprovalAttack("blanks around it", nil) { $0.actions[0].text = "\n  \($0.actions[0].text) ;\n" },
    ApprovalAttack("comments around it", nil) { $0.actions[0].text = "-- why\n\($0.actions[0].text) /* trace */" },
    ApprovalAttack("a failed try before it", nil) { bench in
      var failed = bench.actions[0]
      failed.status = .error
      failed.transaction = nil
      bench.actions.insert(failed, at: 0)
    },
    ApprovalAttack("a try that was rolled back before it", nil) { bench in
      var tries = bench.actions
      for index in tries.indices { tries[index].transaction = .rolledBack }
      bench.actions = tries + bench.actions
    },
    ApprovalAttack("as often as was approved", nil) {
      $0.request.uses = 2
      $0.actions += $0.actions
    },
    ApprovalAttack("two people where two are needed", nil) {
      $0.policy.replace("{ from: dba }", with: "{ from: dba, count: 2 }")
      $0.signatures.append(.init(key: "ines"))
    },
    ApprovalAttack("a signature too many that counts for nothing", nil) { $0.signatures.append(.init(key: "eve")) },
    ApprovalAttack("a search_path that was approved with it", nil) {
      let text = "SET search_path = app"
      $0.request.changes.insert(ApprovalChange(kind: "sql", text: text), at: 0)
      $0.actions.insert(
        ApprovalBench.action(text + ";", "SET", .session, resources: [Resource("alter", "setting", "search_path")]),
        at: 0)
    },
    ApprovalAttack("a search_path that was reset before", nil) {
      let resources = [Resource("alter", "setting", "search_path")]
      $0.actions.insert(ApprovalBench.action("SET search_path = evil", "SET", .session, resources: resources), at: 0)
      $0.actions.insert(ApprovalBench.action("RESET search_path", "RESET", .session, resources: resources), at: 1)
    },
    ApprovalAttack("options that were approved", nil) {
      $0.request.settings = ["options=-c statement_timeout=5s"]
      $0.facts["options"] = "-c statement_timeout=5s"
    },
    ApprovalAttack("a COPY of which any data was approved", nil) {
      let text = "COPY orders FROM STDIN"
      $0.request.changes[1] = ApprovalChange(kind: "copy", text: text, bodySHA256: ApprovalChange.anyBody)
      $0.actions[1] = ApprovalBench.action(text, "COPY", .write, kind: "copy")
    },
    ApprovalAttack("an emergency that somebody else reviewed", nil) { ApprovalAttack.emergency(&$0, ["ines"]) },
    ApprovalAttack("a shape where the policy takes them", nil) { ApprovalAttack.shape(&$0, takes: true) },
    ApprovalAttack("without a proven time where the policy needs none", nil) {
      $0.policy.replace("namespace: shop.example }", with: "namespace: shop.example, time: unproven }")
      $0.asOf = nil
    },
  ]) func `what means the same passes`(_ honest: ApprovalAttack) throws {
    var bench = ApprovalBench()
    honest.change(&bench)
    let (verdict, problems) = try bench.verdict()
    let bad = verdict.decisions.values.filter { !$0.isAcceptable }.filter { decision in
      // A try that failed left nothing, and is judged as what it was.
      bench.actions.indices.contains { "s.\($0 + 1)" == decision.actionID && bench.actions[$0].status == .ok }
    }
    #expect(bad.isEmpty, "\(bad.map(\.reason)) \(verdict.approvals.map(\.reason)) \(problems)")
  }

  @Test func `loud approvals are findings though they count`() throws {
    var bench = ApprovalBench()
    ApprovalAttack.emergency(&bench, ["ines"])
    #expect(try bench.verdict().verdict.findings.contains { $0.rule == "approval-break-glass" && $0.severity == .high })
    bench = ApprovalBench()
    ApprovalAttack.shape(&bench, takes: true)
    #expect(try bench.verdict().verdict.findings.contains { $0.rule == "approval-class" })
  }

  @Test func `an approval that nothing used is listed`() throws {
    var bench = ApprovalBench()
    bench.actions = []
    let approvals = try bench.verdict().verdict.approvals
    #expect(approvals.map(\.state) == [.unused] && approvals.first?.approver == "omar@shop.example")
    #expect(approvals.first?.actionID == nil)
  }
}
