import Model

/// Whose a session is, and how it is ended when he may not have it any more.
struct SessionOwner: Sendable {
  /// As he was let in.
  var token: Token
  var listener: String
  var revoke: @Sendable (_ why: String) -> Void
  /// Ends it without a word in the recording, which takes none.
  var lose: @Sendable (any Error) -> Void
}

/// Sessions of those who would not be let in any more.
extension GatewayCore {
  /// Why a certificate does not prove that somebody has a token; nil when it does.
  func objection(to chain: [ClientCertificate], of token: Token?, listener: String) -> String? {
    guard let first = chain.first else { return "no certificate" }
    guard let authorities = authorities(listener) else { return "nobody certifies clients here" }
    if let objection = authorities.objection(to: chain, at: now()) { return objection }
    guard let token else { return nil }
    return token.certificate?.match(first) == true ? nil : "the certificate is not that of the token"
  }

  /// Ends sessions whose token is gone, changed or out of its time, unless the limits say that they go on, and those whose
  /// certificate, signed token or issuer's key was revoked in any case.
  func endRevoked() {
    for owner in owners {
      if let why = revocation(of: owner) { owner.revoke(why) }
    }
  }

  private func revocation(of owner: SessionOwner) -> String? {
    switch owner.token.grounds {
    case .signature, .issued:
      return objection(toSigned: owner.token, listener: owner.listener, isStrict: limits.revokesSessions)
    case .secret, .certificate, .publicKey, .userCertificate: break
    }
    if case .certificate(let chain, _) = owner.token.grounds,
      let objection = objection(to: chain, of: nil, listener: owner.listener)
    {
      return objection
    }
    guard limits.revokesSessions else { return nil }
    if case .userCertificate = owner.token.grounds, let end = owner.token.endsAt, now() >= end {
      return "the certificate is over"
    }
    guard let known = token(owner.token.name) else { return "there is no such token any more" }
    guard known.isSame(as: owner.token) else { return "the token was changed" }
    return known.objection(at: now(), listener: owner.listener)
  }

  /// Ends sessions that are out of their time.
  func endExpired() {
    guard limits.revokesSessions else { return }
    let time = now()
    for owner in owners {
      guard let end = owner.token.endsAt, time >= end else { continue }
      if let why = revocation(of: owner) { owner.revoke(why) }
    }
  }
}
