import Foundation

/// The most likely sequence of calls behind the actions of one connection, and how likely each is.
///
/// A chain: each action comes from one of its candidate calls or from nobody known; going on with the same call is free,
/// anything else costs. Forward and backward sums give each candidate its probability in the light of the whole connection
/// (Rabiner 1989, III).
struct ConnectionModel {
  /// The number that stands for nobody known.
  static let nobody: Int32 = -1
  /// Candidates that stay in mind for the next action.
  static let keptCount = 8
  /// What is so much less likely, in natural logarithms, is nothing to a sum of doubles.
  private static let negligible = -40.0

  /// A candidate of one action.
  struct State {
    /// Its number among the connection's candidates, or nobody.
    var candidate: Int32
    /// What the action itself says for it, in natural logarithms of odds against nobody.
    var score: Double
  }

  /// What a candidate brings to a connection.
  struct Entrance {
    /// For beginning the connection.
    var atStart: Double
    /// For coming in later.
    var midway: Double
    /// The call, and the one that started the program which this one types into.
    var call: Int32
    var root: Int32
    /// When the call began, to tell later from earlier.
    var began: Int64
  }

  /// The states of a connection's actions, one action behind the other; each has nobody among its own.
  struct Steps {
    private(set) var states: [State] = []
    /// Where each action's states begin, and where the last one's end.
    private var starts = [0]

    var count: Int { starts.count - 1 }

    /// The places of an action's states.
    subscript(step: Int) -> Range<Int> { starts[step]..<starts[step + 1] }

    mutating func append(_ step: [State]) {
      states += step
      starts.append(states.count)
    }
  }

  let weights: EvidenceWeights
  /// By number of the candidate.
  let entrances: [Entrance]

  /// The probability of each state.
  func posteriors(_ steps: Steps) -> [Double] {
    let states = steps.states
    guard steps.count > 0 else { return [] }
    var forward = [Double](repeating: 0, count: states.count)
    var backward = forward
    var sums: [Double] = []
    for place in steps[0] {
      let state = states[place]
      forward[place] = state.score + (state.candidate == Self.nobody ? 0 : entrances[Int(state.candidate)].atStart)
    }
    for step in 0..<(steps.count - 1) {
      for place in steps[step + 1] {
        let to = states[place].candidate
        sums.removeAll(keepingCapacity: true)
        for before in steps[step] { sums.append(forward[before] + transition(states[before].candidate, to)) }
        forward[place] = states[place].score + Self.logSum(sums)
      }
    }
    for step in (0..<(steps.count - 1)).reversed() {
      for place in steps[step] {
        let from = states[place].candidate
        sums.removeAll(keepingCapacity: true)
        for after in steps[step + 1] {
          sums.append(backward[after] + states[after].score + transition(from, states[after].candidate))
        }
        backward[place] = Self.logSum(sums)
      }
    }
    for step in 0..<steps.count {
      sums.removeAll(keepingCapacity: true)
      for place in steps[step] { sums.append(forward[place] + backward[place]) }
      let total = Self.logSum(sums)
      for (place, sum) in zip(steps[step], sums) { forward[place] = exp(sum - total) }
    }
    return forward
  }

  private func transition(_ from: Int32, _ to: Int32) -> Double {
    if from == to { return 0 }
    if to == Self.nobody { return weights.leave }
    let entrance = entrances[Int(to)]
    if from == Self.nobody { return entrance.midway }
    let before = entrances[Int(from)]
    if entrance.root != Self.nobody, entrance.root == before.call || entrance.root == before.root {
      return weights.next
    }
    return entrance.midway + (entrance.began >= before.began ? weights.next : weights.back)
  }

  private static func logSum(_ values: [Double]) -> Double {
    var most = -Double.infinity
    for value in values where value > most { most = value }
    guard most > -.infinity else { return -.infinity }
    var sum = 0.0
    for value in values where value - most > negligible { sum += value == most ? 1 : exp(value - most) }
    return most + log(sum)
  }
}
