import Bytes
public import Model

/// Ties actions to the tool calls that caused them, and so to prompts.
///
/// In two passes over the sessions, so that none but the present one is in memory: `survey` each, `settle`, then `attribute`
/// each; then `attributeIndirect` those that are still nobody's, and `verdicts`. What is decided does not depend on the
/// order in which the sessions come.
public struct Correlator {
  /// Clocks and transcripts are so far from exact, in nanoseconds.
  static let grace: Int64 = 250_000_000
  /// How far off an action of a call may be where nothing tells the clock, and where anchors do, in nanoseconds.
  private static let unknownUnit = 10e9
  private static let knownUnit = 1e9
  /// Seconds that background commands usually take.
  static let usualBackground = 60.0
  /// Seconds by which calls are taken to last longer than they say.
  static let slack = 0.5
  /// Anchors by which an agent's host is known, and the share of them that must agree.
  private static let homeAnchors = 2
  private static let homeShare = 0.8
  /// Calls without an end are looked at for so long.
  static let openEnd: Int64 = 6 * 3_600_000_000_000

  let weights: EvidenceWeights
  let calls: [CallEvidence]
  var index: EffectIndex
  var clocks = ClockEstimator()
  var offsets: [Int64: ClockEstimator.Offset] = [:]
  /// When calls began and ended on the captures' clock.
  var spans: [(from: Int64, through: Int64)]
  var connections: ConnectionCalls
  var turns = TurnTable()
  /// Sightings of each text that calls should have, to settle whose turn it is.
  private var sightings: [String: [TurnTable.Sighting]] = [:]
  private var sessions: [Int64: WireSession] = [:]
  /// How often the captures hold each text that calls should have.
  var frequencies: [String: Int] = [:]
  /// The address of the host on which the agent of a transcript runs, by clock.
  var homes: [Int64: String] = [:]
  /// Calls by their rows, and those whose programs others type into.
  let numbers: [Int64: Int32]
  let continued: Set<Int64>
  /// Effects that were seen, by place.
  var seen: Set<EffectIndex.Place> = []
  /// Calls to which something else was attributed than they should have done.
  var strangers: [Int32: (count: Int, example: String)] = [:]
  var attributed: [Int32: Int] = [:]
  /// Requests of agents' that an application may have answered by doing something itself.
  var windows = RequestWindows()
  /// How often actions carry ids of their calls.
  var carriage = Carriage()
  /// Servers that the captures show, by kind of effect.
  var coverage = Coverage()

  public init(_ calls: [CallEvidence], weights: EvidenceWeights = .fitted) {
    self.calls = calls
    self.weights = weights
    numbers = Dictionary(calls.enumerated().map { ($1.number, Int32($0)) }) { first, _ in first }
    continued = Set(calls.compactMap(\.continues))
    spans = calls.map { Self.span($0, offset: 0) }
    index = EffectIndex(calls, starts: spans.map(\.from))
    connections = ConnectionCalls(calls, spans)
  }

  private static func span(_ call: CallEvidence, offset: Int64) -> (from: Int64, through: Int64) {
    guard let started = call.startedAt?.nanoseconds.subtractingClamped(offset) else { return (.min, .min) }
    let ended = call.endedAt?.nanoseconds.subtractingClamped(offset)
    let through = call.isOpenEnded ? started.addingClamped(openEnd) : ended ?? started.addingClamped(openEnd)
    return (started, max(started, through))
  }

  /// 0 within a call and its grace, less the farther away; far below where the call has no time.
  ///
  /// `unit`: how far off costs `outside`, in nanoseconds.
  static func timeScore(
    _ at: Int64, from: Int64, through: Int64, unit: Double, _ weights: EvidenceWeights
  ) -> Double {
    guard from > .min else { return weights.outside * 2 }
    let distance: Int64
    if at < from {
      distance = max(0, from.subtractingClamped(at).subtractingClamped(grace))
    } else if at > through {
      distance = max(0, at.subtractingClamped(through).subtractingClamped(grace))
    } else {
      return 0
    }
    guard distance > 0 else { return 0 }
    return max(-40, weights.justOutside + weights.outside * Double(distance) / unit)
  }

  /// How far off an action may be from its call without much ado, in nanoseconds: little where anchors tell the clock.
  func timeUnit(of call: Int32) -> Double {
    guard let offset = offsets[calls[Int(call)].clock], offset.anchorCount >= ClockEstimator.fewest else {
      return Self.unknownUnit
    }
    return max(Self.knownUnit, Double(offset.spread) * 4)
  }

  /// 0 while a call ran, less the farther away from it.
  func timeScore(_ at: Int64, _ call: Int32) -> Double {
    let span = spans[Int(call)]
    return Self.timeScore(at, from: span.from, through: span.through, unit: timeUnit(of: call), weights)
  }

  // MARK: First pass

