public import Model
import Policy
public import Sessions

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
    let evidence = try AttributionEvidence(store, roots)
    var summary = Summary()
    summary.callCount = evidence.calls.count
    let found = try decide(evidence.calls) { try evidence.forEachSession(store, of: $0, $1) }
    let verdicts = found.correlator.verdicts()
    summary.actionCount = found.actionCount
    for attribution in found.attributions where attribution.rank == 0 {
      summary.attributedCount += 1
      if attribution.isAmbiguous { summary.ambiguousCount += 1 }
    }
    summary.unwitnessedCount = verdicts.count { $0.verdict == .unwitnessed }
    summary.mismatchedCount = verdicts.count { $0.verdict == .mismatched }
    try store.replaceAttributions(found.attributions, verdicts: verdicts, offsets: found.correlator.clockOffsets)
    try store.replaceCarrierConflicts(found.conflicts)
    summary.conflictCount = found.conflicts.count
    return summary
  }

  /// Whether any action has enough for prompts together.
  private static func isClaimed(_ found: [Attribution], _ weights: EvidenceWeights) -> Bool {
    guard weights.tellsAll else { return !found.isEmpty }
    let totals = Dictionary(found.map { ($0.action, $0.confidence) }, uniquingKeysWith: +)
    return totals.values.contains { $0 >= weights.claimed }
  }

  /// What was decided over calls and sessions alone.
  public struct Findings {
    public var attributions: [Attribution] = []
    public var conflicts: [CarrierConflict] = []
    public var actionCount = 0
    /// Knows clocks, and what was seen of each call.
    public var correlator: Correlator
  }

  /// Decides over calls and sessions alone.
  ///
  /// - Parameters:
  ///   - calls: what agents did, or say that they did.
  ///   - weights: what evidence is worth.
  ///   - sessions: gives sessions with their actions in a stable order, each time it is asked: those numbers, or all.
  /// - Returns: what was found; actions that are nobody's have no attribution.
  /// - Throws: what `sessions` throws.
  public static func decide(
    _ calls: [CallEvidence], weights: EvidenceWeights = EvidenceWeights(),
    sessions: (_ wanted: Set<Int64>?, (Int64, WireSession, [WireAction]) throws -> Void) throws -> Void
  ) throws -> Findings {
    var findings = Findings(correlator: Correlator(calls, weights: weights))
    try sessions(nil) { _, session, actions in findings.correlator.survey(session, actions) }
    findings.correlator.settle()
    var left: Set<Int64> = []
    let check = CarrierCheck(findings.correlator)
    try sessions(nil) { number, session, actions in
      findings.actionCount += actions.count
      // Who acts may set any id: one that contradicts what it names speaks for nothing.
      let ids = check.look(at: session, actions)
      findings.conflicts += ids.conflicts
      let found = findings.correlator.attribute(session, actions, refuted: ids.refuted)
      if !isClaimed(found, weights) { left.insert(number) }
      findings.attributions += found
    }
    // Behind requests that are known: what an application did in their course.
    try sessions(left) { _, session, actions in
      findings.attributions += findings.correlator.attributeIndirect(session, actions)
    }
    return findings
  }
}
