import Foundation

@testable import SSHKeys

/// One question to `ssh-keygen -Y verify` and to us.
struct DifferentialCase: Sendable, CustomStringConvertible {
  /// The kind of verdict that we give; whether it is `valid` must be what ssh-keygen says too.
  var expected: Kind
  var name: String
  /// `KEY`, `OTHER`, `CERT` and so on stand for keys, see `DifferentialKeys`.
  var signers: String
  var principal = "alice"
  var namespace = "file"
  /// As for `-Overify-time=`, in UTC.
  var time = "20250601120000Z"
  /// Of `DifferentialKeys.signatures`.
  var signature = "KEY"
  var message = "message"
  /// A text with the words of `signers`, or what makes a key revocation list of them.
  var revoked: Revoked = .none

  enum Revoked: Sendable {
    case none
    case text(String)
    /// What `ssh-keygen -k` is given; and the file of the authority, where numbers are of one.
    case list(String, authority: String?)
    case bytes([UInt8])
  }

  enum Kind: String, Sendable {
    case valid, malformed, badSignature, wrongNamespace, untrustedKey, principalMismatch, notForNamespace
    case notYetValid, expired, certificate, revoked, userPresenceMissing, userVerificationMissing
    /// The revoked keys cannot be read.
    case unreadable

    init(_ verdict: SignatureVerdict) {
      self =
        switch verdict {
        case .valid: .valid
        case .malformed: .malformed
        case .badSignature: .badSignature
        case .wrongNamespace: .wrongNamespace
        case .untrustedKey: .untrustedKey
        case .principalMismatch: .principalMismatch
        case .notForNamespace: .notForNamespace
        case .notYetValid: .notYetValid
        case .expired: .expired
        case .certificate: .certificate
        case .revoked: .revoked
        case .userPresenceMissing: .userPresenceMissing
        case .userVerificationMissing: .userVerificationMissing
        }
    }
  }

  var description: String { name }

  init(_ expected: Kind, _ name: String, _ signers: String, _ change: (inout Self) -> Void = { _ in }) {
    (self.expected, self.name, self.signers) = (expected, name, signers)
    change(&self)
  }
}
