import Model

/// The effects of all calls, numbered in their calls' order: what candidates are weighed by, as plain values.
///
/// An action has up to a dozen candidates, so what is done for each must touch neither texts nor whole effects.
struct EffectTable {
  struct Entry {
    /// The call, as an index.
    var call: Int32
    /// Its place among the call's effects.
    var position: Int32
    /// Where it goes, as an index of `targets`.
    var target: Int32
    var kind: ExpectedEffect.Kind
    var evidence: ExpectedEffect.Evidence
    var mayRepeat: Bool
    var isLiteral: Bool
    /// It is done on another host, to which the call goes by a shell.
    var isBehindShell: Bool
    var hasBody: Bool
    var hasValues: Bool
  }

  private(set) var entries: [Entry] = []
  private(set) var targets: [ConnectionTarget] = []
  /// The number of each call's first effect, and of the one behind the last.
  private var starts: [Int32] = []

  init(_ calls: [CallEvidence]) {
    var known: [ConnectionTarget: Int32] = [:]
    for (number, call) in calls.enumerated() {
      starts.append(Int32(entries.count))
      let usesShell = call.effects.contains { $0.kind == .command }
      for (position, effect) in call.effects.enumerated() {
        let target = ConnectionTarget(effect)
        let place = known[target] ?? Int32(targets.count)
        if Int(place) == targets.count {
          known[target] = place
          targets.append(target)
        }
        entries.append(
          Entry(
            call: Int32(number), position: Int32(position), target: place, kind: effect.kind,
            evidence: effect.evidence, mayRepeat: effect.mayRepeat, isLiteral: effect.isLiteral,
            isBehindShell: usesShell && effect.kind != .command, hasBody: effect.body?.isEmpty == false,
            hasValues: !effect.values.isEmpty))
      }
    }
    starts.append(Int32(entries.count))
  }

  subscript(effect: Int32) -> Entry { entries[Int(effect)] }

  /// The numbers of a call's effects.
  func effects(of call: Int32) -> Range<Int> { Int(starts[Int(call)])..<Int(starts[Int(call) + 1]) }

  /// Whether one of a call's effects is such.
  func contains(_ call: Int32, where isSuch: (Entry) -> Bool) -> Bool {
    effects(of: call).contains { isSuch(entries[$0]) }
  }
}
