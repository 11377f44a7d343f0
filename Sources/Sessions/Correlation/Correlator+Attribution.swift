import Bytes
import Foundation
public import Model

extension Correlator {
  /// Candidates that a connection keeps in mind.
  private static let stateLimit = 12
  /// Clocks may differ by so much where nothing tells.
  private static let clockSlack: Int64 = 1_000_000_000

  // MARK: Second pass

  /// Says from which calls the actions of a session come. Actions that are nobody's have no entry.
  public mutating func attribute(_ session: WireSession, _ actions: [WireAction]) -> [Attribution] {
    guard !actions.isEmpty, !calls.isEmpty else { return [] }
    var found = actions.map { evidence(for: $0, in: session) }
    var whole: [Int32: Evidence] = [:]
    let running = connections.running(at: session.startedAt.nanoseconds)
    let candidates = Set(found.flatMap(\.keys)).union(running)
    for carrier in session.carriers { weighIDs(in: carrier, "the connection", among: candidates, &whole) }
    for call in running where whole[call] == nil { whole[call] = Evidence() }
    // Everyone begins and commits: that names no call, but goes with one that something else names.
    var named = Set(whole.keys)
    for (place, action) in actions.enumerated() where action.effect != .session { named.formUnion(found[place].keys) }
    for (place, action) in actions.enumerated() where action.effect == .session {
      found[place] = found[place].filter { named.contains($0.key) || $0.value.method == .explicitID }
    }
    let entrances = entrances(of: session, actions, found, whole)
    guard !entrances.isEmpty else { return [] }
    let order = Dictionary(uniqueKeysWithValues: entrances.keys.map { ($0, spans[Int($0)].from) })
    let model = ConnectionModel(weights: weights, entrances: entrances.mapValues(\.entrance), order: order)
    let steps = steps(actions, found, entrances, whole)
    let probabilities = model.posteriors(steps)
    var told: [Attribution] = []
    for (number, action) in actions.enumerated() {
      told += decide(action, steps[number], probabilities[number], found[number], whole, entrances, session)
    }
    return told
  }

  struct Opening {
    var entrance: ConnectionModel.Entrance
    var fit: ConnectionFit?
    var reasons: [String]
  }

  /// What each candidate brings to the connection as a whole.
  private func entrances(
    of session: WireSession, _ actions: [WireAction], _ found: [[Int32: Evidence]], _ whole: [Int32: Evidence]
  ) -> [Int32: Opening] {
    let carried = index.ids(in: session.carriers)
    let carriedSomewhere = carried.union(index.ids(in: actions.flatMap(\.carriers)))
    var places: [Int32: EffectIndex.Place] = [:]
    for evidence in found {
      for (call, entry) in evidence where places[call] == nil { places[call] = entry.place }
    }
    var all: [Int32: Opening] = [:]
    for call in Set(found.flatMap(\.keys)).union(whole.keys) {
      let effects = calls[Int(call)].effects
      let fits = effects.filter { $0.kind == .connection }.map { ConnectionFit($0, session, weights) }
      var fit = places[call].map { ConnectionFit(effects[Int($0.effect)], session, weights) }
      var isOfConnection = false
      if let best = fits.max(by: { $0.score < $1.score }), fit.map({ best.score > $0.score }) ?? true {
        (fit, isOfConnection) = (best, places[call] == nil)
      } else if places[call] == nil, fit == nil {
        // A file that it runs may hold something else by now.
        fit = effects.first { $0.evidence == .writtenFile }.map { ConnectionFit($0, session, weights) }
        isOfConnection = fit != nil
      }
      let span = spans[Int(call)]
      let start = session.startedAt.nanoseconds
      // What runs on another host comes from there.
      let isBehindShell =
        places[call].map { Self.isBehindShell(effects[Int($0.effect)], of: calls[Int(call)]) } ?? false
      let isAtHome = isBehindShell ? 0 : homeScore(calls[Int(call)], session)
      var atStart = (fit?.score ?? 0) - weights.nobody + isAtHome
      var reasons: [String] = []
      if let fit, !fit.agreements.isEmpty { reasons.append("\(fit.agreements.joined(separator: ", ")) fit") }
      if isAtHome > 0 { reasons.append("from the agent's host") }
      if isOfConnection {
        // How much denser the call is than sessions that nothing else explains.
        let rarity = density(of: call) - log(coverage.unexplained(session))
        atStart += weights.connection + max(-6, min(6, rarity))
        if whole[call] != nil { reasons.append("opened while the call ran") }
      }
      if let ids = whole[call], ids.method == .explicitID {
        atStart += ids.score
        reasons += ids.reasons
      }
      // Only what serves many calls keeps a connection between them.
      let isServed = places[call].map { calls[Int(call)].effects[Int($0.effect)].evidence == .toolArgument } == true
      var midway = isServed ? atStart + weights.back : weights.late - weights.nobody
      if span.from > .min, start.addingClamped(Self.clockSlack) < span.from, !isServed,
        calls[Int(call)].continues == nil
      {
        atStart += weights.late
      }
      if calls[Int(call)].continues != nil, !isBehindShell { atStart += weights.opensNone }
      if !carried.isEmpty, !isNamed(call, by: carried) {
        atStart += weights.otherID
        midway += weights.otherID
      } else if !isNamed(call, by: carriedSomewhere) {
        // Where its like always carry an id, one without is somebody else's.
        let missing = carriage.missing(places[call].map { effects[Int($0.effect)] } ?? effects.first, isBehindShell)
        atStart += missing
        midway += missing
      }
      all[call] = Opening(
        entrance: ConnectionModel.Entrance(atStart: atStart, midway: midway, root: root(of: call)), fit: fit,
        reasons: reasons)
    }
    return all
  }

