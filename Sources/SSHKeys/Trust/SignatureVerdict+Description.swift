/// One line, lower case, no full stop. Names from files stand as they are; who shows them escapes them.
extension SignatureVerdict: CustomStringConvertible {
  public var description: String {
    switch self {
    case .valid(let valid):
      let certificate = valid.certificateKeyID.map { " by certificate \($0)" } ?? ""
      return "valid signature of \(valid.principal) with \(valid.key.fingerprint)\(certificate)"
    case .malformed(let detail): return "no signature that can be read: \(detail)"
    case .badSignature: return "the key did not sign this message"
    case .wrongNamespace(let found): return "signed for \(found)"
    case .untrustedKey(let key): return "no allowed signer has \(key.fingerprint)"
    case .principalMismatch(let lines):
      return "the key is another's: line \(lines.map(String.init).joined(separator: ", "))"
    case .notForNamespace(let line): return "line \(line) does not allow the namespace"
    case .notYetValid(let line, let time): return "line \(line) counts from \(SignerTime.text(time))"
    case .expired(let line, let time): return "line \(line) counted until \(SignerTime.text(time))"
    case .certificate(let problem, let line): return "\(problem), line \(line)"
    case .revoked(let revocation): return "\(revocation) is revoked"
    case .userPresenceMissing: return "nobody touched the token"
    case .userVerificationMissing: return "the token saw neither PIN nor fingerprint"
    }
  }
}

extension CertificateProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notForUsers: "the certificate is for a host"
    case .notYetValid(let time): "the certificate is valid from \(SignerTime.text(time))"
    case .expired(let time): "the certificate was valid until before \(SignerTime.text(time))"
    case .withoutPrincipals: "the certificate names nobody"
    case .principalMissing: "the certificate names others"
    }
  }
}

extension Revocation: CustomStringConvertible {
  public var description: String {
    switch self {
    case .key: "the key"
    case .fingerprint: "the fingerprint of the key"
    case .serial(let number): "certificate number \(number)"
    case .keyID(let id): "certificate \(id)"
    case .authority: "the authority of the certificate"
    }
  }
}
