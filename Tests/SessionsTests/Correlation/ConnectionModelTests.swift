import Foundation
import TestKit
import Testing

@testable import Sessions

@Suite struct ConnectionModelTests {
  @Test(arguments: 1...20)
  func `the sums are those of all sequences`(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    func score() -> Double { Double.random(in: -4...8, using: &generator) }
    let calls: [Int32] = [0, 1, 2]
    let entrances = Dictionary(
      uniqueKeysWithValues: calls.map { call in
        (
          call,
          ConnectionModel.Entrance(atStart: score(), midway: score() - 4, root: call == 2 ? 1 : ConnectionModel.nobody)
        )
      })
    let order: [Int32: Int64] = [0: 5, 1: 2, 2: 9]
    let model = ConnectionModel(weights: EvidenceWeights(), entrances: entrances, order: order)
    let steps = (0..<4).map { _ in
      [ConnectionModel.State(call: ConnectionModel.nobody, score: 0)]
        + calls.filter { _ in Bool.random(using: &generator) }.map { ConnectionModel.State(call: $0, score: score()) }
    }
    let found = model.posteriors(steps)
    var sums = steps.map { [Double](repeating: 0, count: $0.count) }
    var total = 0.0
    func visit(_ path: [Int]) {
      guard path.count < steps.count else {
        let weight = exp(model.score(of: path.enumerated().map { steps[$0][$1] }))
        total += weight
        for (step, place) in path.enumerated() { sums[step][place] += weight }
        return
      }
      for place in steps[path.count].indices { visit(path + [place]) }
    }
    visit([])
    for (step, values) in sums.enumerated() {
      for (place, value) in values.enumerated() {
        #expect(abs(found[step][place] - value / total) < 1e-9, "seed \(seed)")
      }
    }
  }

  @Test func `no steps have no probabilities`() {
    let model = ConnectionModel(weights: EvidenceWeights(), entrances: [:], order: [:])
    #expect(model.posteriors([]).isEmpty)
  }
}

extension ConnectionModel {
  /// What one sequence is worth: written down once more, plainly.
  func score(of path: [State]) -> Double {
    var sum = 0.0
    for (index, state) in path.enumerated() {
      sum += state.score
      if index == 0 {
        if state.call != Self.nobody { sum += entrances[state.call]?.atStart ?? 0 }
        continue
      }
      let before = path[index - 1].call
      if before == state.call { continue }
      if state.call == Self.nobody {
        sum += weights.leave
      } else if before == Self.nobody {
        sum += entrances[state.call]?.midway ?? 0
      } else {
        let (from, to) = (entrances[before], entrances[state.call])
        let isOneProgram = to?.root != Self.nobody && (to?.root == before || from?.root == to?.root)
        if isOneProgram {
          sum += weights.next
        } else {
          sum += (to?.midway ?? 0) + ((order[state.call] ?? 0) >= (order[before] ?? 0) ? weights.next : weights.back)
        }
      }
    }
    return sum
  }
}
