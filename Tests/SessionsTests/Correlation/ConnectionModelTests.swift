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
    let began: [Int64] = [5, 2, 9]
    let entrances = calls.map { call in
      ConnectionModel.Entrance(
        atStart: score(), midway: score() - 4, call: call, root: call == 2 ? 1 : ConnectionModel.nobody,
        began: began[Int(call)])
    }
    let model = ConnectionModel(weights: EvidenceWeights(), entrances: entrances)
    let steps = (0..<4).map { _ in
      [ConnectionModel.State(candidate: ConnectionModel.nobody, score: 0)]
        + calls.filter { _ in Bool.random(using: &generator) }
        .map { ConnectionModel.State(candidate: $0, score: score()) }
    }
    var all = ConnectionModel.Steps()
    steps.forEach { all.append($0) }
    let probabilities = model.posteriors(all)
    let found = steps.indices.map { Array(probabilities[all[$0]]) }
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
    let model = ConnectionModel(weights: EvidenceWeights(), entrances: [])
    #expect(model.posteriors(ConnectionModel.Steps()).isEmpty)
  }
}

extension ConnectionModel {
  /// What one sequence is worth: written down once more, plainly.
  func score(of path: [State]) -> Double {
    var sum = 0.0
    for (index, state) in path.enumerated() {
      sum += state.score
      let now = state.candidate
      if index == 0 {
        if now != Self.nobody { sum += entrances[Int(now)].atStart }
        continue
      }
      let before = path[index - 1].candidate
      if before == now { continue }
      if now == Self.nobody {
        sum += weights.leave
      } else if before == Self.nobody {
        sum += entrances[Int(now)].midway
      } else {
        let (from, to) = (entrances[Int(before)], entrances[Int(now)])
        let isOneProgram = to.root != Self.nobody && (to.root == from.call || from.root == to.root)
        sum += isOneProgram ? weights.next : to.midway + (to.began >= from.began ? weights.next : weights.back)
      }
    }
    return sum
  }
}
