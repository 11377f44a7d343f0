import Bytes
import Foundation
import Model

extension Correlator {
  /// Candidates of one action, at most.
  private static let candidateLimit = 12
  /// What others take from an action is told when it is more than this.
  private static let toldDoubt = -0.5

  /// The calls that an action may come from, by what it says itself, in their order.
  ///
  /// `ids`: those of calls that the action carries; `passedOn`: those of its connection that hold for it and not for all.
  mutating func evidence(for action: WireAction, carrying ids: [String], passedOn: [String]) -> [Evidence] {
    var found = evidenceOfText(action)
    if !ids.isEmpty || !passedOn.isEmpty {
      var byCall = Dictionary(uniqueKeysWithValues: found.map { ($0.call, $0) })
      weigh(ids, isOfConnection: false, among: [], &byCall)
      weigh(passedOn, isOfConnection: true, among: [], &byCall)
      let carried = Set(ids).union(passedOn)
      for call in byCall.keys where !isNamed(call, by: carried) { byCall[call]?.score += weights.otherID }
      found = byCall.values.sorted { $0.call < $1.call }
    }
    if found.count > Self.candidateLimit {
      found.sort { ($0.score, -$0.call) > ($1.score, -$1.call) }
      found.removeLast(found.count - Self.candidateLimit)
      found.sort { $0.call < $1.call }
    }
    // An id holds whatever the time.
    for place in found.indices where found[place].method != .explicitID {
      found[place].score += timeScore(action.startedAt.nanoseconds, found[place].call)
    }
    return found
  }

  /// The calls that should do what an action does, each by the best of its effects.
  private mutating func evidenceOfText(_ action: WireAction) -> [Evidence] {
    guard let kind = action.kind else { return [] }
    let seen = SeenText(action.text, kind)
    let text = index.text(of: seen)
    let candidates = index.candidates(of: action, seen, text, calls)
    guard !candidates.isEmpty else { return [] }
    let mine = turns.turns[action.number] ?? []
    var found: [Evidence] = []
    found.reserveCapacity(candidates.count)
    for candidate in candidates {
      let entry = effects[candidate.effect]
      var evidence = Evidence(call: entry.call, effect: candidate.effect)
      weigh(candidate, entry, text, action, &evidence)
      if candidate.fit > .fingerprint, action.effect != .session {
        let doubt = turns.doubts[candidate.effect]?[action.number]
        if mine.contains(candidate.effect) {
          if candidate.count > 1 { evidence.add(weights.turn, .order, .turn(candidate.count)) }
          if let doubt { evidence.add(doubt, .order, doubt < Self.toldDoubt ? .rivals : nil) }
        } else if !mine.isEmpty || turns.taken.contains(candidate.effect) {
          evidence.add(min(weights.taken, doubt ?? 0), .order, nil)
        }
      } else if candidate.fit == .fingerprint, turns.taken.contains(candidate.effect) {
        // What is expected once was seen as it was expected.
        evidence.add(weights.taken, .order, nil)
      }
      weighEcho(action, entry.call, &evidence)
      weighBody(action, entry, &evidence)
      let worth = valueScore(action.values, candidate.effect)
      if worth != 0 { evidence.add(worth, .content, worth > 0 ? .parameters : nil) }
      if let last = found.last, last.call == entry.call {
        if last.score < evidence.score { found[found.count - 1] = evidence }
      } else {
        found.append(evidence)
      }
    }
    return found
  }

  private func weigh(
    _ candidate: EffectIndex.Candidate, _ entry: EffectTable.Entry, _ text: Int32?, _ action: WireAction,
    _ evidence: inout Evidence
  ) {
    // How much denser the call is than those who else say such a thing.
    var others = 0.0
    if candidate.fit == .exact, let text { others = Double(max(0, max(1, frequencies[Int(text)]) - candidate.count)) }
    let rarity = rarity(of: facts[Int(entry.call)], others: others)
    let worth = action.effect == .session ? rarity * weights.housekeeping : rarity
    switch candidate.fit {
    case .exact: evidence.add(weights.exactText + worth, .content, .sameText(entry.kind))
    case .pattern: evidence.add(weights.pattern + worth, .content, .sameButForOpenParts(entry.kind))
    case .fingerprint: evidence.add(weights.fingerprint + worth, .fingerprint, .otherConstants(entry.kind))
    }
    switch entry.evidence {
    case .argument, .toolArgument: break
    case .typed: evidence.reasons.append(.typed)
    case .writtenFile: evidence.add(weights.writtenText, .content, .writtenFile)
    }
  }

  /// How much denser a call is with a text than those who else say it, so often.
  func rarity(of call: CallFacts, others: Double) -> Double {
    max(-4, min(10, call.density - log(weights.others + others)))
  }

  /// The result of a call repeats what the wire answered.
  private mutating func weighEcho(_ action: WireAction, _ call: Int32, _ evidence: inout Evidence) {
    guard !action.echoes.isEmpty, !calls[Int(call)].result.isEmpty else { return }
    let result = calls[Int(call)].result
    for (place, echo) in action.echoes.enumerated()
    where echo.utf8.count >= 4 && echoes.holds(echo, in: result, of: call) {
      return evidence.add(weights.echo, .response, .echo(place))
    }
  }

  private func weighBody(_ action: WireAction, _ entry: EffectTable.Entry, _ evidence: inout Evidence) {
    guard entry.hasBody, let seen = action.body, let wanted = effect(of: entry).body else { return }
    if SeenText(wanted, .command).key == SeenText(seen, .command).key {
      evidence.add(weights.body, .content, .sameBody)
    } else if seen.utf8.count < WireAction.bodyLimit {
      evidence.add(weights.otherBody, .content, nil)
    }
  }

  private func effect(of entry: EffectTable.Entry) -> ExpectedEffect {
    calls[Int(entry.call)].effects[Int(entry.position)]
  }

  /// Which of several programs with the same statement has these values in it.
  func valueScore(_ values: [String], _ number: Int32) -> Double {
    guard !values.isEmpty, effects[number].hasValues else { return 0 }
    let wanted = effect(of: effects[number]).values
    let known = values.count { wanted.contains($0) }
    return known == 0 ? weights.otherValues : min(weights.valuesCap, weights.value * Double(known))
  }

  // MARK: Ids

  /// Whether one of these ids is the call's, its turn's or its conversation's.
  func isNamed(_ call: Int32, by ids: Set<String>) -> Bool {
    !ids.isEmpty && calls[Int(call)].ids.contains { ids.contains($0.text) }
  }

  /// Weighs ids of calls, turns and conversations that were seen. A conversation's id names its calls among those that
  /// something else speaks for.
  func weigh(_ ids: [String], isOfConnection: Bool, among candidates: Set<Int32>, _ found: inout [Int32: Evidence]) {
    for id in ids {
      for named in index.calls(named: id) {
        let worth =
          switch named.scope {
          case .call: weights.callID
          case .turn: weights.turnID
          case .conversation: weights.conversationID
          }
        let isKnown = found[named.call] != nil || candidates.contains(named.call)
        guard named.scope != .conversation || isKnown else { continue }
        let reason = Reason.carriedID(CarriedID(named.scope, id), isOfConnection: isOfConnection)
        found[named.call, default: Evidence(call: named.call)].add(worth, .explicitID, reason)
      }
    }
  }
}
