import Model
import TestKit
import Testing

@testable import Sessions

@Suite struct ConnectionCallsTests {
  @Test(arguments: 1...5)
  func `of calls that last, those at work are found, the latest first`(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    var scene = Scene()
    for _ in 0..<400 {
      let from = Double.random(in: 0..<20_000, using: &generator)
      let lasted = Double.random(in: 601..<2_000, using: &generator)
      scene.call(prompt: 1, from, from + lasted, [.connection("psql")])
    }
    let facts = Correlator(scene.calls).facts
    let found = ConnectionCalls(EffectTable(scene.calls), facts)
    for seconds in stride(from: -10.0, to: 23_000, by: 97) {
      let time = Scene.time(seconds).nanoseconds
      let expected = facts.indices.filter { facts[$0].from <= time && facts[$0].through >= time }
        .sorted { (facts[$0].from, $0) > (facts[$1].from, $1) }
      #expect(found.running(at: time) == expected.prefix(64).map { Int32($0) }, "seed \(seed), \(seconds) s")
    }
  }
}
