import Bytes
import Model
import Testing

@testable import Policy

/// Approvals of statements that were masked before they reached the case.
@Suite(.enabled(if: BenchKeys.isPossible, "no ssh-keygen here")) struct MaskedApprovalTests {
  private static let insert = "INSERT INTO customers (mail) VALUES ('lin@shop.example')"

  /// The actions of `bench` as an ingest with masking leaves them.
  private static func masked(_ bench: ApprovalBench, _ ran: [(text: String, values: [String?])]) throws -> ApprovalBench
  {
    let yaml = "version: 1\nmasking:\n  - { detect: email, action: partial }\n"
    let plan = try PolicyDocument.parse(yaml: yaml, name: "m.yaml").masking
    var mask = try #require(EvidenceMask(plan, hasher: SecretHasher(key: [1])))
    var bench = bench
    for (index, one) in ran.enumerated() {
      let statement = Statement(
        mode: .simple, text: one.text, parameters: one.values.map { Parameter(type: "text", text: $0) })
      let part = StatementPart(text: one.text, classification: Classification(verb: "INSERT", effect: .write))
      let scope = EvidenceMask.Scope(protocolName: "postgres", database: "shop", server: "10.0.0.5:5432")
      let shown = mask.apply(to: statement, [part], in: scope)
      bench.actions[index].text = try #require(shown.parts.first).text
      bench.actions[index].maskedSubject = shown.parts.first?.maskedSubject
      if !one.values.isEmpty {
        let list = shown.statement.parameters.map { $0.text.map { "\"\($0)\"" } ?? "null" }
        bench.actions[index].parameters = "[\(list.joined(separator: ","))]"
      }
    }
    return bench
  }

  private static var bench: ApprovalBench {
    var bench = ApprovalBench()
    bench.request.changes[0] = ApprovalChange(kind: "sql", text: insert)
    bench.request.changes[1] = ApprovalChange(
      kind: "sql", text: ApprovalBench.update, parameters: ["omar@shop.example", "7"])
    return bench
  }

  private static let update = (text: ApprovalBench.update, values: ["omar@shop.example", "7"] as [String?])

  @Test func `what was approved word for word passes, and nothing of it is shown`() throws {
    let bench = try Self.masked(Self.bench, [("  " + Self.insert + ";", []), Self.update])
    #expect(bench.actions[0].text.contains("'l***@shop.example'"))
    #expect(bench.actions[1].parameters == #"["o***@shop.example","7"]"#)
    let (verdict, problems) = try bench.verdict()
    #expect(verdict.exitCode == 0 && problems.isEmpty, "\(verdict.decisions)")
    #expect(verdict.approvals.map(\.state) == [.valid, .valid])
  }

  @Test func `another value with the same mask does not pass, and the reason says why`() throws {
    let other = Self.insert.replacing("lin@", with: "lou@")
    for ran in [
      [(other, []), Self.update], [(Self.insert, []), (ApprovalBench.update, ["oleg@shop.example", "7"])],
      [(Self.insert, []), (ApprovalBench.update, ["omar@shop.example"])],
    ] as [[(text: String, values: [String?])]] {
      let (verdict, _) = try Self.masked(Self.bench, ran).verdict()
      #expect(verdict.exitCode == 1)
      #expect(verdict.decisions.values.contains { $0.reason.contains("its text was masked") }, "\(verdict.decisions)")
    }
  }

  @Test func `an approval of the masked text approves nothing`() throws {
    var bench = Self.bench
    bench.request.changes[0] = ApprovalChange(
      kind: "sql", text: "INSERT INTO customers (mail) VALUES ('l***@shop.example')")
    let (verdict, _) = try Self.masked(bench, [(Self.insert, []), Self.update]).verdict()
    #expect(verdict.exitCode == 1)
  }
}
