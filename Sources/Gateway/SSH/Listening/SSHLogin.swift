import Bytes
import Model
import SSHKeys

/// How a client of SSH proves that a token is its own.
struct SSHLogin {
  enum Outcome {
    case accepted(Token, SSHPermissions)
    /// The key would do; a signature by it is still to come.
    case acceptable
    /// Why not, for the gateway's log.
    case refused(String)
  }

  let core: GatewayCore
  let listener: SSHListener
  let client: Endpoint

  func judge(_ user: String, _ means: LibsshMessage.LoginMeans) -> Outcome {
    let rules = listener.rules
    switch means {
    case .none, .other: return .refused("no way of proving who it is that is known here")
    case .password(let secret):
      guard rules.means.contains(.password) else { return .refused("passwords are not taken here") }
      return password(user, secret)
    case .key(let shown):
      let key: SSHPublicKey
      do throws(DecodeError) { key = try SSHPublicKey(blob: shown.blob.span) } catch {
        return .refused("the key cannot be read: \(error)")
      }
      guard let token = core.token(user) else { return .refused("there is no token \(user)") }
      if let objection = token.objection(at: core.now(), listener: listener.name) { return .refused(objection) }
      let outcome = key.isCertificate ? certificate(key, token) : plain(key, token)
      if case .accepted = outcome, !shown.isProven { return .acceptable }
      return outcome
    }
  }

  private func plain(_ key: SSHPublicKey, _ token: Token) -> Outcome {
    guard listener.rules.means.contains(.publicKey), token.sshKeys.contains(key) else {
      return .refused("the key \(key.fingerprint) is not that of the token")
    }
    var token = token
    token.grounds = .publicKey(key)
    return .accepted(token, .all)
  }

  private func certificate(_ key: SSHPublicKey, _ token: Token) -> Outcome {
    let rules = listener.rules
    guard rules.means.contains(.certificate), let certificate = key.certificate else {
      return .refused("certificates are not taken here")
    }
    guard rules.authorities.contains(certificate.authority) else {
      return .refused("the certificate is by \(certificate.authority.fingerprint), which is no authority here")
    }
    if rules.revoked.revocation(of: key) != nil { return .refused("the certificate was revoked") }
    let seconds = UInt64(clamping: core.now().seconds)
    if let problem = certificate.problem(principal: nil, at: seconds) {
      return .refused("the certificate does not hold: \(problem)")
    }
    guard token.sshPrincipals.contains(where: { certificate.principals.contains($0) }) else {
      return .refused("the certificate is for none of the token's principals")
    }
    guard let permissions = SSHPermissions(certificate, from: client) else {
      return .refused("the certificate has a critical option that does not hold here or is not known")
    }
    var token = token
    token.grounds = .userCertificate(key)
    return .accepted(token, permissions)
  }

  private func password(_ user: String, _ secret: [UInt8]) -> Outcome {
    if core.token(user) == nil, let signed = core.signedToken(secret, user: user, listener: listener.name) {
      switch signed {
      case .success(let token): return .accepted(token, .all)
      case .failure(let refusal): return .refused("\(refusal)")
      }
    }
    guard let token = core.token(user), token.matches(secret: secret) else {
      return .refused("there is no such token, or its secret is wrong")
    }
    if let objection = token.objection(at: core.now(), listener: listener.name) { return .refused(objection) }
    return .accepted(token, .all)
  }
}
