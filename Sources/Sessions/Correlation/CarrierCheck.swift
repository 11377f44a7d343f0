import Bytes
public import Model

/// Holds the ids of agents that stand on the wire against what is known of what they name.
///
/// An id is attribution, not authentication: whoever acts may set it, by mistake or on purpose.
public struct CarrierCheck {
  /// Conflicts of one session that are told; more are the same again.
  static let sessionLimit = 32
  /// Calls of one id whose effects are looked at.
  static let callLimit = 64

  /// How far an action may be from what its id names, in nanoseconds, besides the clocks' own spread.
  private static let before: Int64 = 60_000_000_000
  /// Servers and pools that were started go on for a while; a conversation's may for longer than a call's.
  private static let afterCall: Int64 = 600_000_000_000
  private static let afterConversation: Int64 = 3_600_000_000_000
  /// What clocks may differ by that nothing ties to the captures', and those of an unknown time zone.
  private static let untied: Int64 = 900_000_000_000
  private static let zones: Int64 = 15 * 3_600_000_000_000

  /// What an id names.
  private struct Named {
    var scope: CarriedID.Scope
    /// On the captures' clock; nil as long as a call of it has no times.
    var from = Int64.max
    var through = Int64.min
    var slack: Int64 = 0
    var isTimed = true
    /// The first of its calls.
    var calls: [Int32] = []
    var prompts: Set<Int64> = []
  }

  /// An id that was seen, with what it names.
  private struct Carried {
    var id: String
    var named: Named
    /// It names prompts, and not a whole conversation.
    var isExact: Bool { named.scope > .conversation && !named.prompts.isEmpty }
  }

  private struct Key: Hashable {
    var kind: CarrierConflict.Kind
    var id: String
  }

  private let correlator: Correlator
  private var ids: [String: Named] = [:]

  /// All sessions were surveyed and settled.
  public init(_ correlator: Correlator) {
    self.correlator = correlator
    for (number, call) in correlator.calls.enumerated() {
      let span = correlator.facts[number]
      let offset = correlator.offsets[call.clock].flatMap { $0.anchorCount > 0 ? $0 : nil }
      let slack = offset?.spread ?? (call.hasZone ? Self.untied : Self.zones)
      for id in call.ids where id.text.utf8.count >= CarriedID.shortest {
        var named = ids[id.text] ?? Named(scope: id.scope)
        named.scope = min(named.scope, id.scope)
        if span.from > .min {
          (named.from, named.through) = (min(named.from, span.from), max(named.through, span.through))
        } else {
          named.isTimed = false
        }
        named.slack = max(named.slack, slack)
        if named.calls.count < Self.callLimit { named.calls.append(Int32(number)) }
        if id.scope > .conversation, let prompt = call.prompt { named.prompts.insert(prompt) }
        ids[id.text] = named
      }
    }
  }

  /// What does not agree in a session.
  public struct Finding: Sendable {
    /// Each kind once for an id.
    public var conflicts: [CarrierConflict] = []
    /// By an action's row, the ids that contradict it.
    public var refuted: [Int64: Set<String>] = [:]
  }

  /// Holds the ids of a session against its actions.
  public func look(at session: WireSession, _ actions: [WireAction]) -> Finding {
    guard !ids.isEmpty else { return Finding() }
    let whole = named(in: session.carriers)
    var refuted: [Int64: Set<String>] = [:]
    var found: [Key: CarrierConflict] = [:]
    var order: [Key] = []
    for action in actions {
      let own = named(in: action.carriers)
      let carried = whole + own.filter { id in !whole.contains { $0.id == id.id } }
      guard !carried.isEmpty else { continue }
      for (key, detail) in check(action, session, carried) {
        let ids = key.kind == .several ? Self.refuted(whole, own) : [key.id]
        refuted[action.number, default: []].formUnion(ids)
        if found[key] != nil {
          found[key]?.count += 1
        } else if order.count < Self.sessionLimit {
          order.append(key)
          found[key] = CarrierConflict(
            kind: key.kind, action: action.number, at: action.startedAt, count: 1, detail: detail)
        }
      }
    }
    return Finding(conflicts: order.compactMap { found[$0] }, refuted: refuted)
  }

  /// Of ids that name different prompts: what a statement carries itself goes before what its connection does; of equals
  /// none is better than the other.
  private static func refuted(_ whole: [Carried], _ own: [Carried]) -> [String] {
    let (whole, own) = (whole.filter(\.isExact), own.filter(\.isExact))
    let prompts = own.dropFirst().reduce(own.first?.named.prompts ?? []) { $0.intersection($1.named.prompts) }
    guard !prompts.isEmpty else { return (whole + own).map(\.id) }
    return whole.filter { $0.named.prompts.isDisjoint(with: prompts) }.map(\.id)
  }

