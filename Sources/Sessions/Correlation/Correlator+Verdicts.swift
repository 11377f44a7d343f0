public import Model

extension Correlator {
  /// Statements of a session that must fall into requests before it counts as an application's that answers them.
  private static let fewestInWindows = 3
  private static let shareInWindows = 0.8
  /// What is left of a request's confidence for what was done to answer it.
  private static let indirectConfidence = 0.97
  /// An application works by itself, too: half is enough where so many fall into requests that chance would not do it,
  /// being this many times the share of time in which requests were at work.
  private static let leastShareInWindows = 0.5
  private static let timesOfChance = 5.0
  private static let fewestAgainstChance = 12

  // MARK: What applications did for agents

  /// Finds actions of an application that answered requests of agents': of sessions without an attribution of their own.
  ///
  /// A pool's connection belongs to no call. But when nearly all it does falls into requests that were made of that
  /// host, or far more than would by chance, each of its actions is put down to the one request that was at work at the time.
  public mutating func attributeIndirect(_ session: WireSession, _ actions: [WireAction]) -> [Attribution] {
    let host = ConnectionFit.canonical(session.clientHost)
    var told: [(text: String, attribution: Attribution)] = []
    var within = 0
    var counted = 0
    // What it also says when it answers nobody, such as a look into a queue, tells nothing.
    var idle: Set<String> = []
    for action in actions where action.kind != nil {
      counted += 1
      let text = action.fingerprint ?? action.text
      let open = windows.open(host: host, at: action.startedAt.nanoseconds)
      guard !open.isEmpty else {
        idle.insert(text)
        continue
      }
      within += 1
      guard open.count == 1, let window = open.first, let owner = windows.owners[window.action] else { continue }
      let call = calls[Int(owner.call)]
      let confidence = owner.confidence * Self.indirectConfidence
      let attribution = Attribution(
        action: action.number, rank: 0, prompt: call.prompt, call: call.number, method: .connection,
        confidence: confidence, score: 0,
        reason: "an application did it while it answered the request, the only one at that time",
        isAmbiguous: confidence < weights.certain, via: window.action)
      told.append((text, attribution))
    }
    guard counted >= Self.fewestInWindows, let first = actions.first, let last = actions.last else { return [] }
    let share = Double(within) / Double(counted)
    if share < Self.shareInWindows {
      guard within >= Self.fewestAgainstChance, share >= Self.leastShareInWindows else { return [] }
      let chance = windows.share(host: host, from: first.startedAt.nanoseconds, through: last.startedAt.nanoseconds)
      guard share >= Self.timesOfChance * chance else { return [] }
    }
    return told.filter { !idle.contains($0.text) }.map(\.attribution)
  }

  // MARK: Verdicts

  /// What the wire says of each call.
  public func verdicts() -> [CallVerdict] {
    calls.indices.map { number in
      var verdict = verdict(on: number)
      for (effect, place) in zip(calls[number].effects, effects.effects(of: Int32(number))) {
        let isOpened = effect.kind == .connection && attributed[Int32(number)] != nil
        verdict.effects.append((effect, seen.contains(Int32(place)) || isOpened))
      }
      return verdict
    }
  }

  private func verdict(on number: Int) -> CallVerdict {
    let call = calls[number]
    let span = facts[number]
    var expected = 0
    var found = 0
    var missing: ExpectedEffect?
    for (effect, place) in zip(call.effects, effects.effects(of: Int32(number))) {
      if seen.contains(Int32(place)) || effect.kind == .connection && attributed[Int32(number)] != nil {
        expected += 1
        found += 1
      } else if turns.doubts[Int32(place)] != nil {
        // It was seen, more than once: only which of them is the call's is not known.
        expected += 1
        found += 1
      } else if effect.kind != .connection, !effect.isConditional, !effect.mayRepeat, !call.hasFailed,
        call.endedAt != nil, coverage.holds(effect, from: span.from, through: span.through)
      {
        expected += 1
        missing = missing ?? effect
      }
    }
    if let stranger = strangers[Int32(number)] {
      return CallVerdict(
        call: call.number, verdict: .mismatched, expectedCount: expected, seenCount: found,
        detail: "\(stranger.count) on its connection that it does not tell: \(stranger.example.prefix(200))")
    }
    if let missing {
      return CallVerdict(
        call: call.number, verdict: .unwitnessed, expectedCount: expected, seenCount: found,
        detail: "not seen: \(missing.text.prefix(200))")
    }
    return CallVerdict(
      call: call.number, verdict: found > 0 || attributed[Int32(number)] != nil ? .corroborated : .silent,
      expectedCount: expected, seenCount: found, detail: "")
  }
}
