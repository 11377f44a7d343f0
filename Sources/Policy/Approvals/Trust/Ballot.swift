public import Model
import SSHKeys

/// One signature under a request: who says what, as far as it does not depend on the action.
struct Ballot: Sendable {
  let signature: SSHSignature
  /// What the namespace says; nil when it was made for something else.
  let stance: Approval.Stance?
  /// When a time stamp proves that the signature existed.
  let stampedAt: Timestamp?
  /// Why the time stamp beside it proves nothing.
  let stampProblem: String?
  /// When it existed at the latest: by its time stamp, or by the word of whoever checks.
  let provenAt: Timestamp?
  /// When whoever judges saw it first.
  let seenAt: Timestamp?
  /// What was signed.
  let message: [UInt8]

  /// As ssh-keygen shows it: `SHA256:…`.
  var key: String { signature.key.plain.fingerprint }
}

extension Approval.Stance {
  /// What stands before the `@` of a namespace.
  var role: String {
    switch self {
    case .approve: "approval"
    case .reject: "rejection"
    case .revoke: "revocation"
    case .breakGlass: "breakglass"
    case .review: "review"
    }
  }

  /// The namespace for `ssh-keygen -Y sign -n`.
  public func namespace(of domain: String) -> String { "\(role)@\(domain)" }

  init?(namespace: String, domain: String) {
    guard let stance = Approval.Stance.allCases.first(where: { $0.namespace(of: domain) == namespace }) else {
      return nil
    }
    self = stance
  }
}
