import Policy

/// The policy that statements are judged by now; another takes its place without a session noticing.
final class PolicyInForce: Sendable {
  let policy: PolicyDocument
  /// What was decided for one statement holds for all that are like it, as long as this policy does.
  let isTimeless: Bool
  /// Some rule masks.
  let hasMasking: Bool

  init(_ policy: PolicyDocument) {
    self.policy = policy
    isTimeless = policy.isTimeless
    hasMasking = !policy.masking.isEmpty
  }
}
