import Bytes
import Model

extension Correlator {
  /// The calls of one prompt among an action's states.
  private struct Claim {
    var prompt: Int64?
    /// The probability of them all.
    var total: Double
    /// The best of them.
    var best: ConnectionModel.State
    var probability: Double
  }

  /// Says to which prompts an action goes back, and keeps what verdicts need.
  mutating func decide(
    _ action: WireAction, _ states: ArraySlice<ConnectionModel.State>, _ probabilities: ArraySlice<Double>,
    _ found: [Evidence], _ candidates: ConnectionCandidates, _ openings: [Opening]
  ) -> [Attribution] {
    var agents = 0.0
    for (state, probability) in zip(states, probabilities) where state.candidate != ConnectionModel.nobody {
      agents += probability
    }
    let isClaimed = agents >= weights.claimed
    guard isClaimed || weights.tellsAll else { return [] }
    let ranked = claims(states, probabilities, candidates)
    guard let first = ranked.first else { return [] }
    let isAmbiguous = first.total < weights.certain
    var told: [Attribution] = []
    var sum = 0.0
    for (rank, claim) in ranked.enumerated() {
      let candidate = claim.best.candidate
      let call = candidates.calls[Int(candidate)]
      let opening = openings[Int(candidate)]
      let (method, reason) = explain(call, found.first { $0.candidate == candidate }, opening, action)
      let confidence = method == .explicitID ? min(claim.total, weights.idCap) : claim.total
      told.append(
        Attribution(
          action: action.number, rank: rank, prompt: claim.prompt, call: calls[Int(call)].number, method: method,
          confidence: confidence, score: claim.best.score + opening.entrance.atStart, reason: reason,
          isAmbiguous: isAmbiguous, via: nil))
      sum += claim.total
      if !isAmbiguous || sum >= agents * weights.containment { break }
    }
    if !isAmbiguous, let runner = ranked.dropFirst().first, runner.total >= 0.005 {
      told[0].reason += "; next best \(Self.percent(runner.total))"
    }
    guard isClaimed else { return told }
    let effect = found.first { $0.candidate == first.best.candidate }?.effect
    note(action, candidates.calls[Int(first.best.candidate)], effect, isAmbiguous: isAmbiguous, first.total)
    return told
  }

  /// The prompts behind the states of an action, the likeliest first.
  private func claims(
    _ states: ArraySlice<ConnectionModel.State>, _ probabilities: ArraySlice<Double>, _ candidates: ConnectionCandidates
  ) -> [Claim] {
    var claims: [Claim] = []
    var order: [Int] = []
    for (place, (state, probability)) in zip(states, probabilities).enumerated()
    where state.candidate != ConnectionModel.nobody {
      let prompt = calls[Int(candidates.calls[Int(state.candidate)])].prompt
      if let known = claims.firstIndex(where: { $0.prompt == prompt }) {
        claims[known].total += probability
        if probability > claims[known].probability {
          (claims[known].best, claims[known].probability) = (state, probability)
          order[known] = place
        }
      } else {
        claims.append(Claim(prompt: prompt, total: probability, best: state, probability: probability))
        order.append(place)
      }
    }
    guard claims.count > 1 else { return claims }
    return zip(claims, order).sorted { left, right in
      left.0.total != right.0.total ? left.0.total > right.0.total : left.1 < right.1
    }.map(\.0)
  }

  private static func percent(_ value: Double) -> String { "\(Int((value * 100).rounded())) %" }

  /// Puts into words what speaks for a call; `evidence`: what the action itself says.
  private func explain(
    _ call: Int32, _ evidence: Evidence?, _ opening: Opening, _ action: WireAction
  ) -> (Attribution.Method, String) {
    var method = evidence?.method ?? .time
    if opening.reasons.contains(where: \.isID) { method = .explicitID }
    var words: [String] = []
    if evidence?.effect == nil, method < .connection {
      method = .connection
      words.append("on a connection of the call's")
    }
    words += (evidence?.reasons ?? []).map { $0.words(for: action) }
    words += opening.reasons.map { $0.words(for: action) }
    let known = facts[Int(call)]
    if known.from > .min {
      let at = action.startedAt.nanoseconds
      let after = Double(at.subtractingClamped(known.from)) / 1e9
      let distance = "\(abs(after).inTenths) s \(after < 0 ? "before" : "after") the call"
      words.append(at >= known.from && at <= known.through ? "\(distance), while it ran" : distance)
    }
    return (method, words.joined(separator: "; "))
  }

  /// Keeps what the verdicts on calls and the second hop need; `effect`: which of the call's the action is.
  private mutating func note(
    _ action: WireAction, _ call: Int32, _ effect: Int32?, isAmbiguous: Bool, _ confidence: Double
  ) {
    attributed[call, default: 0] += 1
    if let effect {
      seen.insert(effect)
    } else if let kind = action.kind, action.effect.isChange, effects.contains(call, where: { $0.kind == kind }),
      !effects.contains(call, where: { $0.kind == .connection || !$0.isLiteral })
    {
      strangers[call, default: (0, action.text)].count += 1
    }
    guard action.kind == .http, !isAmbiguous else { return }
    windows.own(action.number, call, confidence: confidence)
  }
}

extension Double {
  /// With one decimal, as `printf` writes `%.1f`: the nearest to the exact value, the even one of two. Of durations in
  /// seconds, which are never negative and below 10¹⁰; formats of Foundation cost more than the decision.
  var inTenths: String {
    var tenths = (self * 10).rounded(.down)
    // The product was rounded, perhaps up to a tenth that is not reached; a fused one has the right sign.
    if (-tenths).addingProduct(self, 10) < 0 { tenths -= 1 }
    let rest = (-tenths - 0.5).addingProduct(self, 10)
    if rest > 0 || rest == 0 && tenths.truncatingRemainder(dividingBy: 2) == 1 { tenths += 1 }
    let number = Int64(exactly: tenths) ?? .max
    return "\(number / 10).\(number % 10)"
  }
}
