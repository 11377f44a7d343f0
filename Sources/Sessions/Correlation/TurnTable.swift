import Model

/// Which of many equal effects an action is: the first of a text goes with the first call that should have it, and so on.
///
/// Equal statements come from retries, from loops, from several agents and from people too. Each effect that may happen only
/// once is given to one action at most; order and time decide, and what is left over is nobody's.
struct TurnTable {
  /// Pairs compared for one text; beyond it, time alone decides.
  private static let pairLimit = 4 << 20

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

  /// Gives each sighting of one text its effect. Both lists are in order of time.
  ///
  /// `fit`: what else speaks for a sighting's being a call's, in natural logarithms of odds, and never more than `most`. It
  /// is asked for where time leaves a chance.
  mutating func settle(
    _ sightings: [Sighting], _ chances: [Chance], _ weights: EvidenceWeights, most: Double,
    fit: (Sighting, Chance) -> Double
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
    while i > 0, j > 0 {
      switch choice[i * width + j] {
      case 1: j -= 1
      case 2: i -= 1
      default:
        let chance = chances[j - 1]
        turns[sightings[i - 1].action, default: []].append(chance.effect)
        if !chance.mayRepeat {
          taken.insert(chance.effect)
          j -= 1
        }
        i -= 1
      }
    }
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
