import Bytes
import Model
import TestKit

/// A verdict with a decision for each change.
func verdict(
  _ reading: MemoryCase, overall: Verdict.Overall? = nil, incompleteness: [String] = [], findings: [Finding] = [],
  decide: (Action) -> Decision.Outcome = { _ in .unapproved }
) -> Verdict {
  var decisions: [String: Decision] = [:]
  for action in reading.storedActions where action.isChange {
    let outcome = decide(action)
    let reason =
      switch outcome {
      case .allowed: "the rule allows it"
      case .approved: "approved by reviewer 1 before it ran"
      case .unapproved: "it needs 1 approval from dba and has none"
      case .denied: "the rule forbids it"
      case .undecidable: "the evidence does not show what it did"
      }
    decisions[action.id] = Decision(
      actionID: action.id, outcome: outcome, rule: outcome == .allowed ? "app-writes" : action.effect.rawValue,
      reason: reason)
  }
  let isClean = decisions.values.allSatisfy(\.isAcceptable)
  return Verdict(
    overall: overall ?? (isClean ? .clean : .unapproved), policyName: "production.yaml",
    policySHA256: SHA256.digest(of: "production.yaml").hex, decisions: decisions, findings: findings,
    incompleteness: incompleteness)
}
