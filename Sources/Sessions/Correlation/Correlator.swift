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
  /// How far off an action of a call may be where nothing tells the clock, in nanoseconds.
  private static let unknownUnit = 10e9
  /// Calls without an end are looked at for so long.
  static let openEnd: Int64 = 6 * 3_600_000_000_000

  let weights: EvidenceWeights
  let calls: [CallEvidence]
  /// What calls should do, and what they are weighed by.
  let effects: EffectTable
  var facts: [CallFacts]
  var index: EffectIndex
  var clocks = ClockEstimator()
  var offsets: [Int64: ClockEstimator.Offset] = [:]
  var connections: ConnectionCalls
  var turns = TurnTable()
  var echoes = EchoSearch()
  /// How often the captures hold each text that calls should have, by its number.
  var frequencies: [Int] = []
  /// The address of the host on which the agent of a transcript runs, by number.
  var homes: [String: Int32] = [:]
  /// Calls whose programs others type into.
  let continued: Set<Int64>
  /// Effects that were seen, by number.
  var seen: Set<Int32> = []
  /// Calls to which something else was attributed than they should have done.
  var strangers: [Int32: (count: Int, example: String)] = [:]
  var attributed: [Int32: Int] = [:]
  /// Requests of agents' that an application may have answered by doing something itself.
  var windows = RequestWindows()
  /// How often actions carry ids of their calls.
  var carriage = Carriage()
  /// Calls whose own id was seen.
  var named: Set<Int32> = []
  /// Servers that the captures show, by kind of effect.
  var coverage = Coverage()

  /// Sightings of each text that calls should have, to settle whose turn it is, by the text's number.
  var sightings: [[TurnTable.Sighting]]
  /// Sessions that hold such texts.
  var sessions: [WireSession] = []
  /// By effect: what was seen of a text that only it has.
  var anchors: [Int32: Anchor] = [:]

  struct Anchor {
    var count: Int
    /// When the first of it was seen, and from which host.
    var at: Timestamp
    var client: String
  }

  public init(_ calls: [CallEvidence], weights: EvidenceWeights = EvidenceWeights()) {
    self.calls = calls
    self.weights = weights
    effects = EffectTable(calls)
    continued = Set(calls.compactMap(\.continues))
    facts = Self.facts(calls, effects, continued)
    index = EffectIndex(calls, effects, facts)
    connections = ConnectionCalls(effects, facts)
    sightings = Array(repeating: [], count: index.textCount)
  }

  static func span(_ call: CallEvidence, offset: Int64) -> (from: Int64, through: Int64) {
    guard let started = call.startedAt?.nanoseconds.subtractingClamped(offset) else { return (.min, .min) }
    let ended = call.endedAt?.nanoseconds.subtractingClamped(offset)
    let through = call.isOpenEnded ? started.addingClamped(openEnd) : ended ?? started.addingClamped(openEnd)
    return (started, max(started, through))
  }

  /// What is known of calls before the captures were read.
  private static func facts(_ calls: [CallEvidence], _ effects: EffectTable, _ continued: Set<Int64>) -> [CallFacts] {
    let numbers = Dictionary(calls.enumerated().map { ($1.number, Int32($0)) }) { first, _ in first }
    return calls.enumerated().map { number, call in
      let span = span(call, offset: 0)
      let isContinued = continued.contains(call.number)
      let root = call.continues.map { numbers[$0] ?? ConnectionModel.nobody }
      return CallFacts(
        from: span.from, through: span.through, unit: unknownUnit, density: 0, home: nil,
        root: root ?? (isContinued ? Int32(number) : ConnectionModel.nobody), continuesOther: call.continues != nil,
        isOpen: isContinued || effects.contains(Int32(number)) { $0.kind == .connection || !$0.isLiteral })
    }
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

  /// 0 while a call ran, less the farther away from it.
  func timeScore(_ at: Int64, _ call: Int32) -> Double {
    let call = facts[Int(call)]
    return Self.timeScore(at, from: call.from, through: call.through, unit: call.unit, weights)
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
    noteNames(session, actions)
    var isOfUse = false
    var isExplained = false
    for action in actions {
      guard let kind = action.kind else { continue }
      let seen = SeenText(action.text, kind)
      let text = index.text(of: seen)
      let candidates = index.candidates(of: action, seen, text, calls).filter { $0.fit > .fingerprint }
      guard !candidates.isEmpty else { continue }
      isOfUse = true
      if action.effect != .session { isExplained = true }
      let sighting = TurnTable.Sighting(
        action: action.number, at: action.startedAt.nanoseconds, session: Int32(sessions.count), values: action.values)
      let texts = candidates.compactMap { $0.fit == .exact ? text : index.pattern(of: $0.effect) }
      for text in Set(texts) { sightings[Int(text)].append(sighting) }
      // A pattern that fits is no proof: the clocks go by literal texts alone.
      guard let text, action.effect != .session else { continue }
      let same = index.same(text)
      guard same.count == 1, let effect = same.first else { continue }
      anchors[effect, default: Anchor(count: 0, at: action.startedAt, client: session.clientHost)].count += 1
      noteCarriage(effect, action, session)
    }
    if isOfUse { sessions.append(session) }
    if !isExplained, actions.contains(where: { $0.kind != nil }) { coverage.addUnexplained(session) }
  }

  private mutating func noteNames(_ session: WireSession, _ actions: [WireAction]) {
    guard index.hasIDs else { return }
    for id in index.ids(in: session.carriers + actions.flatMap(\.carriers)) {
      for call in index.calls(named: id) where call.scope == .call { named.insert(call.call) }
    }
  }

  private mutating func noteCarriage(_ effect: Int32, _ action: WireAction, _ session: WireSession) {
    guard index.hasIDs else { return }
    let entry = effects[effect]
    let ids = Set(index.ids(in: session.carriers + action.carriers))
    carriage.add(
      effects.targets[Int(entry.target)], isBehindShell: entry.isBehindShell, carriesID: isNamed(entry.call, by: ids))
  }

  /// What the client's address says; `host`: its number, if it is the home of an agent.
  func homeScore(_ call: CallFacts, from host: Int32?) -> Double {
    guard let home = call.home else { return 0 }
    return home == host ? weights.home : weights.elsewhere
  }

  /// The clocks' offsets, as far as anchors told them.
  public var clockOffsets: [ClockOffset] {
    offsets.filter { $0.value.anchorCount > 0 }.sorted { $0.key < $1.key }.map { clock, offset in
      ClockOffset(
        source: clock, nanoseconds: offset.nanoseconds, spread: offset.spread, anchorCount: offset.anchorCount)
    }
  }
}
