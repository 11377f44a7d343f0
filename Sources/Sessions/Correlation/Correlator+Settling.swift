import Bytes
import Foundation
import Model

extension Correlator {
  /// How far off an action of a call may be at least, in nanoseconds, where anchors tell the clock.
  private static let knownUnit = 1e9
  /// Anchors by which an agent's host is known, and the share of them that must agree.
  private static let homeAnchors = 2
  private static let homeShare = 0.8
  /// Seconds that background commands usually take.
  private static let usualBackground = 60.0
  /// Seconds by which calls are taken to last longer than they say.
  private static let slack = 0.5

  /// All sessions were surveyed: finds the clocks' offsets and whose turn it is.
  public mutating func settle() {
    let anchors = anchors.filter { $0.value.count == 1 }.sorted { $0.key < $1.key }
      .map { (call: effects[$0.key].call, at: $0.value.at, client: $0.value.client) }
    self.anchors = [:]
    for anchor in anchors {
      let call = calls[Int(anchor.call)]
      clocks.add(clock: call.clock, host: anchor.client, call, anchor.at)
    }
    for clock in Set(calls.map(\.clock)) { offsets[clock] = clocks.offset(of: clock) }
    countNames()
    adjustFacts()
    findHomes(anchors)
    windows.sort()
    frequencies = sightings.map(\.count)
    settleTurns()
    sightings = []
    sessions = []
  }

  /// Where calls put their own ids on the wire, which calls do.
  private mutating func countNames() {
    guard !named.isEmpty else { return }
    for call in calls.indices.map(Int32.init) {
      let targets = effects.effects(of: call).map { number in
        (
          target: effects.targets[Int(effects.entries[number].target)],
          isBehindShell: effects.entries[number].isBehindShell
        )
      }
      carriage.add(callOf: targets, carriesID: named.contains(call))
    }
    named = []
  }

  /// Puts what is known of calls on the captures' clock.
  private mutating func adjustFacts() {
    for (number, call) in calls.enumerated() {
      let offset = offsets[call.clock] ?? ClockEstimator.Offset()
      (facts[number].from, facts[number].through) = Self.span(call, offset: offset.nanoseconds)
      if offset.anchorCount >= ClockEstimator.fewest {
        facts[number].unit = max(Self.knownUnit, Double(offset.spread) * 4)
      }
      facts[number].density = density(of: number)
    }
    guard offsets.values.contains(where: { $0.nanoseconds != 0 }) else { return }
    index.sort(facts)
    connections = ConnectionCalls(effects, facts)
  }

  /// The logarithm of how much of the captures' time a call does not take.
  private func density(of number: Int) -> Double {
    let (call, known) = (calls[number], facts[number])
    guard known.from > .min else { return 0 }
    var lasted = Double(known.through.subtractingClamped(known.from)) / 1e9
    if call.isOpenEnded || call.endedAt == nil { lasted = min(lasted, Self.usualBackground) }
    return log(coverage.seconds / (lasted + Self.slack))
  }

  /// Learns on which host each agent runs from its anchors.
  private mutating func findHomes(_ anchors: [(call: Int32, at: Timestamp, client: String)]) {
    var counts: [Int64: [String: Int]] = [:]
    for anchor in anchors where timeScore(anchor.at.nanoseconds, anchor.call) == 0 {
      counts[calls[Int(anchor.call)].clock, default: [:]][anchor.client, default: 0] += 1
    }
    var byClock: [Int64: Int32] = [:]
    for (clock, clients) in counts {
      let total = clients.values.reduce(0, +)
      guard let most = clients.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }), most.value >= Self.homeAnchors,
        Double(most.value) >= Self.homeShare * Double(total)
      else { continue }
      let home = homes[most.key] ?? Int32(homes.count)
      homes[most.key] = home
      byClock[clock] = home
    }
    for (number, call) in calls.enumerated() { facts[number].home = byClock[call.clock] }
  }

  /// Settles which of equal texts goes with which call.
  private mutating func settleTurns() {
    let hosts = sessions.map { homes[$0.clientHost] }
    var fits = SessionFits(weights)
    var turns = TurnTable()
    let most = weights.bestFit + weights.home + weights.valuesCap
    func fit(_ sighting: TurnTable.Sighting, _ chance: TurnTable.Chance) -> Double {
      let entry = effects[chance.effect]
      let session = Int(sighting.session)
      return fits.score(entry.target, effects.targets, session, sessions)
        + homeScore(facts[Int(entry.call)], from: hosts[session]) + valueScore(sighting.values, chance.effect)
    }
    for (text, found) in sightings.enumerated() where !found.isEmpty {
      let same = index.same(Int32(text))
      let chances = same.map { effect in
        let entry = effects[effect]
        let call = facts[Int(entry.call)]
        return TurnTable.Chance(
          effect: effect, from: call.from, through: call.through, unit: call.unit, mayRepeat: entry.mayRepeat)
      }
      let inOrder = found.sorted { ($0.at, $0.action) < ($1.at, $1.action) }
      turns.settle(inOrder, chances, weights, most: most) {
        fit($0, $1)
      } standing: {
        fit($0, $1) + standing($0, $1, among: same.count, of: found.count)
      }
    }
    self.turns = turns
  }

  /// What speaks for a sighting's being a call's beside how its connection fits, as far as that is known before connections
  /// are looked at as a whole. What cannot be known yet is taken to be as good as it can be: it is as good for whichever of
  /// several equal texts has the turn.
  private func standing(
    _ sighting: TurnTable.Sighting, _ chance: TurnTable.Chance, among effectCount: Int, of sightingCount: Int
  ) -> Double {
    let entry = effects[chance.effect]
    let call = facts[Int(entry.call)]
    var score = timeScore(sighting.at, entry.call) - weights.nobody
    score += rarity(of: call, others: entry.isLiteral ? Double(max(0, sightingCount - effectCount)) : 0)
    score += entry.isLiteral ? weights.exactText : weights.pattern
    if effectCount > 1 { score += weights.turn }
    if !calls[Int(entry.call)].result.isEmpty { score += weights.echo }
    let opened = sessions[Int(sighting.session)].startedAt.nanoseconds
    if call.continuesOther, !entry.isBehindShell {
      score += weights.opensNone
    } else if call.from > .min, opened.addingClamped(Self.clockSlack) < call.from, entry.evidence != .toolArgument {
      score += weights.late
    }
    return score
  }
}
