public import Model

extension Correlator {
  /// Candidates that a connection keeps in mind.
  private static let stateLimit = 12
  /// Candidates of one action that come into mind.
  private static let newCount = 4

  // MARK: Second pass

  /// Says from which calls the actions of a session come. Actions that are nobody's have no entry.
  ///
  /// - Parameters:
  ///   - session: the connection.
  ///   - actions: all of its actions, in order.
  ///   - refuted: by an action's row, the ids that it carries and that contradict it, which are not counted.
  /// - Returns: of each action the prompts that it may go back to, the likeliest first.
  public mutating func attribute(
    _ session: WireSession, _ actions: [WireAction], refuted: [Int64: Set<String>] = [:]
  ) -> [Attribution] {
    guard !actions.isEmpty, !calls.isEmpty else { return [] }
    let ids = CarriedIDs(of: session, actions, index, refuted: refuted)
    var found = actions.enumerated().map { evidence(for: $1, carrying: ids.of($0), passedOn: ids.passedOn(to: $0)) }
    let whole = evidence(for: session, ids, found)
    dropUnnamed(&found, actions, whole)
    let candidates = ConnectionCandidates(found, whole: whole)
    guard !candidates.calls.isEmpty else { return [] }
    let openings = openings(of: session, candidates, ids)
    let steps = steps(actions, candidates, openings, ids)
    let model = ConnectionModel(weights: weights, entrances: openings.map(\.entrance))
    let probabilities = model.posteriors(steps)
    var told: [Attribution] = []
    for (number, action) in actions.enumerated() {
      let places = steps[number]
      told += decide(
        action, steps.states[places], probabilities[places], candidates.found[number], candidates, openings)
    }
    return told
  }

  /// What speaks for calls on the connection as a whole: that they were running, or that it names them.
  private func evidence(for session: WireSession, _ ids: CarriedIDs, _ found: [[Evidence]]) -> [Int32: Evidence] {
    var whole: [Int32: Evidence] = [:]
    let running = connections.running(at: session.startedAt.nanoseconds)
    if !ids.ofConnection.isEmpty {
      let candidates = Set(found.joined().map(\.call)).union(running)
      weigh(ids.ofConnection, isOfConnection: true, among: candidates, &whole)
    }
    for call in running where whole[call] == nil { whole[call] = Evidence(call: call) }
    return whole
  }

  /// Everyone begins and commits: that names no call, but goes with one that something else names.
  private func dropUnnamed(_ found: inout [[Evidence]], _ actions: [WireAction], _ whole: [Int32: Evidence]) {
    let housekeeping = actions.indices.filter { actions[$0].effect == .session && !found[$0].isEmpty }
    guard !housekeeping.isEmpty else { return }
    var named = Set(whole.keys)
    for (place, action) in actions.enumerated() where action.effect != .session {
      named.formUnion(found[place].lazy.map(\.call))
    }
    for place in housekeeping {
      found[place].removeAll { !named.contains($0.call) && $0.method != .explicitID }
    }
  }

  /// The states of each step: its own candidates, those of the steps before and behind it, and nobody.
  private func steps(
    _ actions: [WireAction], _ candidates: ConnectionCandidates, _ openings: [Opening], _ ids: CarriedIDs
  ) -> ConnectionModel.Steps {
    let opening = candidates.whole.keys.map { candidates.number(of: $0) }.sorted {
      (openings[Int($0)].entrance.atStart, $0) > (openings[Int($1)].entrance.atStart, $1)
    }
    let new = candidates.found.map { best(of: $0) }
    let before = inMind(new, from: Array(opening.prefix(ConnectionModel.keptCount)))
    let behind = Array(inMind(new.reversed(), from: []).reversed())
    let named = opening.prefix(Self.stateLimit).filter { openings[Int($0)].isNamedCall }
    var steps = ConnectionModel.Steps()
    var states: [ConnectionModel.State] = []
    for (number, action) in actions.enumerated() {
      states.removeAll(keepingCapacity: true)
      states.append(ConnectionModel.State(candidate: ConnectionModel.nobody, score: 0))
      for evidence in candidates.found[number] {
        // Neither turns nor times speak against the call that the connection names.
        let isNamed = openings[Int(evidence.candidate)].isNamedCall
        let score = isNamed ? max(0, evidence.score) : evidence.score
        states.append(ConnectionModel.State(candidate: evidence.candidate, score: score))
      }
      // Whom the connection names is never crowded out by those who say such a thing too.
      for candidate in named { add(candidate, action, candidates, openings, &states) }
      for candidate in before[number] where states.count < Self.stateLimit {
        add(candidate, action, candidates, openings, &states)
      }
      for candidate in behind[number] where states.count < Self.stateLimit {
        add(candidate, action, candidates, openings, &states)
      }
      if ids.isRefuted(action) { doubt(&states, candidates, ids.believed(of: number)) }
      steps.append(states)
    }
    return steps
  }

  /// Where an id contradicts the action, an agent's call is the less likely the cause: it would carry its own.
  private func doubt(
    _ states: inout [ConnectionModel.State], _ candidates: ConnectionCandidates, _ believed: Set<String>
  ) {
    for place in states.indices where states[place].candidate != ConnectionModel.nobody {
      let call = candidates.calls[Int(states[place].candidate)]
      if !isNamed(call, by: believed) { states[place].score += weights.otherID }
    }
  }

  private func add(
    _ candidate: Int32, _ action: WireAction, _ candidates: ConnectionCandidates, _ openings: [Opening],
    _ states: inout [ConnectionModel.State]
  ) {
    guard !states.contains(where: { $0.candidate == candidate }) else { return }
    let isNamed = openings[Int(candidate)].isNamedByID
    let score = isNamed ? 0 : unexplained(action, by: candidates.calls[Int(candidate)])
    states.append(ConnectionModel.State(candidate: candidate, score: score))
  }

  /// The candidates of an action that come into mind, the best first.
  private func best(of found: [Evidence]) -> [Int32] {
    guard found.count > 1 else { return found.map(\.candidate) }
    return found.sorted { ($0.score, $0.candidate) > ($1.score, $1.candidate) }.prefix(Self.newCount).map(\.candidate)
  }

  /// The best candidates of the steps up to each, the latest first.
  private func inMind(_ new: [[Int32]], from opening: [Int32]) -> [[Int32]] {
    var kept = opening
    return new.map { new in
      let before = kept
      if !new.isEmpty, !kept.starts(with: new) {
        kept = Array((new + kept.filter { !new.contains($0) }).prefix(ConnectionModel.keptCount))
      }
      return before
    }
  }

  /// What speaks for a call that does not tell this action: drivers and tools say more than their arguments do.
  private func unexplained(_ action: WireAction, by call: Int32) -> Double {
    let time = timeScore(action.startedAt.nanoseconds, call)
    let isHousekeeping = action.kind == nil || action.effect == .session
    return time + (facts[Int(call)].isOpen || isHousekeeping ? 0 : weights.untold)
  }
}
