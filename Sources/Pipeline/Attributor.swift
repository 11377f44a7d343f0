public import Model
import Policy
import Sessions

/// Ties the actions of a case to the prompts behind them, anew from all the evidence that the case has.
public enum Attributor {
  /// What was found.
  public struct Summary: Sendable, Hashable {
    public var actionCount = 0
    /// Actions that go back to a prompt, and those of them for which several prompts remain.
    public var attributedCount = 0
    public var ambiguousCount = 0
    public var callCount = 0
    /// Calls that should have done something which the captures do not show, or that did something else.
    public var unwitnessedCount = 0
    public var mismatchedCount = 0
    /// Ids on the wire that contradict what they name.
    public var conflictCount = 0

    public init() {}
  }

  /// Reads the case, decides, and writes what was decided.
  ///
  /// - Returns: nil when the case has no tool calls, or no actions.
  public static func run(_ store: some CorrelationStore) throws -> Summary? {
    let twins = try PromptTwins(store)
    try store.replaceTwins(twins.same.sorted { $0.key < $1.key }.map { (prompt: $0.key, sameAs: $0.value) })
    let roots = try PromptRoots(store, twins)
    try store.replaceRoots(roots.all())
    guard try store.hasBothSides() else {
      try store.replaceAttributions([], verdicts: [], offsets: [])
      try store.replaceCarrierConflicts([])
      return nil
    }
    var evidence = CallReader(roots)
    try store.forEachToolCall { evidence.add($0) }
    let calls = evidence.finish()
    var correlator = Correlator(calls)
    let wire = WireReader(
      hasIDs: calls.contains { !$0.ids.isEmpty },
      hasBodies: calls.contains { call in call.effects.contains { $0.body != nil } },
      hasValues: calls.contains { call in call.effects.contains { !$0.values.isEmpty } })
    try store.forEachSession { number, session, actions in
      let (session, actions) = try wire.read(number, session, actions, store)
      correlator.survey(session, actions)
    }
    correlator.settle()
    var summary = Summary()
    summary.callCount = calls.count
    var told: [Attribution] = []
    var nobodys: [Int64] = []
    let check = CarrierCheck(correlator)
    var conflicts: [CarrierConflict] = []
    try store.forEachSession { number, session, actions in
      let (session, actions) = try wire.read(number, session, actions, store)
      summary.actionCount += actions.count
      conflicts += check.conflicts(session, actions)
      let found = correlator.attribute(session, actions)
      if found.isEmpty { nobodys.append(number) }
      told += found
    }
    let left = Set(nobodys)
    try store.forEachSession { number, session, actions in
      guard left.contains(number) else { return }
      let (session, actions) = try wire.read(number, session, actions, store)
      told += correlator.attributeIndirect(session, actions)
    }
    let verdicts = correlator.verdicts()
    for attribution in told where attribution.rank == 0 {
      summary.attributedCount += 1
      if attribution.isAmbiguous { summary.ambiguousCount += 1 }
    }
    summary.unwitnessedCount = verdicts.count { $0.verdict == .unwitnessed }
    summary.mismatchedCount = verdicts.count { $0.verdict == .mismatched }
    try store.replaceAttributions(told, verdicts: verdicts, offsets: correlator.clockOffsets)
    try store.replaceCarrierConflicts(conflicts)
    summary.conflictCount = conflicts.count
    return summary
  }
}
