import Bytes
public import Model
import Yams

/// An action that somebody wrote down, and what a policy must say of it.
public struct PolicyCase: Sendable {
  public var name: String
  public var action: Action
  public var session: Session
  public var prompt: PromptFacts?
  public var facts = ActionFacts()
  public var expected: Decision.Outcome
  /// The rule that must decide; nil when any may.
  public var rule: String?
  /// Of the file, from 1.
  public var line: Int

  /// Reads a file of cases.
  ///
  /// - Returns: the policy's file name, relative to that of the cases, and the cases.
  /// - Throws: `PolicyError` with line and column.
  public static func parse(
    yaml: String, name: String
  ) throws(PolicyError) -> (policy: String, cases: [PolicyCase]) {
    let reader = PolicyCaseReader(nodes: PolicyNodes(file: name))
    return try reader.file(try PolicyNodes.root(of: yaml, name: name))
  }

  /// What the policy says instead; nil when it says what is expected.
  public func failure(under policy: PolicyDocument) -> String? {
    let decision = policy.decide(action, in: session, prompt: prompt, facts: facts)
    if decision.outcome != expected {
      return "expected \(Self.word(expected)), and rule \(decision.rule) says \(Self.word(decision.outcome))"
    }
    guard let rule, rule != decision.rule else { return nil }
    return "expected rule \(rule) to decide, and \(decision.rule) does"
  }

  /// As policies say it.
  public static func word(_ outcome: Decision.Outcome) -> String {
    switch outcome {
    case .allowed: "allow"
    case .denied: "deny"
    case .approved, .unapproved: "require-approval"
    case .undecidable: "undecidable"
    }
  }
}