  /// Takes note of a session: which texts were seen when, and which servers there are.
  public mutating func survey(_ session: WireSession, _ actions: [WireAction]) {
    coverage.add(session)
    for action in actions where action.kind == .http {
      let host = ConnectionFit.canonical(session.serverHost)
      windows.add(
        host: host,
        RequestWindows.Window(
          from: action.startedAt.nanoseconds, through: action.endedAt.nanoseconds, action: action.number))
    }
    var isOfUse = false
    var isExplained = false
    for action in actions {
      guard let kind = action.kind else { continue }
      let seen = SeenText(action.text, kind)
      let key = seen.key
      var keys: Set<String> = []
      for (place, fit, _) in index.candidates(of: action, seen, calls) where fit > .fingerprint {
        keys.insert(fit == .exact ? key : groupKey(of: calls[Int(place.call)].effects[Int(place.effect)]))
      }
      guard !keys.isEmpty else { continue }
      isOfUse = true
      if action.effect != .session { isExplained = true }
      let sighting = TurnTable.Sighting(
        action: action.number, at: action.startedAt.nanoseconds, session: session.number, values: action.values)
      for key in keys { sightings[key, default: []].append(sighting) }
      let places = index.same(key)
      if places.count == 1, let place = places.first, action.effect != .session {
        anchors[place, default: []].append((action, session.clientHost))
        noteCarriage(place, action, session)
      }
    }
    if isOfUse { sessions[session.number] = session }
    if !isExplained, actions.contains(where: { $0.kind != nil }) { coverage.addUnexplained(session) }
  }

  private var anchors: [EffectIndex.Place: [(action: WireAction, client: String)]] = [:]

  private mutating func noteCarriage(_ place: EffectIndex.Place, _ action: WireAction, _ session: WireSession) {
    guard index.hasIDs else { return }
    let call = calls[Int(place.call)]
    let effect = call.effects[Int(place.effect)]
    let ids = index.ids(in: session.carriers + action.carriers)
    carriage.add(
      effect, isBehindShell: Self.isBehindShell(effect, of: call), carriesID: isNamed(place.call, by: ids))
  }

  /// Whether what a call does is done on another host, to which it goes by a shell.
  static func isBehindShell(_ effect: ExpectedEffect, of call: CallEvidence) -> Bool {
    effect.kind != .command && call.effects.contains { $0.kind == .command }
  }

  /// All sessions were surveyed: finds the clocks' offsets and whose turn it is.
  public mutating func settle() {
    for (place, found) in anchors where found.count == 1 {
      let call = calls[Int(place.call)]
      clocks.add(clock: call.clock, host: found[0].client, call, found[0].action)
    }
    for clock in Set(calls.map(\.clock)) { offsets[clock] = clocks.offset(of: clock) }
    if offsets.values.contains(where: { $0.nanoseconds != 0 }) {
      spans = calls.map { Self.span($0, offset: offsets[$0.clock]?.nanoseconds ?? 0) }
      index = EffectIndex(calls, starts: spans.map(\.from))
      connections = ConnectionCalls(calls, spans)
    }
    findHomes()
    anchors = [:]
    windows.sort()
    var turns = TurnTable()
    for (key, found) in sightings.sorted(by: { $0.key < $1.key }) {
      frequencies[key] = found.count
      let chances = index.same(key).map { place in
        TurnTable.Chance(
          place: place, from: spans[Int(place.call)].from, through: spans[Int(place.call)].through,
          unit: timeUnit(of: place.call),
          mayRepeat: calls[Int(place.call)].effects[Int(place.effect)].mayRepeat)
      }
      turns.settle(found.sorted { ($0.at, $0.action) < ($1.at, $1.action) }, chances, weights) { sighting, chance in
        guard let session = sessions[sighting.session] else { return 0 }
        let call = calls[Int(chance.place.call)]
        let effect = call.effects[Int(chance.place.effect)]
        return ConnectionFit(effect, session, weights).score + homeScore(call, session)
          + valueScore(sighting.values, effect)
      }
    }
    self.turns = turns
    sightings = [:]
    sessions = [:]
  }

  /// Learns on which host each agent runs from its anchors.
  private mutating func findHomes() {
    var counts: [Int64: [String: Int]] = [:]
    for (place, found) in anchors where found.count == 1 {
      let at = found[0].action.startedAt.nanoseconds
      guard timeScore(at, place.call) == 0 else { continue }
      counts[calls[Int(place.call)].clock, default: [:]][found[0].client, default: 0] += 1
    }
    for (clock, clients) in counts {
      let total = clients.values.reduce(0, +)
      guard let most = clients.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }), most.value >= Self.homeAnchors,
        Double(most.value) >= Self.homeShare * Double(total)
      else { continue }
      homes[clock] = most.key
    }
  }

  /// What the client's address says.
  func homeScore(_ call: CallEvidence, _ session: WireSession) -> Double {
    guard let home = homes[call.clock] else { return 0 }
    return home == session.clientHost ? weights.home : weights.elsewhere
  }

  /// The clocks' offsets, as far as anchors told them.
  public var clockOffsets: [ClockOffset] {
    offsets.filter { $0.value.anchorCount > 0 }.sorted { $0.key < $1.key }.map { clock, offset in
      ClockOffset(
        source: clock, nanoseconds: offset.nanoseconds, spread: offset.spread, anchorCount: offset.anchorCount)
    }
  }
}
