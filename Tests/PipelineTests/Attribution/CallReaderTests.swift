import Model
import Sessions
import Testing

@testable import Pipeline

/// Tool calls as evidence.
@Suite struct CallReaderTests {
  private func read(_ store: MemoryCorrelation) throws -> [CallEvidence] {
    var reader = CallReader(try PromptRoots(store, PromptTwins(store)))
    try store.forEachToolCall { reader.add($0) }
    return reader.finish()
  }

  @Test func `a call has its effects, its times and the ids that may name it`() throws {
    let store = MemoryCorrelation()
    store.conversation("cnv-a", native: "6ab1c2d3-0000-4000-8000-000000000001")
    let prompt = store.prompt("prm-1", in: "cnv-a", native: "6ab1c2d3-0000-4000-8000-000000000002")
    var call = MemoryCorrelation.call(
      "toolu_01", in: "cnv-a", of: "prm-1", at: 5, through: 6, ["command": "psql -h db -c 'SELECT 41'"])
    call.turnID = "6ab1c2d3-0000-4000-8000-000000000003"
    call.result = "(1 row)"
    let number = store.add(call, source: 7)
    let evidence = try #require(try read(store).first)
    #expect(evidence.number == number)
    #expect(evidence.prompt == prompt)
    #expect(evidence.clock == 7)
    #expect(evidence.startedAt == MemoryCorrelation.time(5))
    #expect(evidence.endedAt == MemoryCorrelation.time(6))
    #expect(evidence.result == "(1 row)")
    #expect(evidence.ids.map(\.scope) == [.call, .turn, .turn, .conversation])
    #expect(evidence.effects.contains { $0.kind == .sql && $0.text == "SELECT 41" && $0.host == "db" })
  }

  @Test func `times of a conversation without a clock say nothing`() throws {
    for clock in [Conversation.Clock.none, .start] {
      let store = MemoryCorrelation()
      store.conversation("cnv-a", clock: clock)
      store.add(MemoryCorrelation.call("toolu_01", in: "cnv-a", of: nil, at: 5, through: 6, ["command": "true"]))
      let evidence = try #require(try read(store).first)
      #expect(evidence.startedAt == nil)
      #expect(evidence.endedAt == nil)
    }
  }

  @Test func `what runs elsewhere or was not asked in full has no effects`() throws {
    let store = MemoryCorrelation()
    store.conversation("cnv-a")
    var served = MemoryCorrelation.call(
      "toolu_01", in: "cnv-a", of: nil, at: 5, through: 6, ["command": "psql -c 'SELECT 1'"])
    served.isServerSide = true
    var cut = MemoryCorrelation.call(
      "toolu_02", in: "cnv-a", of: nil, at: 7, through: 8, ["command": "psql -c 'SELECT 2'"])
    cut.status = .incomplete
    store.add(served)
    store.add(cut)
    let effects = try read(store).flatMap(\.effects)
    #expect(effects.isEmpty)
  }

  @Test func `a file that was written feeds later calls of its conversation, and of no other`() throws {
    let store = MemoryCorrelation()
    store.conversation("cnv-a")
    store.conversation("cnv-b")
    store.add(
      MemoryCorrelation.call(
        "toolu_01", in: "cnv-a", of: nil, at: 1, through: 2, tool: "Write",
        ["file_path": "/srv/shop/0042.sql", "content": "ALTER TABLE orders ADD COLUMN risk_score int;\n"]))
    for (place, conversation) in ["cnv-a", "cnv-b"].enumerated() {
      var call = MemoryCorrelation.call(
        "toolu_1\(place)", in: conversation, of: nil, at: 5, through: 6, ["command": "psql -f 0042.sql"])
      call.workingDirectory = "/srv/shop"
      store.add(call)
    }
    let evidence = try read(store)
    let altered = evidence.map { call in
      call.effects.contains { $0.kind == .sql && $0.text.contains("risk_score") && $0.evidence == .writtenFile }
    }
    #expect(altered == [false, true, false])
  }

  @Test func `what types into a program is tied to the call that started it, which runs as long`() throws {
    let store = MemoryCorrelation()
    store.conversation("cnv-a")
    let started = store.add(
      MemoryCorrelation.call(
        "call_01", in: "cnv-a", of: nil, at: 1, through: 2, tool: "exec_command", ["cmd": "psql -h db"]))
    var typed = MemoryCorrelation.call(
      "call_02", in: "cnv-a", of: nil, at: 30, through: 31, tool: "write_stdin", ["chars": "SELECT 42;\n"])
    typed.continuesCallID = "call_01"
    store.add(typed)
    var lost = typed
    lost.nativeID = "call_03"
    lost.continuesCallID = "call_unknown"
    store.add(lost)
    let evidence = try read(store)
    #expect(evidence.map(\.continues) == [nil, started, nil])
    #expect(evidence[0].endedAt == MemoryCorrelation.time(31))
    #expect(evidence[1].effects.contains { $0.text == "SELECT 42" && $0.evidence == .typed })
  }

  @Test func `a call whose result is lost ends when its agent goes on, and calls of one answer wait for each other`()
    throws
  {
    let store = MemoryCorrelation()
    store.conversation("cnv-a")
    store.conversation("cnv-b")
    func add(_ native: String, _ at: Double, through: Double? = nil, agent: String? = nil, in id: String = "cnv-a") {
      var call = MemoryCorrelation.call(native, in: id, of: nil, at: at, through: through, ["command": "true"])
      call.agentID = agent
      store.add(call)
    }
    add("a", 0)
    add("b", 0.3)
    add("c", 1, in: "cnv-b")
    add("d", 2, agent: "sub")
    add("e", 9)
    add("f", 12, through: 12.5)
    let ends = try read(store).map(\.endedAt)
    #expect(ends == [9, 9, nil, nil, 12, 12.5].map { $0.map(MemoryCorrelation.time) })
  }

  @Test func `spans of a call are ids of it, and their trace one of its turn`() throws {
    let store = MemoryCorrelation()
    store.conversation("cnv-a")
    var call = MemoryCorrelation.call("toolu_01", in: "cnv-a", of: nil, at: 1, through: 2, ["command": "true"])
    call.spans = ["4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", "nothing"]
    store.add(call)
    let ids = try #require(try read(store).first).ids
    #expect(ids.contains(CarriedID(.call, "00f067aa0ba902b7")))
    #expect(ids.contains(CarriedID(.turn, "4bf92f3577b34da6a3ce929d0e0e4736")))
    #expect(ids.count == 3)
  }

  @Test func `failure and going on in the background are handed on`() throws {
    let store = MemoryCorrelation()
    store.conversation("cnv-a")
    var call = MemoryCorrelation.call("toolu_01", in: "cnv-a", of: nil, at: 1, through: nil, ["command": "true"])
    call.status = .failed
    call.isBackground = true
    store.add(call)
    let evidence = try #require(try read(store).first)
    #expect(evidence.hasFailed)
    #expect(evidence.isOpenEnded)
    #expect(evidence.endedAt == nil)
    #expect(evidence.result.isEmpty)
  }
}
