import Foundation

/// The most likely sequence of calls behind the actions of one connection, and how likely each is.
///
/// A chain: each action comes from one of its candidate calls or from nobody known; going on with the same call is free,
/// anything else costs. Forward and backward sums give each candidate its probability in the light of the whole connection
/// (Rabiner 1989, III).
struct ConnectionModel {
  /// The call that stands for nobody known.
  static let nobody: Int32 = -1
  /// Candidates that stay in mind for the next action.
  static let keptCount = 8

  /// A candidate of one action.
  struct State {
    var call: Int32
    /// What the action itself says for it, in natural logarithms of odds against nobody.
    var score: Double
  }

  /// What a candidate brings to a connection.
  struct Entrance {
    /// For beginning the connection.
    var atStart: Double
    /// For coming in later.
    var midway: Double
    /// The call that started the program which this one types into.
    var root: Int32
  }

  let weights: EvidenceWeights
  let entrances: [Int32: Entrance]
  /// When calls began, to tell later from earlier.
  let order: [Int32: Int64]

  /// The probabilities of the states of each step; each step has nobody among its states.
  func posteriors(_ steps: [[State]]) -> [[Double]] {
    guard let first = steps.first else { return [] }
    var forward: [[Double]] = [first.map { $0.score + ($0.call == Self.nobody ? 0 : entrances[$0.call]?.atStart ?? 0) }]
    for index in steps.indices.dropFirst() {
      let (before, now) = (steps[index - 1], steps[index])
      forward.append(
        now.map { state in
          state.score
            + Self.logSum(before.indices.map { forward[index - 1][$0] + transition(before[$0].call, state.call) })
        })
    }
    var backward = steps.map { [Double](repeating: 0, count: $0.count) }
    for index in steps.indices.dropLast().reversed() {
      let (now, after) = (steps[index], steps[index + 1])
      for (place, state) in now.enumerated() {
        backward[index][place] = Self.logSum(
          after.indices.map { backward[index + 1][$0] + after[$0].score + transition(state.call, after[$0].call) })
      }
    }
    return steps.indices.map { index in
      let sums = zip(forward[index], backward[index]).map { $0 + $1 }
      let total = Self.logSum(sums)
      return sums.map { exp($0 - total) }
    }
  }

  private func transition(_ from: Int32, _ to: Int32) -> Double {
    if from == to { return 0 }
    if to == Self.nobody { return weights.leave }
    guard let entrance = entrances[to] else { return weights.back }
    if from == Self.nobody { return entrance.midway }
    if entrance.root != Self.nobody, entrance.root == from || entrances[from]?.root == entrance.root {
      return weights.next
    }
    let isLater = (order[to] ?? 0) >= (order[from] ?? 0)
    return entrance.midway + (isLater ? weights.next : weights.back)
  }

  private static func logSum(_ values: [Double]) -> Double {
    guard let most = values.max(), most > -.infinity else { return -.infinity }
    return most + log(values.reduce(0) { $0 + exp($1 - most) })
  }
}
