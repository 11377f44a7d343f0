import Foundation
import Model

/// Which of many equal effects an action is: the first of a text goes with the first call that should have it, and so on.
///
/// Equal statements come from retries, from loops, from several agents and from people too. Each effect that may happen only
/// once is given to one action at most; order and time decide, and what is left over is nobody's. Where what is left over might
/// as well have been it, neither is certain.
struct TurnTable {
  /// Pairs compared for one text; beyond it, time alone decides.
  private static let pairLimit = 4 << 20
  /// Logarithms of odds beyond which nothing is the more certain.
  private static let mostCertain = 40.0
  /// Odds of others, all together, that leave no doubt.
  private static let leastOdds = 0.01

  struct Sighting {
    var action: Int64
    var at: Int64
    /// Its number among the sessions that were surveyed.
    var session: Int32
    /// The values of its parameters.
    var values: [String] = []
  }

  struct Chance {
    /// Its number.
    var effect: Int32
    var from: Int64
    var through: Int64
    /// How far off costs something, in nanoseconds.
    var unit: Double
    var mayRepeat: Bool
  }

  /// The effects whose turn it is, by action: one of each text or pattern that it has.
  private(set) var turns: [Int64: [Int32]] = [:]
  /// Effects that may happen once, and did.
  private(set) var taken: Set<Int32> = []
  /// By effect that may happen once, and by action that may be it: how much less likely the action is it because others
  /// may be as well, in natural logarithms of odds.
  private(set) var doubts: [Int32: [Int64: Double]] = [:]

  /// Gives each sighting of one text its effect. Both lists are in order of time.
  ///
  /// `fit`: what else speaks for a sighting's being a call's, in natural logarithms of odds, and never more than `most`;
  /// `standing`: all that does, against its being nobody's. They are asked for where time leaves a chance.
  mutating func settle(
    _ sightings: [Sighting], _ chances: [Chance], _ weights: EvidenceWeights, most: Double,
    fit: (Sighting, Chance) -> Double, standing: (Sighting, Chance) -> Double
  ) {
    guard !sightings.isEmpty, !chances.isEmpty else { return }
    if sightings.count > Self.pairLimit / chances.count {
      takeNearest(sightings, chances, weights)
      return
    }
    let width = chances.count + 1
    // What the best pairing of the first i sightings with the first j chances is worth.
    var best = [Double](repeating: 0, count: (sightings.count + 1) * width)
    var choice = [UInt8](repeating: 0, count: best.count)
    for i in 1...sightings.count {
      for j in 1...chances.count {
        let (left, up) = (best[i * width + j - 1], best[(i - 1) * width + j])
        var (value, from): (Double, UInt8) = left >= up ? (left, 1) : (up, 2)
        var worth = Self.worth(sightings[i - 1], chances[j - 1], weights)
        if worth + most > 0 { worth += fit(sightings[i - 1], chances[j - 1]) }
        if worth > 0 {
          // An effect that may repeat stays for the next sighting.
          let before = chances[j - 1].mayRepeat ? up : best[(i - 1) * width + j - 1]
          if before + worth > value { (value, from) = (before + worth, 3) }
        }
        best[i * width + j] = value
        choice[i * width + j] = from
      }
    }
    var (i, j) = (sightings.count, chances.count)
    var isGiven = [Bool](repeating: false, count: sightings.count)
    var owned: [(sighting: Int, chance: Int)] = []
    while i > 0, j > 0 {
      switch choice[i * width + j] {
      case 1: j -= 1
      case 2: i -= 1
      default:
        let chance = chances[j - 1]
        turns[sightings[i - 1].action, default: []].append(chance.effect)
        isGiven[i - 1] = true
        if !chance.mayRepeat {
          taken.insert(chance.effect)
          owned.append((i - 1, j - 1))
          j -= 1
        }
        i -= 1
      }
    }
    guard isGiven.contains(false) else { return }
    let left = sightings.indices.filter { !isGiven[$0] }.map { sightings[$0] }
    for (sighting, chance) in owned { doubt(sightings[sighting], left, chances[chance], weights, standing) }
  }

  /// Weighs the sighting that has a chance against those that have none and might have had this one: one of them at most is
  /// the effect, so that each is as likely as its odds are to those of all, and of nobody.
  private mutating func doubt(
    _ owner: Sighting, _ left: [Sighting], _ chance: Chance, _ weights: EvidenceWeights,
    _ standing: (Sighting, Chance) -> Double
  ) {
    var rivals: [(action: Int64, odds: Double)] = []
    var total = 0.0
    for rival in left where Self.worth(rival, chance, weights) > 0 {
      let odds = exp(min(Self.mostCertain, standing(rival, chance)))
      rivals.append((rival.action, odds))
      total += odds
    }
    guard total > Self.leastOdds else { return }
    let own = exp(min(Self.mostCertain, standing(owner, chance)))
    var found = [owner.action: -log(1 + total)]
    for (action, odds) in rivals { found[action] = -log(1 + own + total - odds) }
    doubts[chance.effect] = found
  }

  /// Each sighting takes the nearest chance that is left.
  private mutating func takeNearest(_ sightings: [Sighting], _ chances: [Chance], _ weights: EvidenceWeights) {
    var next = 0
    for sighting in sightings {
      while next < chances.count, chances[next].through < sighting.at,
        Self.worth(sighting, chances[next], weights) <= 0
      { next += 1 }
      guard next < chances.count, Self.worth(sighting, chances[next], weights) > 0 else { continue }
      turns[sighting.action, default: []].append(chances[next].effect)
      if !chances[next].mayRepeat {
        taken.insert(chances[next].effect)
        next += 1
      }
    }
  }

  /// Positive within the call, and some seconds around it.
  private static func worth(_ sighting: Sighting, _ chance: Chance, _ weights: EvidenceWeights) -> Double {
    4 + Correlator.timeScore(sighting.at, from: chance.from, through: chance.through, unit: chance.unit, weights)
  }
}
