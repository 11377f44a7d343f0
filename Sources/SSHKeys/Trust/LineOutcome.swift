/// What one line of the allowed signers says of a signature.
enum LineOutcome {
  case otherKey
  case otherPrincipal
  /// Key and principal are those of the line, and yet.
  case refused(SignatureVerdict)
  case allowed

  /// How near the line came to allow it; the nearest says why no line did.
  var rank: Int {
    switch self {
    case .otherKey: 0
    case .otherPrincipal: 1
    case .refused: 2
    case .allowed: 3
    }
  }

  init(_ signer: AllowedSigner, _ signature: SSHSignature, principal: String, namespace: String, at time: UInt64) {
    guard Self.hasKey(signer, signature.key) else {
      self = .otherKey
      return
    }
    guard signer.allows(principal: principal) else {
      self = .otherPrincipal
      return
    }
    if signer.isAuthority, let problem = signature.key.certificate?.problem(principal: principal, at: time) {
      self = .refused(.certificate(problem, line: signer.line))
    } else if !signer.allows(namespace: namespace) {
      self = .refused(.notForNamespace(line: signer.line))
    } else if let verdict = Self.time(signer, time) {
      self = .refused(verdict)
    } else {
      self = .allowed
    }
  }

  /// The line has the key itself, or the authority of the certificate.
  static func hasKey(_ signer: AllowedSigner, _ key: SSHPublicKey) -> Bool {
    signer.isAuthority ? key.certificate?.authority == signer.key.plain : signer.key == key
  }

  /// Both ends of the time are within it.
  static func time(_ signer: AllowedSigner, _ time: UInt64) -> SignatureVerdict? {
    if let start = signer.validAfter, time < start { return .notYetValid(line: signer.line, validAfter: start) }
    if let end = signer.validBefore, time > end { return .expired(line: signer.line, validBefore: end) }
    return nil
  }
}
