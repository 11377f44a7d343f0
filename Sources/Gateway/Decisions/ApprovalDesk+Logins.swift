import Model
import Policy
import SSHKeys

/// Who may see what waits.
extension ApprovalDesk {
  /// Nil while the approvals cannot be read.
  func reader(of signature: SSHSignature, over message: [UInt8], at time: Timestamp) -> StandingApprovals.Reader? {
    standing { $0.reader(of: signature, over: message, at: time) }
  }

  /// For whom a key may certify others.
  func certifiable(by authority: SSHPublicKey) -> [String] { standing { $0.certifiable(by: authority) } ?? [] }

  func tokens(application: String) -> [SSHPublicKey] { standing { $0.tokens(application: application) } ?? [] }

  var loginNamespace: String? { standing { $0.loginNamespace } }
}
