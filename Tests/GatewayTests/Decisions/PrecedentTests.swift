import Bytes
import Model
import Policy
import Sessions
import TestKit
import Testing

@testable import Gateway

/// What is decided because something like it was decided before is what judging would have said.
struct PrecedentTests {
  private static let policy = """
    version: 1
    rules:
      - { id: elsewhere, when: { application: other }, then: deny }
      - { id: reads, when: { effect: [read, session] }, then: allow }
      - { id: every-row, when: { unfiltered: true }, then: deny }
      - { id: orders, when: { effect: write, resource: [orders, public.orders] }, then: allow }
      - { id: schema, when: { effect: schema }, then: allow }
    default: require-approval
    """

  private static let texts = [
    "SELECT 1", "SELECT 2", "SELECT lower('A') FROM orders WHERE id = 3", "SELECT lower('B') FROM orders WHERE id = 4",
    "UPDATE orders SET n = 1 WHERE id = 1", "UPDATE orders SET n = 2 WHERE id = 7", "UPDATE orders SET n = 1",
    "INSERT INTO orders VALUES (1, 'x')", "INSERT INTO orders VALUES (2, 'y')", "INSERT INTO other VALUES (1)",
    "DELETE FROM orders WHERE id = 1", "DELETE FROM orders", "BEGIN", "COMMIT", "ROLLBACK",
    "SET search_path = a, b", "SET LOCAL search_path = c", "SET LOCAL role = x", "RESET search_path",
    "SELECT set_config('search_path', 'd', true)", "SELECT set_config('role', 'e', false)",
    "CREATE FUNCTION lower(text) RETURNS text LANGUAGE sql AS 'SELECT 1'", "SELECT current_setting('role')",
    "PREPARE p AS DELETE FROM orders", "PREPARE p AS SELECT 1", "EXECUTE p", "DEALLOCATE p",
    "SELECT 1; DELETE FROM orders", "SELECT 1 /* a */", "SELECT 1 -- b", "SELECT nextval('s')", "VALUES (1), (2)",
    "SELECT 'password=secret'", "SELECT", "", "this is no SQL", "SAVEPOINT a", "ROLLBACK TO a",
    "MERGE INTO orders USING other ON true WHEN MATCHED THEN DELETE", "COPY orders FROM STDIN", "FETCH 1 FROM c",
  ]

  private struct Judging {
    let judge: StatementJudge
    var precedents = 0

    init() throws {
      let time = Timestamp(nanoseconds: 1)
      let flow = Flow(
        id: FlowID(1), client: try #require(Endpoint("127.0.0.1:1")), server: try #require(Endpoint("127.0.0.1:2")),
        role: .handshake, openedAt: time, origin: .unknown, sawHandshake: true)
      let session = Session(
        id: "s", protocolName: "postgres", client: "127.0.0.1:1", server: "127.0.0.1:2", user: "u", target: "d",
        application: nil, startedAt: time, endedAt: time)
      judge = StatementJudge(session, flow: flow, reader: StatementJudge.Reader(secrets: SecretHasher(key: [1])))
      var facts = SessionFacts()
      (facts.user, facts.target) = ("u", "d")
      judge.learn(facts)
    }

    /// The rules that decide, and whether all is sent on.
    mutating func take(_ statement: Statement, by policy: PolicyInForce, isShort: Bool) -> [String] {
      if isShort, let precedent = judge.precedent(for: statement, by: policy) {
        precedents += 1
        judge.forward(precedent)
        return ["allowed \(precedent.decision.rule) \(precedent.decision.reason) \(precedent.isChange)"]
      }
      let judged = judge.judge(statement, by: policy.policy, at: Timestamp(nanoseconds: 2))
      if isShort { judge.remember(statement, judged, by: policy) }
      if judged.allSatisfy({ $0.decision.outcome == .allowed }) { judge.forward(judged) }
      return judged.map {
        "\($0.decision.outcome) \($0.decision.rule) \($0.decision.reason) \($0.action.isChange)"
      }
    }

    /// What people would have to sign for a statement here: what stands before it decides.
    func request() throws -> String? {
      let policy = PolicyInForce(try PolicyDocument.parse(yaml: "version: 1\ndefault: require-approval", name: "p"))
      let probe = Statement(mode: .simple, text: "DELETE FROM probe WHERE id = 1")
      let judged = judge.judge(probe, by: policy.policy, at: Timestamp(nanoseconds: 3))
      return StandingApprovals.request(
        for: judged.map(\.action), in: judge.session, before: judge.before, requestedBy: "a@b",
        useBy: Timestamp(nanoseconds: 4))?.text
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func `it is the decision and the meaning that judging gives`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let policies = [
      PolicyInForce(try PolicyDocument.parse(yaml: Self.policy, name: "a")),
      PolicyInForce(try PolicyDocument.parse(yaml: "version: 1\ndefault: deny", name: "b")),
    ]
    var (short, long) = (try Judging(), try Judging())
    var policy = 0
    for step in 0..<600 {
      switch Int.random(in: 0..<60, using: &random) {
      case 0: policy = 1 - policy
      case 1:
        let name = ["other", "psql"].randomElement(using: &random) ?? ""
        for judging in [short, long] {
          judging.judge.learn(.reported("application_name", name, at: Timestamp(nanoseconds: 1)))
        }
      case 2 where step % 7 == 0: (short, long) = (try Judging(), try Judging())
      default: break
      }
      let text = try #require(Self.texts.randomElement(using: &random))
      let mode: Statement.Mode = Bool.random(using: &random) ? .simple : .extended(statementName: "n", portal: "")
      let statement = Statement(mode: mode, text: text, isTextExact: Int.random(in: 0..<20, using: &random) > 0)
      let (one, other) = (
        short.take(statement, by: policies[policy], isShort: true),
        long.take(statement, by: policies[policy], isShort: false)
      )
      #expect(one == other, "step \(step): \(text)")
      #expect(try short.request() == long.request(), "step \(step): after \(text)")
    }
  }

  @Test func `most of what repeats itself has one`() throws {
    let policy = PolicyInForce(try PolicyDocument.parse(yaml: Self.policy, name: "a"))
    var judging = try Judging()
    for number in 1...100 {
      let text = number % 2 == 0 ? "SELECT \(number)" : "UPDATE orders SET n = \(number) WHERE id = \(number)"
      _ = judging.take(Statement(mode: .simple, text: text), by: policy, isShort: true)
    }
    #expect(judging.precedents == 98)
  }

  @Test func `a rule that asks for the hour makes none`() throws {
    let yaml =
      "version: 1\nrules:\n  - { id: night, when: { hours: { from: '22:00', to: '06:00' } }, then: deny }\ndefault: allow"
    let policy = PolicyInForce(try PolicyDocument.parse(yaml: yaml, name: "a"))
    var judging = try Judging()
    for _ in 1...5 { _ = judging.take(Statement(mode: .simple, text: "SELECT 1"), by: policy, isShort: true) }
    #expect(judging.precedents == 0)
  }
}