  private func named(in carriers: [String]) -> [Carried] {
    var found: [Carried] = []
    for carrier in carriers {
      for id in CarriedID.all(in: carrier) {
        guard let named = ids[id], !found.contains(where: { $0.id == id }) else { continue }
        found.append(Carried(id: id, named: named))
      }
    }
    return found
  }

  private func check(
    _ action: WireAction, _ session: WireSession, _ carried: [Carried]
  ) -> [(Key, String)] {
    var found: [(Key, String)] = []
    for carrier in carried {
      let (id, named) = (carrier.id, carrier.named)
      if let detail = lateness(action.startedAt.nanoseconds, named) {
        found.append((Key(kind: .time, id: id), "the \(named.scope.word) \(id) that it names \(detail)"))
      }
      guard named.scope == .call, let number = named.calls.first, named.calls.count == 1 else { continue }
      let call = correlator.calls[Int(number)]
      if let other = otherTarget(call, action, session) {
        found.append((Key(kind: .target, id: id), "the call \(id) that it names goes to \(other)"))
      } else if isOtherwise(number, call, action) {
        let told = call.effects.first { $0.kind == action.kind }?.text ?? ""
        let detail = "the call \(id) that it names does something else, and tells all of it: \(told.prefix(160))"
        found.append((Key(kind: .statement, id: id), detail))
      }
    }
    // A sub-agent's call and the one that started it serve one prompt.
    let exact = carried.filter(\.isExact)
    if let first = exact.first,
      let other = exact.dropFirst().first(where: { $0.named.prompts.isDisjoint(with: first.named.prompts) })
    {
      found.append((Key(kind: .several, id: first.id), "it names \(first.id) and \(other.id), of different prompts"))
    }
    return found
  }

  private func lateness(_ at: Int64, _ named: Named) -> String? {
    guard named.isTimed, named.from <= named.through else { return nil }
    let early = named.from.subtractingClamped(at)
    if early > Self.before.addingClamped(named.slack) { return "began \(Self.duration(early)) later" }
    let late = at.subtractingClamped(named.through)
    let after = named.scope == .conversation ? Self.afterConversation : Self.afterCall
    return late > after.addingClamped(named.slack) ? "had made its last call \(Self.duration(late)) before" : nil
  }

  private static func duration(_ nanoseconds: Int64) -> String {
    let minutes = nanoseconds / 60_000_000_000
    return minutes < 120 ? "\(minutes) min" : "\(minutes / 60) h"
  }

  /// Where the call goes according to its arguments, when none of them fits the session.
  private func otherTarget(_ call: CallEvidence, _ action: WireAction, _ session: WireSession) -> String? {
    let relevant = call.effects.filter { $0.kind == action.kind || $0.kind == .connection }
    guard action.kind != nil, !relevant.isEmpty else { return nil }
    var first: String?
    for effect in relevant {
      // Ports are mapped and programs wrapped; a host, a user or a database of another name is another one.
      let fit = ConnectionFit(ConnectionTarget(effect), session, correlator.weights)
      let told = fit.contradictions.filter { contradiction in
        ["host ", "user ", "database "].contains { contradiction.hasPrefix($0) }
      }
      guard let contradiction = told.first else { return nil }
      first = first ?? contradiction
    }
    return first
  }

  /// Whether a call tells in full what it does on such a connection, and that is not this.
  private func isOtherwise(_ number: Int32, _ call: CallEvidence, _ action: WireAction) -> Bool {
    guard let kind = action.kind, action.effect != .session else { return false }
    let told = call.effects.filter { $0.kind == kind }
    guard !told.isEmpty, call.continues == nil, !correlator.continued.contains(call.number),
      call.effects.allSatisfy({ $0.kind != .connection && $0.isLiteral && $0.evidence != .writtenFile })
    else { return false }
    let seen = SeenText(action.text, kind)
    let candidates = correlator.index.candidates(of: action, seen, correlator.index.text(of: seen), correlator.calls)
    if candidates.contains(where: { correlator.effects[$0.effect].call == number }) { return false }
    return !told.contains { effect in
      SeenText(effect.text, kind).key == seen.key
        || effect.fingerprint != nil && effect.fingerprint == action.fingerprint
    }
  }
}

extension CarriedID.Scope {
  fileprivate var word: String {
    switch self {
    case .call: "call"
    case .turn: "turn"
    case .conversation: "conversation"
    }
  }
}
