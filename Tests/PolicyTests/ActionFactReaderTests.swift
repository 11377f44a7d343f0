import Bytes
import Model
import TestKit
import Testing

@testable import Policy

/// What a policy asks of a case is read, and what it does not ask is not.
@Suite struct ActionFactReaderTests {
  private static let cards = """
    version: 1
    rules:
      - { id: several, when: { statements: { over: 1 } }, then: deny }
      - { id: cards, when: { returns: [payment-card, password] }, then: deny }
      - { id: reads, when: { effect: [read, session] }, then: allow }
    """

  private let session = Session(
    id: "s", protocolName: "postgres", client: "10.0.0.1:1", server: "db:5432", startedAt: .epoch, endedAt: .epoch)

  private func action(_ sequence: Int, _ text: String = "SELECT 1", at second: Int64 = 0, bytes: UInt64 = 20) -> Action
  {
    var action = Action(
      id: "s.\(sequence)", sessionID: "s", sequence: sequence,
      startedAt: Timestamp(nanoseconds: second * 1_000_000_000), kind: "sql", verb: "SELECT", text: text, effect: .read,
      status: .ok)
    action.bytesIn = bytes
    return action
  }

  private func decide(_ actions: [Action], _ fill: (MemoryCase) -> Void = { _ in }) throws -> [Decision] {
    let stored = MemoryCase("c")
    stored.storedActions = actions
    fill(stored)
    let policy = try PolicyDocument.parse(yaml: Self.cards, name: "p.yaml")
    var reader = ActionFactReader(stored)
    return try actions.map { try policy.decide($0, in: session, prompt: nil, reading: &reader) }
  }

  @Test func `the statements of one request are counted, those of others are not`() throws {
    let found = try decide([
      action(1), action(2, at: 1), action(3, at: 1, bytes: 0), action(4, at: 1, bytes: 0), action(5, at: 1),
      action(6, at: 2),
    ])
    #expect(found.map(\.rule) == ["reads", "several", "several", "several", "reads", "reads"])
  }

  @Test func `a statement that was not captured may have been one of several`() throws {
    var lost = action(1)
    lost.isInferred = true
    #expect(try decide([lost]).first?.outcome == .undecidable)
  }

  @Test func `of what only a log tells nobody knows what came back, nor what stood beside it`() throws {
    let told = [action(1, bytes: 0), action(2, bytes: 0)]
    #expect(try decide(told) { $0.storedServerSessions = ["s": .unseen] }.allSatisfy { $0.outcome == .undecidable })
  }

  private func rows(_ cells: [String?], column: String, byteCount: UInt64? = nil) -> StoredPayload {
    var bytes: [UInt8] = []
    for cell in cells {
      let length = UInt32(bitPattern: cell.map { Int32($0.utf8.count) } ?? -1)
      bytes += [0, 1] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + Array((cell ?? "").utf8)
    }
    return StoredPayload(
      layout: .rows, bytes: bytes, byteCount: byteCount ?? UInt64(bytes.count), sha256: "",
      columns: [Column(name: column, type: "text")])
  }

  private func decide(returning payload: StoredPayload?, _ change: (inout Action) -> Void = { _ in }) throws -> Decision
  {
    var read = action(1)
    read.hasResponsePayload = payload != nil
    change(&read)
    return try #require(try decide([read]) { stored in payload.map { stored.responses["s.1"] = $0 } }.first)
  }

  @Test func `rows are looked through`() throws {
    #expect(try decide(returning: rows(["4111 1111 1111 1111"], column: "pan")).rule == "cards")
    #expect(try decide(returning: rows(["12.50", nil], column: "total")).rule == "reads")
    #expect(try decide(returning: nil).rule == "reads")
  }

