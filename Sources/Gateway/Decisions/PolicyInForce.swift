import Policy

/// The policy that statements are judged by now; another takes its place without a session noticing.
final class PolicyInForce: Sendable {
  let policy: PolicyDocument

  init(_ policy: PolicyDocument) { self.policy = policy }
}
