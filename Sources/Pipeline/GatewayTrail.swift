import Model

/// Finds the action that a gateway's event is about: it names the place of the request in what the client sent.
struct GatewayTrail {
  /// Requests whose answers may still be told of.
  private static let requestLimit = 1_024
  /// Events that wait for their request; of more the oldest are of no action.
  private static let waitingLimit = 10_000

  typealias Told = (offset: UInt64, event: RecordedEvent, origin: Origin)

  /// Bytes that the client had sent before the first that was captured.
  var base: UInt64 = 0
  private var requests: [(range: Range<UInt64>, sequence: Int)] = []
  private var waiting: [Told] = []

  /// Takes a request, and gives what was told of it before. `isShared`: others go on between its bytes, so only where it
  /// begins tells it from them.
  mutating func add(request exchange: Exchange, sequence: Int, isShared: Bool) -> [Told] {
    // An answer whose request was not seen is of no place in what the client sent.
    guard exchange.requestByteCount > 0 else { return [] }
    let start = exchange.origin.offset.addingReportingOverflow(base)
    let end = start.partialValue.addingReportingOverflow(isShared ? 1 : exchange.requestByteCount)
    guard !start.overflow, !end.overflow else { return [] }
    let range = start.partialValue..<end.partialValue
    if requests.count >= 2 * GatewayTrail.requestLimit { requests.removeFirst(GatewayTrail.requestLimit) }
    requests.append((range, sequence))
    guard !waiting.isEmpty else { return [] }
    let found = waiting.filter { range.contains($0.offset) }
    if !found.isEmpty { waiting.removeAll { range.contains($0.offset) } }
    return found
  }

  /// The action of an event; nil when its request is not known yet, and then it is kept.
  mutating func sequence(of told: Told) -> Int? {
    if let known = requests.last(where: { $0.range.contains(told.offset) }) { return known.sequence }
    if waiting.count < GatewayTrail.waitingLimit { waiting.append(told) }
    return nil
  }

  /// What was told of a line that was typed: no message has it as a whole, so that its text tells which it is, at that time or later.
  mutating func take(typed text: String, since: Timestamp) -> [Told] {
    guard let first = firstTyped(text, since) else { return [] }
    defer { waiting.removeAll { $0.offset == first.offset } }
    return waiting.filter { $0.offset == first.offset }
  }

  /// Whether a line that was typed then did not run.
  func isRefused(typed text: String, since: Timestamp, before next: Timestamp?) -> Bool {
    guard let first = firstTyped(text, since) else { return false }
    return waiting.contains { told in
      if let next, told.event.at >= next { return false }
      guard told.offset == first.offset, case .decision(let decision) = told.event.event else { return false }
      return [.denied, .expired, .withdrawn].contains(decision.outcome)
    }
  }

  private func firstTyped(_ text: String, _ since: Timestamp) -> Told? {
    waiting.first { told in
      guard case .decision(let decision) = told.event.event, told.event.at >= since else { return false }
      return decision.typed == text || decision.typed == nil && decision.rule == GatewayDecision.unreadableRule
    }
  }

  /// Gives what no request was found for.
  mutating func finish() -> [Told] {
    defer { waiting = [] }
    return waiting
  }
}

extension GatewayEvent {
  /// The place of the request that it is about, in bytes of what the client sent; nil where it is about none.
  var requestOffset: UInt64? {
    switch self {
    case .decision(let decision): decision.offset
    case .approval(let approval): approval.offset
    case .mask(let mask): mask.offset
    case .opening, .context, .agent, .closing, .heartbeat, .lost, .other: nil
    }
  }
}
