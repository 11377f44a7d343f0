/// What is to be said of a signature. Only `valid` accepts it; every other case says why not.
public enum SignatureVerdict: Hashable, Sendable {
  case valid(ValidSignature)
  /// It is no signature of the format, or one by means that are not accepted.
  case malformed(detail: String)
  /// The key did not sign this message.
  case badSignature
  /// It was made for something else.
  case wrongNamespace(found: String)
  /// No line of the allowed signers has the key.
  case untrustedKey(SSHPublicKey)
  /// Lines have the key, and none of them the principal.
  case principalMismatch(lines: [Int])
  /// The line of the key and the principal does not allow the namespace.
  case notForNamespace(line: Int)
  /// Before `valid-after` of the line: seconds since 1970.
  case notYetValid(line: Int, validAfter: UInt64)
  /// After `valid-before` of the line: seconds since 1970.
  case expired(line: Int, validBefore: UInt64)
  /// A line trusts the authority of the certificate and not the certificate.
  case certificate(CertificateProblem, line: Int)
  case revoked(Revocation)
  /// Nobody touched the token, and nothing allows that.
  case userPresenceMissing(TokenUse)
  /// The token saw neither PIN nor fingerprint, and `SignatureDemands` wants one.
  case userVerificationMissing(TokenUse)

  /// Whether the signature is accepted.
  public var isValid: Bool {
    if case .valid = self { true } else { false }
  }
}

/// A signature that is accepted, and on what grounds.
public struct ValidSignature: Hashable, Sendable {
  /// Who signed, as the caller asked.
  public let principal: String
  /// The key, or the certificate, that the signature carries.
  public let key: SSHPublicKey
  /// Of the allowed signers, from 1.
  public let line: Int
  /// How a security token signed; nil for keys that are on none.
  public let token: TokenUse?
  public let hash: SignatureHash

  /// The key id that the authority gave the certificate, if it is one.
  public var certificateKeyID: String? { key.certificate?.keyID }
}

/// Why a certificate does not stand for a signer (OpenSSH PROTOCOL.certkeys).
public enum CertificateProblem: Hashable, Sendable {
  /// It is for a host.
  case notForUsers
  case notYetValid(validAfter: UInt64)
  case expired(validBefore: UInt64)
  /// It names no principal, which would make it everyone's.
  case withoutPrincipals
  /// The line allows the principal, the certificate does not name it.
  case principalMissing
}

/// Why a key is not to be believed any more.
public enum Revocation: Hashable, Sendable {
  /// The key, listed whole.
  case key
  /// The key, listed by its SHA-1 or SHA-256.
  case fingerprint
  /// The certificate, by its number.
  case serial(UInt64)
  /// The certificate, by its key id.
  case keyID(String)
  /// The authority of the certificate.
  case authority
}
