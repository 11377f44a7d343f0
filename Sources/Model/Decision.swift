/// What a policy says of one change.
public struct Decision: Sendable, Hashable {
  public enum Outcome: String, Sendable, Hashable {
    case allowed
    case approved
    case unapproved
    case denied
    /// The evidence does not let the policy decide.
    case undecidable
  }

  public var actionID: String
  public var outcome: Outcome
  /// The rule that matched, or `default`.
  public var rule: String
  /// One sentence for a person.
  public var reason: String

  public init(actionID: String, outcome: Outcome, rule: String, reason: String) {
    self.actionID = actionID
    self.outcome = outcome
    self.rule = rule
    self.reason = reason
  }

  public var isAcceptable: Bool { outcome == .allowed || outcome == .approved }
}
