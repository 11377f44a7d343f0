import Foundation
import Sessions

/// Looks for better weights one by one: up, down, and with smaller steps when nothing is better.
struct Descent {
  let objective: Objective
  private(set) var weights: EvidenceWeights
  private(set) var cost: Double

  /// A step as a share of a weight, at least of 1.
  private static let firstStep = 0.5
  /// Gains below this are taken for noise, in nats of the mean.
  private static let least = 1e-5

  init(_ objective: Objective) throws {
    self.objective = objective
    weights = objective.start
    cost = try objective.cost(weights)
  }

  /// `passes` over all weights, the step halved behind each that brings little.
  mutating func run(passes: Int, _ tell: (String) -> Void) throws {
    var step = Self.firstStep
    for pass in 1...max(1, passes) {
      let before = cost
      for (name, path) in WeightList.all {
        for factor in [step, -step] {
          var other = weights
          other[keyPath: path] = moved(path, by: factor, isRate: WeightList.rates.contains(name))
          guard other[keyPath: path] != weights[keyPath: path] else { continue }
          let found = try objective.cost(other)
          guard found < cost - Self.least else { continue }
          let (from, to) = (WeightList.text(weights[keyPath: path]), WeightList.text(other[keyPath: path]))
          tell("\(name) \(from) → \(to): \(found)")
          (weights, cost) = (other, found)
          break
        }
      }
      tell("pass \(pass), step \(step): \(cost)")
      if before - cost < 20 * Self.least { step /= 2 }
    }
  }

  private func moved(_ path: WeightList.Path, by step: Double, isRate: Bool) -> Double {
    let (start, weight) = (objective.start[keyPath: path], weights[keyPath: path])
    var new = isRate ? weight * exp(step * 2) : weight + step * max(1, abs(weight))
    // Evidence in favour does not come to count against, nor the other way round.
    if start > 0 { new = max(0, new) } else if start < 0 { new = min(0, new) }
    // No more digits than are written down.
    return Double(WeightList.text(new)) ?? new
  }
}
