import Model
import Pipeline
import Testing

/// From the case to what is written into it.
@Suite struct AttributorTests {
  private func filled() -> (store: MemoryCorrelation, prompt: Int64, call: Int64) {
    let store = MemoryCorrelation()
    store.conversation("cnv-a")
    let prompt = store.prompt("prm-1", in: "cnv-a")
    var call = MemoryCorrelation.call(
      "toolu_01", in: "cnv-a", of: "prm-1", at: 10, through: 11,
      ["command": "psql -U agent -d shop -c \"UPDATE orders SET state = 'paid' WHERE id = 4711\""])
    call.result = "UPDATE 1"
    return (store, prompt, store.add(call))
  }

  @Test func `an action goes back to its prompt, and others to none`() throws {
    let (store, prompt, call) = filled()
    let theirs = store.session([(2, "SELECT 1"), (60, "SELECT 2")], client: "10.0.0.77:50000")
    let ours = store.session([(10.4, "UPDATE orders SET state = 'paid' WHERE id = 4711")], effect: .write)
    let summary = try #require(try Attributor.run(store))
    #expect(summary.actionCount == 3)
    #expect(summary.attributedCount == 1)
    #expect(summary.ambiguousCount == 0)
    #expect(summary.callCount == 1)
    #expect(summary.unwitnessedCount == 0)
    let found = try #require(store.attributions.first)
    #expect(store.attributions.count == 1)
    #expect(found.action == ours << 32 | 1)
    #expect(found.prompt == prompt)
    #expect(found.call == call)
    #expect(found.method == .content)
    #expect(found.confidence > 0.9 && found.confidence < 1)
    #expect(!store.attributions.contains { $0.action >> 32 == theirs })
    #expect(store.verdicts.map(\.verdict) == [.corroborated])
  }

  @Test func `what was claimed and is not on the wire is told`() throws {
    let (store, _, call) = filled()
    store.session([(2, "SELECT 1"), (10.5, "SELECT 'another'"), (60, "SELECT 2")], client: "10.0.0.77:50000")
    let summary = try #require(try Attributor.run(store))
    #expect(summary.attributedCount == 0)
    #expect(summary.unwitnessedCount == 1)
    let verdict = try #require(store.verdicts.first)
    #expect(verdict.call == call)
    #expect(verdict.verdict == .unwitnessed)
  }

  @Test func `decided again it is the same, and takes the place of what was there`() throws {
    let (store, _, _) = filled()
    store.session([(10.4, "UPDATE orders SET state = 'paid' WHERE id = 4711")], effect: .write)
    let first = try Attributor.run(store)
    let told = store.attributions
    #expect(try Attributor.run(store) == first)
    #expect(store.attributions == told)
    #expect(store.replacements == 2)
  }

  @Test func `with one side alone nothing is decided, and what was is taken back`() throws {
    let (store, _, _) = filled()
    #expect(try Attributor.run(store) == nil)
    #expect(store.attributions.isEmpty)
    #expect(store.replacements == 1)
  }
}