  @Test func `what was not kept whole is not allowed`() throws {
    let cut = try decide(returning: rows(["12.50"], column: "total", byteCount: 5_000))
    #expect(cut.outcome == .undecidable && cut.rule == "cards")
    #expect(cut.reason.contains("of 5000 bytes that came back were kept"))
    // A card in the part that is there is a card.
    #expect(try decide(returning: rows(["4111 1111 1111 1111"], column: "pan", byteCount: 5_000)).outcome == .denied)
    var damaged = rows(["12.50"], column: "total")
    damaged.bytes.removeLast()
    damaged.byteCount -= 1
    #expect(try decide(returning: damaged).outcome == .undecidable)
    #expect(try decide(returning: nil) { $0.status = .incomplete }.outcome == .undecidable)
    let lost = try decide(returning: nil) {
      $0.rowCount = 3
      $0.columns = ["pan"]
    }
    #expect(lost.outcome == .undecidable)
  }

  @Test func `bodies: text is read, a hidden secret is one, what is no text is not known`() throws {
    func body(_ bytes: [UInt8]) -> StoredPayload {
      StoredPayload(layout: .bytes, bytes: bytes, byteCount: UInt64(bytes.count), sha256: "", columns: [])
    }
    #expect(try decide(returning: body(Array(#"{"card": "4111111111111111"}"#.utf8))).rule == "cards")
    #expect(try decide(returning: body(Array(#"{"password": "[redacted]"}"#.utf8))).rule == "cards")
    #expect(try decide(returning: body(Array(#"{"total": 5}"#.utf8))).rule == "reads")
    #expect(try decide(returning: body([0x1F, 0x8B, 0xFF, 0xFE, 0x00])).outcome == .undecidable)
  }

  @Test func `what a program printed is read across the records that carried it`() throws {
    var builder = StreamRecordBuilder()
    for part in ["typed 4111 1111 ", "1111 1111\n"] {
      builder.append(
        StreamRecord(at: .epoch, direction: .fromServer, kind: .output, bytes: Array(part.utf8)))
    }
    let payload = builder.finish()
    var run = action(1)
    (run.kind, run.hasRecords) = ("exec", true)
    let found = try decide([run]) { stored in
      stored.streams["s.1"] = StoredPayload(
        layout: .records, bytes: payload.bytes, byteCount: payload.byteCount, sha256: "", columns: [])
    }
    #expect(found.first?.rule == "cards")
  }

  @Test func `a verdict that rests on what was not kept cannot be given`() throws {
    let stored = MemoryCase("c")
    var read = action(1)
    read.hasResponsePayload = true
    stored.storedActions = [read]
    stored.responses["s.1"] = rows(["12.50"], column: "total", byteCount: 5_000)
    var evaluation = PolicyEvaluation(
      policy: try PolicyDocument.parse(yaml: Self.cards, name: "p.yaml"), reading: stored)
    try evaluation.add(read, in: session)
    let verdict = evaluation.verdict(sources: [], incompleteness: [])
    #expect(verdict.exitCode == 4)
    #expect(verdict.findings.contains { $0.rule == "cards" && $0.title == "SELECT: cannot be judged" })
  }

  /// A case that fails whoever looks at what came back.
  private struct Closed: CaseReading {
    struct Refusal: Error {}
    var name: String { "closed" }
    func sources() throws -> [Source] { [] }
    func sessions() throws -> [Session] { [] }
    func session(id: String) throws -> Session? { nil }
    func forEachAction(session: String?, _ body: (Action) throws -> Void) throws {}
    func action(id: String) throws -> Action? { nil }
    func anomalies() throws -> [StoredAnomaly] { [] }
    func gaps() throws -> [StoredGap] { [] }
    func requestPayload(of actionID: String) throws -> StoredPayload? { throw Refusal() }
    func responsePayload(of actionID: String) throws -> StoredPayload? { throw Refusal() }
  }

  @Test func `nothing is read that no rule asks for`() throws {
    var read = action(1)
    read.hasResponsePayload = true
    var reader = ActionFactReader(Closed())
    let policy = try PolicyDocument.parse(
      yaml: """
        version: 1
        rules:
          - { id: cards, when: { kind: http, returns: [payment-card] }, then: deny }
          - { id: reads, when: { effect: read }, then: allow }
        """, name: "p.yaml")
    #expect(try policy.decide(read, in: session, prompt: nil, reading: &reader).rule == "reads")
    read.kind = "http"
    #expect(throws: Closed.Refusal.self) { try policy.decide(read, in: session, prompt: nil, reading: &reader) }
  }
}
