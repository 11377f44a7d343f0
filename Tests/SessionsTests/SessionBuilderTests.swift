import Model
import Testing

@testable import Sessions

@Suite struct SessionBuilderTests {
  private let flow = Flow(
    id: FlowID(1), client: Endpoint(address: IPAddress(v4: 0x0a00_0001), port: 40000),
    server: Endpoint(address: IPAddress(v4: 0x0a00_0002), port: 5432), role: .handshake,
    openedAt: Timestamp(nanoseconds: 1_000), origin: Origin(source: 0, packet: 1), sawHandshake: true)

  private func exchange(_ statement: Statement, incomplete: String? = nil) -> Exchange {
    Exchange(
      shape: .statement(statement), startedAt: Timestamp(nanoseconds: 2_000), origin: Origin(source: 0, packet: 4),
      requestByteCount: 10, responseByteCount: 20, incompleteReason: incomplete)
  }

  private func part(_ text: String, _ verb: String, _ effect: Effect) -> StatementPart {
    StatementPart(text: text, classification: Classification(verb: verb, effect: effect))
  }

  @Test func `each statement of a request becomes an action, and the request is kept whole with the first`() {
    var builder = SessionBuilder(flow: flow)
    let statement = Statement(
      mode: .simple, text: "INSERT INTO t VALUES (1); SELECT 1",
      results: [
        StatementResult(outcome: .completed(tag: "INSERT 0 1"), rowCount: 1),
        StatementResult(outcome: .completed(tag: "SELECT 1"), rowCount: 1),
      ], transactionState: .idle, endsCycle: true)
    let drafts = builder.add(
      exchange(statement), statement,
      parts: [part("INSERT INTO t VALUES (1)", "INSERT", .write), part("SELECT 1", "SELECT", .read)])
    #expect(drafts.map(\.sequence) == [1, 2])
    #expect(drafts.map(\.status) == [.ok, .ok])
    #expect(drafts[0].request?.bytes == Array("INSERT INTO t VALUES (1); SELECT 1".utf8))
    #expect(drafts[1].request == nil)
    #expect(builder.changeCount == 1)
  }

  @Test func `a statement after a failed one says that it did not run`() {
    var builder = SessionBuilder(flow: flow)
    let error = ServerMessage(severity: "ERROR", code: "22012", message: "division by zero")
    let statement = Statement(
      mode: .simple, text: "SELECT 1/0; DROP TABLE t", results: [StatementResult(outcome: .failed(error))],
      transactionState: .idle, endsCycle: true)
    let drafts = builder.add(
      exchange(statement), statement,
      parts: [part("SELECT 1/0", "SELECT", .read), part("DROP TABLE t", "DROP TABLE", .schema)])
    #expect(drafts.map(\.status) == [.error, .error])
    #expect(drafts[0].code == "22012")
    #expect(drafts[1].message == "not run: an earlier statement of the same request failed")
    #expect(builder.takeOutcomes().map(\.outcome) == [.notRun, .rolledBack])
  }

  @Test func `missing evidence is incomplete and never an error`() {
    var builder = SessionBuilder(flow: flow)
    let statement = Statement(mode: .simple, text: "DROP TABLE t", results: [])
    let drafts = builder.add(
      exchange(statement, incomplete: "responses not captured"), statement,
      parts: [part("DROP TABLE t", "DROP TABLE", .schema)])
    #expect(drafts[0].status == .incomplete)
    #expect(drafts[0].message == "responses not captured")
  }

  @Test func `a refused permission is a denial`() {
    var builder = SessionBuilder(flow: flow)
    let error = ServerMessage(severity: "ERROR", code: "42501", message: "permission denied for table t")
    let statement = Statement(
      mode: .simple, text: "SELECT * FROM t", results: [StatementResult(outcome: .failed(error))])
    let drafts = builder.add(exchange(statement), statement, parts: [part("SELECT * FROM t", "SELECT", .read)])
    #expect(drafts[0].status == .denied)
  }

  @Test func `the batches of a portal are tied to its first`() {
    var builder = SessionBuilder(flow: flow)
    let first = Statement(
      mode: .extended(statementName: "", portal: "c"), text: "SELECT 1", results: [StatementResult(outcome: .suspended)]
    )
    let second = Statement(
      mode: .continuation(statementName: "", portal: "c"), text: "SELECT 1",
      results: [StatementResult(outcome: .completed(tag: "SELECT 3"))])
    _ = builder.add(exchange(first), first, parts: [part("SELECT 1", "SELECT", .read)])
    let drafts = builder.add(exchange(second), second, parts: [part("SELECT 1", "SELECT", .read)])
    #expect(drafts[0].parentSequence == 1)
  }

  @Test func `parameters are JSON whatever they hold`() {
    var builder = SessionBuilder(flow: flow)
    let statement = Statement(
      mode: .extended(statementName: "", portal: ""), text: "SELECT $1, $2, $3",
      parameters: [
        Parameter(type: "text", text: "a\"b\\c\n\u{1}"), Parameter(type: "text", text: nil),
        Parameter(type: "text", text: "Grüße"),
      ])
    let drafts = builder.add(
      exchange(statement), statement, parts: [part("SELECT $1, $2, $3", "SELECT", .read)])
    #expect(drafts[0].parameters == #"["a\"b\\c\n\u0001",null,"Grüße"]"#)
  }

  @Test func `an id derives from the evidence alone`() {
    #expect(SessionID.make(flow) == SessionID.make(flow))
    var later = flow
    later.openedAt = Timestamp(nanoseconds: 1_001)
    #expect(SessionID.make(flow) != SessionID.make(later))
  }
}
