import Dispatch
import Foundation
import Model
import Sessions
import Synchronization

/// What weights cost: how surprised one is by the truth who believes what they say, over all examples.
struct Objective {
  let examples: [Example]
  let start: EvidenceWeights

  /// Surprise is bounded, so that one label that is wrong does not rule the rest.
  private static let floor = 1e-3
  /// What it costs to double a weight, in nats of the mean: they stay near where reason put them if data says nothing.
  private static let leash = 5e-5

  /// The mean of -log p(truth) in nats, with what the distance from the start costs.
  func cost(_ weights: EvidenceWeights) throws -> Double {
    var weights = weights
    // Everything is to be seen, also what would not be told.
    (weights.tellsAll, weights.containment) = (true, 0.9999)
    let asked = weights
    let sums = Mutex<(sum: Double, count: Int)>((0, 0))
    let failed = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: examples.count) { place in
      do {
        let example = examples[place]
        let answers = try example.answers(asked)
        let total = Self.surprise(example, answers)
        sums.withLock { $0 = ($0.sum + total, $0.count + example.truth.count) }
      } catch {
        failed.withLock { $0 = error }
      }
    }
    if let error = failed.withLock({ $0 }) { throw error }
    let (sum, count) = sums.withLock { $0 }
    let distance = WeightList.all.reduce(0.0) { all, weight in
      let (from, to) = (start[keyPath: weight.path], weights[keyPath: weight.path])
      let change = WeightList.rates.contains(weight.name) ? log(to / from) : (to - from) / max(1, abs(from))
      return all + change * change
    }
    return sum / Double(max(1, count)) + distance * Self.leash
  }

  /// An action of somebody else's taken for an agent's is that much worse than one of an agent's that is not found.
  private static let othersPrice = 4.0

  /// The sum of -log p(truth) of one example.
  private static func surprise(_ example: Example, _ answers: [Int64: [Attribution]]) -> Double {
    example.truth.reduce(0) { sum, entry in
      let probability = probability(of: entry.value, answers[entry.key] ?? [])
      return sum - log(max(floor, min(1, probability))) * (entry.value.isEmpty ? othersPrice : 1)
    }
  }

  private static func probability(of right: Set<Int64>, _ rows: [Attribution]) -> Double {
    right.isEmpty
      ? 1 - rows.reduce(0) { $0 + $1.confidence }
      : rows.reduce(0) { $0 + ($1.prompt.map(right.contains) == true ? $1.confidence : 0) }
  }
}