  /// The call that started the program which this one types into, as an index; nobody for those that start their own.
  private func root(of call: Int32) -> Int32 {
    guard let number = calls[Int(call)].continues else {
      return continued.contains(calls[Int(call)].number) ? call : ConnectionModel.nobody
    }
    return numbers[number] ?? ConnectionModel.nobody
  }

  /// The states of each step: its own candidates, those of the steps before and behind it, and nobody.
  private func steps(
    _ actions: [WireAction], _ found: [[Int32: Evidence]], _ entrances: [Int32: Opening], _ whole: [Int32: Evidence]
  ) -> [[ConnectionModel.State]] {
    let opening = whole.keys.sorted {
      (entrances[$0]?.entrance.atStart ?? 0, $0) > (entrances[$1]?.entrance.atStart ?? 0, $1)
    }
    let before = inMind(found, from: Array(opening.prefix(ConnectionModel.keptCount)))
    let behind = Array(inMind(found.reversed(), from: []).reversed())
    return actions.indices.map { number in
      var states = [ConnectionModel.State(call: ConnectionModel.nobody, score: 0)]
      for (call, evidence) in found[number].sorted(by: { $0.key < $1.key }) {
        states.append(ConnectionModel.State(call: call, score: evidence.score))
      }
      for call in before[number] + behind[number] where !states.contains(where: { $0.call == call }) {
        guard states.count < Self.stateLimit else { break }
        let isNamed = whole[call]?.method == .explicitID
        let score = isNamed ? 0 : unexplained(actions[number], by: call)
        states.append(ConnectionModel.State(call: call, score: score))
      }
      return states
    }
  }

  /// The best candidates of the steps up to each, the latest first.
  private func inMind(_ found: [[Int32: Evidence]], from opening: [Int32]) -> [[Int32]] {
    var kept = opening
    return found.map { evidence in
      let before = kept
      let new = evidence.sorted { ($0.value.score, $0.key) > ($1.value.score, $1.key) }.prefix(4).map(\.key)
      kept = Array((new + kept.filter { !new.contains($0) }).prefix(ConnectionModel.keptCount))
      return before
    }
  }

  /// What speaks for a call that does not tell this action: drivers and tools say more than their arguments do.
  private func unexplained(_ action: WireAction, by call: Int32) -> Double {
    let evidence = calls[Int(call)]
    let time = timeScore(action.startedAt.nanoseconds, call)
    let isOpen =
      evidence.effects.contains { $0.kind == .connection || !$0.isLiteral } || continued.contains(evidence.number)
    let isHousekeeping = action.kind == nil || action.effect == .session
    return time + (isOpen || isHousekeeping ? 0 : weights.untold)
  }

