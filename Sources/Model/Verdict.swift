/// What a policy says of a whole case.
public struct Verdict: Sendable {
  public enum Overall: String, Sendable, Hashable {
    case clean
    case unapproved
    /// The evidence does not verify.
    case evidenceBroken = "evidence-broken"
    /// The evidence does not let the policy decide.
    case undecidable
  }

  public var overall: Overall
  /// `built-in` or the file's name.
  public var policyName: String
  public var policySHA256: String
  /// One for each change, by action id.
  public var decisions: [String: Decision]
  public var findings: [Finding]
  /// Every signature that was weighed, and those that nothing used.
  public var approvals: [Approval]
  /// What stands behind the `@` of the namespaces of their signatures.
  public var approvalNamespace = "exhibit"
  /// Approvals that could not be read, a line each.
  public var approvalProblems: [String] = []
  /// Why what a rule finds matters, by the rule; of the rules that found something.
  public var explanations: [String: String] = [:]
  /// Why the evidence is not complete, a sentence each; empty when it is.
  public var incompleteness: [String]

  public init(
    overall: Overall, policyName: String, policySHA256: String, decisions: [String: Decision], findings: [Finding],
    approvals: [Approval] = [], incompleteness: [String]
  ) {
    self.overall = overall
    self.policyName = policyName
    self.policySHA256 = policySHA256
    self.decisions = decisions
    self.findings = findings
    self.approvals = approvals
    self.incompleteness = incompleteness
  }

  /// The exit code of `exhibit check`: 0 clean, 1 unapproved changes, 2 evidence does not verify, 4 cannot judge.
  public var exitCode: Int32 {
    switch overall {
    case .clean: 0
    case .unapproved: 1
    case .evidenceBroken: 2
    case .undecidable: 4
    }
  }
}
