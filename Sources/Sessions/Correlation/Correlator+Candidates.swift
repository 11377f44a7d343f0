import Bytes
import Foundation
import Model

extension Correlator {
  /// Candidates of one action, at most.
  private static let candidateLimit = 12

  /// The calls that an action may come from, by what it says itself.
  func evidence(for action: WireAction, in session: WireSession) -> [Int32: Evidence] {
    var found: [Int32: Evidence] = [:]
    if let kind = action.kind {
      let seen = SeenText(action.text, kind)
      let key = seen.key
      let mine = turns.turns[action.number] ?? []
      for (place, fit, count) in index.candidates(of: action, seen, calls) {
        let effect = calls[Int(place.call)].effects[Int(place.effect)]
        var evidence = Evidence(place: place)
        weigh(fit, effect, key, action, place, count: count, &evidence)
        if fit > .fingerprint, action.effect != .session {
          if mine.contains(place) {
            if count > 1 { evidence.add(weights.turn, .order, "its turn among \(count) equal texts") }
          } else if !mine.isEmpty || turns.taken.contains(place) {
            evidence.add(weights.taken, .order, nil)
          }
        }
        weighEcho(action, place.call, &evidence)
        weighBody(action, effect, &evidence)
        let worth = valueScore(action.values, effect)
        if worth != 0 { evidence.add(worth, .content, worth > 0 ? "its parameters stand in the program" : nil) }
        keepBest(evidence, for: place.call, &found)
      }
    }
    for carrier in action.carriers { weighIDs(in: carrier, "the statement or request", among: [], &found) }
    let carried = index.ids(in: action.carriers)
    if !carried.isEmpty {
      for call in found.keys where !isNamed(call, by: carried) { found[call]?.score += weights.otherID }
    }
    if found.count > Self.candidateLimit {
      let best = found.sorted { ($0.value.score, -$0.key) > ($1.value.score, -$1.key) }.prefix(Self.candidateLimit)
      found = Dictionary(uniqueKeysWithValues: best.map { ($0.key, $0.value) })
    }
    // An id holds whatever the time.
    for call in found.keys where found[call]?.method != .explicitID {
      found[call]?.score += timeScore(action.startedAt.nanoseconds, call)
    }
    return found
  }

  private func weigh(
    _ fit: EffectIndex.Fit, _ effect: ExpectedEffect, _ key: String, _ action: WireAction, _ place: EffectIndex.Place,
    count: Int, _ evidence: inout Evidence
  ) {
    // How much denser the call is than those who else say such a thing.
    let others = fit == .exact ? Double(max(0, (frequencies[key] ?? 1) - count)) : 0
    let rarity = max(-4, min(10, density(of: place.call) - log(weights.others + others)))
    let worth = action.effect == .session ? rarity * weights.housekeeping : rarity
    switch fit {
    case .exact: evidence.add(weights.exactText + worth, .content, "the same \(effect.noun)")
    case .pattern: evidence.add(weights.pattern + worth, .content, "the \(effect.noun) but for parts left open")
    case .fingerprint:
      evidence.add(weights.fingerprint + worth, .fingerprint, "the same \(effect.noun) with other constants")
    }
    switch effect.evidence {
    case .argument, .toolArgument: break
    case .typed: evidence.reasons.append("typed into a program that was running")
    case .writtenFile: evidence.add(weights.writtenText, .content, "from a file that the agent had written")
    }
  }

  /// The logarithm of how much of the captures' time a call does not take.
  func density(of call: Int32) -> Double {
    let span = spans[Int(call)]
    guard span.from > .min else { return 0 }
    var lasted = Double(span.through.subtractingClamped(span.from)) / 1e9
    if calls[Int(call)].isOpenEnded || calls[Int(call)].endedAt == nil { lasted = min(lasted, Self.usualBackground) }
    return log(coverage.seconds / (lasted + Self.slack))
  }

  /// The result of a call repeats what the wire answered.
  private func weighEcho(_ action: WireAction, _ call: Int32, _ evidence: inout Evidence) {
    let result = calls[Int(call)].result
    guard !result.isEmpty else { return }
    for echo in action.echoes where echo.utf8.count >= 4 && result.contains(echo) {
      return evidence.add(weights.echo, .response, "its result repeats “\(echo.prefix(60))”")
    }
  }

  private func weighBody(_ action: WireAction, _ effect: ExpectedEffect, _ evidence: inout Evidence) {
    guard let wanted = effect.body, let seen = action.body, !wanted.isEmpty else { return }
    if SeenText(wanted, .command).key == SeenText(seen, .command).key {
      evidence.add(weights.body, .content, "with the same body")
    } else if seen.utf8.count < WireAction.bodyLimit {
      evidence.add(weights.otherBody, .content, nil)
    }
  }

  /// Which of several programs with the same statement has these values in it.
  func valueScore(_ values: [String], _ effect: ExpectedEffect) -> Double {
    guard !values.isEmpty, !effect.values.isEmpty else { return 0 }
    let known = values.count { effect.values.contains($0) }
    return known == 0 ? weights.otherValues : min(weights.valuesCap, weights.value * Double(known))
  }

  private func keepBest(_ evidence: Evidence, for call: Int32, _ found: inout [Int32: Evidence]) {
    if let other = found[call], other.score >= evidence.score { return }
    found[call] = evidence
  }

  // MARK: Ids

  /// Whether one of these ids is the call's, its turn's or its conversation's.
  func isNamed(_ call: Int32, by ids: Set<String>) -> Bool { calls[Int(call)].ids.contains { ids.contains($0.text) } }

  /// Ids of calls, turns and conversations in a text. A conversation's id names its calls among those that something
  /// else speaks for.
  func weighIDs(in text: String, _ where: String, among candidates: Set<Int32>, _ found: inout [Int32: Evidence]) {
    guard index.hasIDs else { return }
    for id in CarriedID.all(in: text) {
      for (scope, call) in index.calls(named: id) {
        let worth =
          switch scope {
          case .call: weights.callID
          case .turn: weights.turnID
          case .conversation: weights.conversationID
          }
        guard scope != .conversation || found[call] != nil || candidates.contains(call) else { continue }
        var evidence = found[call] ?? Evidence()
        evidence.isByIDAlone = evidence.place == nil
        evidence.add(worth, .explicitID, "\(`where`) carries the \(scope.noun)'s id \(id.prefix(40))")
        found[call] = evidence
      }
    }
  }
}

extension CarriedID.Scope {
  fileprivate var noun: String {
    switch self {
    case .call: "call"
    case .turn: "turn"
    case .conversation: "conversation"
    }
  }
}

extension ExpectedEffect {
  var noun: String {
    switch kind {
    case .sql: "statement"
    case .http: "request"
    case .command: "command line"
    case .file: "file"
    case .repository: "repository"
    case .connection: "connection"
    }
  }
}