  // MARK: Decision

  private mutating func decide(
    _ action: WireAction, _ states: [ConnectionModel.State], _ probabilities: [Double], _ found: [Int32: Evidence],
    _ whole: [Int32: Evidence], _ entrances: [Int32: Opening], _ session: WireSession
  ) -> [Attribution] {
    var prompts: [Int64?: (total: Double, best: Int, probability: Double)] = [:]
    var agents = 0.0
    for (place, state) in states.enumerated() where state.call != ConnectionModel.nobody {
      let probability = probabilities[place]
      agents += probability
      let prompt = calls[Int(state.call)].prompt
      var entry = prompts[prompt] ?? (0, place, -1)
      entry.total += probability
      if probability > entry.probability { (entry.best, entry.probability) = (place, probability) }
      prompts[prompt] = entry
    }
    guard agents >= weights.claimed else { return [] }
    let ranked = prompts.sorted { left, right in
      left.value.total != right.value.total ? left.value.total > right.value.total : left.value.best < right.value.best
    }
    guard let first = ranked.first else { return [] }
    let isAmbiguous = first.value.total < weights.certain
    var told: [Attribution] = []
    var sum = 0.0
    for (rank, entry) in ranked.enumerated() {
      let state = states[entry.value.best]
      let call = calls[Int(state.call)]
      let evidence = found[state.call] ?? Evidence()
      let (method, reason) = explain(state.call, evidence, entrances[state.call], action)
      var confidence = entry.value.total
      if method == .explicitID { confidence = min(confidence, weights.idCap) }
      told.append(
        Attribution(
          action: action.number, rank: rank, prompt: entry.key, call: call.number, method: method,
          confidence: confidence, score: state.score + (entrances[state.call]?.entrance.atStart ?? 0),
          reason: reason, isAmbiguous: isAmbiguous, via: nil))
      sum += entry.value.total
      if !isAmbiguous || sum >= agents * weights.containment { break }
    }
    if !isAmbiguous, ranked.count > 1, let runner = ranked.dropFirst().first, runner.value.total >= 0.005 {
      told[0].reason += "; next best \(Self.percent(runner.value.total))"
    }
    note(action, states[first.value.best].call, found, isAmbiguous: isAmbiguous, session, first.value.total)
    return told
  }

  private static func percent(_ value: Double) -> String { "\(Int((value * 100).rounded())) %" }

  private func explain(
    _ call: Int32, _ evidence: Evidence, _ opening: Opening?, _ action: WireAction
  ) -> (Attribution.Method, String) {
    var method = evidence.method
    var reasons = evidence.reasons
    if let opening {
      reasons += opening.reasons
      if opening.reasons.contains(where: { $0.contains("'s id ") }) { method = .explicitID }
    }
    if evidence.place == nil, method < .connection {
      method = .connection
      reasons.insert("on a connection of the call's", at: 0)
    }
    let span = spans[Int(call)]
    if span.from > .min {
      let after = Double(action.startedAt.nanoseconds.subtractingClamped(span.from)) / 1e9
      let isInside = action.startedAt.nanoseconds >= span.from && action.startedAt.nanoseconds <= span.through
      let distance = String(format: "%.1f s %@ the call", abs(after), after < 0 ? "before" : "after")
      reasons.append(isInside ? "\(distance), while it ran" : distance)
    }
    return (method, reasons.joined(separator: "; "))
  }

  /// Keeps what the verdicts on calls and the second hop need.
  private mutating func note(
    _ action: WireAction, _ call: Int32, _ found: [Int32: Evidence], isAmbiguous: Bool, _ session: WireSession,
    _ confidence: Double
  ) {
    attributed[call, default: 0] += 1
    if let place = found[call]?.place {
      seen.insert(place)
    } else if let kind = action.kind, action.effect.isChange,
      calls[Int(call)].effects.contains(where: { $0.kind == kind }),
      !calls[Int(call)].effects.contains(where: { $0.kind == .connection || !$0.isLiteral })
    {
      var entry = strangers[call] ?? (0, action.text)
      entry.count += 1
      strangers[call] = entry
    }
    guard action.kind == .http, !isAmbiguous else { return }
    windows.own(action.number, call, confidence: confidence)
  }
}
