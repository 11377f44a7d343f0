import Bytes

/// Tells whether signatures are by those who may sign: `ssh-keygen -Y verify` and `-Y find-principals`.
///
/// It is made once of both files and asked as often as need be; it has no clock and reads no files.
public struct SignatureVerifier: Sendable {
  public let allowedSigners: AllowedSigners
  public let revoked: RevokedKeys
  public let demands: SignatureDemands

  public init(
    allowedSigners: AllowedSigners, revoked: RevokedKeys = .none, demands: SignatureDemands = SignatureDemands()
  ) {
    self.allowedSigners = allowedSigners
    self.revoked = revoked
    self.demands = demands
  }

  /// What is to be said of an armored signature of the message by the principal.
  ///
  /// - Parameters:
  ///   - message: The signed bytes as they are, a line break at the end included.
  ///   - armored: The bytes of the `.sig` file.
  ///   - principal: Who is said to have signed.
  ///   - namespace: What the signature must be for.
  ///   - time: Seconds since 1970 at which key and certificate must be valid.
  /// - Returns: The verdict; of several lines that refuse, that of the line that came nearest.
  public func verify(
    _ message: [UInt8], signature armored: [UInt8], principal: String, namespace: String, at time: Int64
  ) -> SignatureVerdict {
    do throws(DecodeError) {
      return verify(
        message, signature: try SSHSignature(armored: armored), principal: principal, namespace: namespace, at: time)
    } catch {
      return .malformed(detail: "\(error)")
    }
  }

  /// What is to be said of a signature of the message by the principal.
  public func verify(
    _ message: [UInt8], signature: SSHSignature, principal: String, namespace: String, at time: Int64
  ) -> SignatureVerdict {
    guard signature.namespace == namespace else { return .wrongNamespace(found: signature.namespace) }
    guard signature.isValid(over: message) else { return .badSignature }
    if let revocation = revoked.revocation(of: signature.key) { return .revoked(revocation) }
    // Times before 1970 are before all keys.
    let seconds = UInt64(clamping: time)
    var nearest = LineOutcome.otherKey
    var lines: [Int] = []
    for signer in allowedSigners.signers {
      let outcome = LineOutcome(signer, signature, principal: principal, namespace: namespace, at: seconds)
      switch outcome {
      case .allowed:
        let found = ValidSignature(
          principal: principal, key: signature.key, line: signer.line, token: signature.token, hash: signature.hash)
        return undemanded(signature) ?? .valid(found)
      case .otherKey: continue
      case .otherPrincipal: lines.append(signer.line)
      case .refused: break
      }
      if outcome.rank > nearest.rank { nearest = outcome }
    }
    return switch nearest {
    case .refused(let verdict): verdict
    case .otherPrincipal: .principalMismatch(lines: lines)
    case .otherKey, .allowed: .untrustedKey(signature.key)
    }
  }

  /// What a token should have said and did not.
  private func undemanded(_ signature: SSHSignature) -> SignatureVerdict? {
    guard let token = signature.token else { return nil }
    if demands.userPresence, !token.isUserPresent, signature.key.certificate?.excusesPresence != true {
      return .userPresenceMissing(token)
    }
    if demands.userVerification, !token.isUserVerified { return .userVerificationMissing(token) }
    return nil
  }

  /// Who may have made the signature: `ssh-keygen -Y find-principals`, which looks at the key only. Patterns are given as
  /// written; of certificates the names that both the certificate and a line of its authority have.
  ///
  /// - Parameters:
  ///   - signature: Only its key is looked at.
  ///   - namespace: Only of lines that are for it; nil for all, as `ssh-keygen` has it.
  ///   - time: Seconds since 1970 at which key and certificate must be valid.
  /// - Returns: What each line gives that has the key, in their order; `ssh-keygen` prints the first.
  public func principals(for signature: SSHSignature, namespace: String? = nil, at time: Int64) -> [PrincipalMatch] {
    let seconds = UInt64(clamping: time)
    return allowedSigners.signers.compactMap { signer in
      guard LineOutcome.hasKey(signer, signature.key) else { return nil }
      if let namespace, !signer.allows(namespace: namespace) { return nil }
      guard LineOutcome.time(signer, seconds) == nil else { return nil }
      guard signer.isAuthority else { return PrincipalMatch(line: signer.line, principals: [signer.principalPatterns]) }
      guard let certificate = signature.key.certificate, certificate.problem(principal: nil, at: seconds) == nil else {
        return nil
      }
      let names = certificate.principals.filter { signer.allows(principal: $0) }
      return names.isEmpty ? nil : PrincipalMatch(line: signer.line, principals: names)
    }
  }
}

/// Who, by a line of the allowed signers, may have made a signature.
public struct PrincipalMatch: Hashable, Sendable {
  /// From 1.
  public let line: Int
  /// Names that a certificate has; for a plain key the line's own list of patterns.
  public let principals: [String]
}
