import Model
import Policy
import Testing

/// What a gateway's recording that verifies proves of the time of a signature, and what it does not.
@Suite(.enabled(if: BenchKeys.isPossible, "no ssh-keygen here")) struct WitnessedApprovalTests {
  /// Nothing but the recording tells the time.
  private static func bench(
    _ time: String = "2026-11-20T09:59:00Z", key: String = "omar", stance: Approval.Stance = .approve,
    policy: String = ""
  ) -> ApprovalBench {
    var bench = ApprovalBench()
    bench.asOf = nil
    bench.session.gateway = "10.0.0.9:6432"
    bench.seen = [(key, stance, time)]
    bench.policy.replace("namespace: shop.example", with: "namespace: shop.example\(policy)")
    return bench
  }

  @Test(arguments: ["", ", time: unproven"]) func `the log proves that the signature came first`(policy: String) throws
  {
    let (verdict, _) = try Self.bench(policy: policy).verdict()
    #expect(verdict.exitCode == 0 && verdict.findings.isEmpty, "\(verdict.findings)")
    #expect(verdict.approvals.map(\.state) == [.valid, .valid])
    #expect(verdict.approvals.allSatisfy { $0.decidedAt == Timestamp(utc: "2026-11-20T09:59:00Z") })
  }

  @Test func `it proves nothing of another key, another word, another request, or a session that no gateway had`()
    throws
  {
    var benches = [Self.bench(key: "ines"), Self.bench(stance: .review), Self.bench(stance: .reject), Self.bench()]
    benches[3].session.gateway = nil
    benches.append(Self.bench())
    benches[4].seenRequest = String(repeating: "0", count: 64)
    benches.append(Self.bench())
    benches[5].seen = []
    for bench in benches {
      let (verdict, _) = try bench.verdict()
      #expect(verdict.exitCode == 1)
      #expect(verdict.approvals.allSatisfy { $0.state == .undated }, "\(verdict.approvals.map(\.state))")
      var lax = bench
      lax.policy.replace("namespace: shop.example", with: "namespace: shop.example, time: unproven")
      #expect(try lax.verdict().verdict.findings.contains { $0.rule == "approval-unproven" })
    }
  }

  @Test func `limits of time hold for what was seen, too`() throws {
    var old = Self.bench("2026-11-20T01:00:00Z")
    old.policy.replace("{ from: dba }", with: "{ from: dba, within: 1h }")
    #expect(try old.verdict().verdict.approvals.allSatisfy { $0.state == .expired })
    var late = Self.bench("2026-11-20T09:59:00Z")
    late.request.decideBy = Timestamp(utc: "2026-11-20T09:58:00Z")
    #expect(try late.verdict().verdict.approvals.allSatisfy { $0.state == .late })
    // A second person whom nobody saw.
    var two = Self.bench()
    two.policy.replace("{ from: dba }", with: "{ from: dba, count: 2 }")
    two.signatures.append(.init(key: "ines"))
    #expect(try two.verdict().verdict.exitCode == 1)
    two.seen?.append(("ines", .approve, "2026-11-20T09:59:30Z"))
    #expect(try two.verdict().verdict.exitCode == 0)
  }
}
