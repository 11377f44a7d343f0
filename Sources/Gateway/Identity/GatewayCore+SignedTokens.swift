import Bytes
import NIOCore

/// Tokens that somebody signed: a person with an SSH key, or an issuer of JSON Web Tokens.
extension GatewayCore {
  /// What a client gave for its password, if that means to be such a token; nil when it does not.
  ///
  /// `user`: the name that the client gives; nil where it gives none. A refusal is in words for the gateway's log.
  func signedToken(_ secret: [UInt8], user: String?, listener: String) -> Result<Token, GatewayError>? {
    do {
      if SignedToken.isMeant(secret), let signers {
        return .success(try bySigner(try SignedToken(parsing: secret), signers, user, listener))
      }
      if JSONWebToken.isMeant(secret), !issuers.isEmpty {
        return .success(try byIssuer(try JSONWebToken(parsing: secret), listener))
      }
      return nil
    } catch {
      return .failure(error as? GatewayError ?? GatewayError("\(error)"))
    }
  }

  private func bySigner(
    _ signed: SignedToken, _ signers: TokenSigners, _ user: String?, _ listener: String
  ) throws(GatewayError) -> Token {
    let user = user ?? signed.claims.user
    if let objection = signers.objection(to: signed, user: user, listener: listener, at: now()) {
      throw GatewayError(objection)
    }
    guard !signed.claims.isOnce || spent?.spend(signed.claims) == true else {
      throw GatewayError("the token \(signed.claims.id) let in once, and was used, or that cannot be noted")
    }
    return Token(signed)
  }

  private func byIssuer(_ web: JSONWebToken, _ listener: String) throws(GatewayError) -> Token {
    guard let name = web.claims["iss"]?.string, let issuer = issuers[name] else {
      throw GatewayError("the token's issuer (iss) is not one of token-issuers")
    }
    guard let issued = issuer.read(web) else {
      throw GatewayError("the token has no \(issuer.human), or none that is verified")
    }
    if let objection = issuer.objection(to: issued, listener: listener, at: now()) { throw GatewayError(objection) }
    return Token(issued)
  }

  /// Why a token that somebody signed, and that let in, does so no more; nil when it does, and of other tokens.
  ///
  /// `isStrict`: its time and all else is looked at, and not just whether it was taken back.
  func objection(toSigned token: Token, listener: String, isStrict: Bool) -> String? {
    switch token.grounds {
    case .secret, .certificate, .publicKey, .userCertificate: return nil
    case .signature(let signed):
      guard let signers else { return isStrict ? "nobody signs tokens any more" : nil }
      if let objection = signers.revocation(of: signed) { return objection }
      guard isStrict else { return nil }
      return signers.objection(to: signed, user: signed.claims.user, listener: listener, at: now())
    case .issued(let issued):
      guard let issuer = issuers[issued.issuer] else { return isStrict ? "its issuer is not known any more" : nil }
      if let objection = issuer.revocation(of: issued) { return objection }
      guard isStrict else { return nil }
      guard issuer.read(issued.web).map({ Token($0).isSame(as: Token(issued)) }) ?? false else {
        return "the token means somebody else now"
      }
      return issuer.objection(to: issued, listener: listener, at: now())
    }
  }

  /// Asks issuers for their keys where it is time to, and ends the sessions of those whose key is gone.
  func refreshIssuers(on loop: any EventLoop) {
    for issuer in issuers.values {
      issuer.keys.refresh(at: now(), on: loop) { [self] problem in
        if let problem {
          log.write(.warning, "keys of an issuer could not be had", ["issuer": issuer.issuer, "reason": problem])
        } else {
          log.write(.info, "keys of an issuer", ["issuer": issuer.issuer])
          endRevoked()
        }
      }
    }
  }
}
