import Bytes
import Model
import SSHKeys

/// Who may sign tokens, for how long, and which were taken back.
public struct TokenSigners: Sendable {
  /// What a signature is for: `token@` and the domain of the policy's approvals.
  public static func namespace(of domain: String) -> String { "token@\(domain)" }
  /// How far the clock of whoever signs may be ahead.
  private static let skewSeconds: Int64 = 60

  var verifier: SignatureVerifier
  var namespace: String
  /// The name in the key of the gateway's evidence log.
  var gateway: String
  /// From issue to expiry.
  var longestSeconds: Int64 = 86_400
  /// Ids.
  var revoked: Set<String> = []
  /// Names that only tokens of the configuration have.
  var taken: Set<String> = []

  /// Why a token does not count, in words for the gateway's log; nil when it does.
  func objection(to token: SignedToken, user: String, listener: String, at time: Timestamp) -> String? {
    let claims = token.claims
    guard claims.user == user else { return "the token is for the user \(claims.user)" }
    guard !taken.contains(user) else { return "\(user) is a token of the configuration" }
    guard claims.listener == listener else { return "the token is for the listener \(claims.listener)" }
    guard claims.gateway == nil || claims.gateway == gateway else {
      return "the token is for the gateway \(claims.gateway ?? "")"
    }
    guard claims.issuedAt <= time.adding(seconds: Self.skewSeconds) else { return "the token was not issued yet" }
    guard time < claims.expiresAt else { return "the token is over" }
    guard claims.expiresAt <= claims.issuedAt.adding(seconds: longestSeconds) else {
      return "the token is for longer than \(longestSeconds) seconds"
    }
    if let objection = revocation(of: token) { return objection }
    let verdict = verifier.verify(
      token.message, signature: token.signature, principal: claims.human, namespace: namespace, at: time.seconds)
    return verdict.isValid ? nil : "\(verdict)"
  }

  /// Whether it was taken back, by its id or its key.
  func revocation(of token: SignedToken) -> String? {
    if revoked.contains(token.claims.id) { return "the token \(token.claims.id) was revoked" }
    return verifier.revoked.revocation(of: token.signature.key) == nil ? nil : "the key of the token was revoked"
  }
}
