import Bytes
import Model
import SSHKeys

/// Whose JSON Web Tokens count, for what, and what their claims mean.
struct TokenIssuer: Sendable {
  /// How far the issuer's clock may be off.
  private static let skewSeconds: Int64 = 60

  /// `iss`, as it stands in the tokens.
  var issuer: String
  /// One of these must be among a token's `aud`.
  var audiences: Set<String>
  var keys: IssuerKeys
  /// The claim that names the person.
  var human = "sub"
  /// The claims that may name the agent, the first that is there: who acts for the person (RFC 8693 §4.1), or the client to
  /// which the token was given.
  var agent = ["act.sub", "azp", "client_id"]
  var run: String?
  /// Claims, and a text that each must have or have among its elements.
  var demands: [String: String] = [:]
  /// From issue to expiry.
  var longestSeconds: Int64 = 86_400
  /// Listeners that its tokens may use; empty means all.
  var listeners: Set<String> = []
  /// Ids (`jti`) and persons whose tokens were taken back.
  var revoked: Set<String> = []

  /// Why a token does not count now; nil when it does.
  func objection(to token: IssuedToken, listener: String, at time: Timestamp) -> String? {
    let web = token.web
    guard !audiences.isDisjoint(with: web.words("aud")) else { return "the token is for another audience" }
    guard listeners.isEmpty || listeners.contains(listener) else { return "the token is not for this listener" }
    guard let end = web.seconds("exp") else { return "the token has no end (exp)" }
    guard time.seconds < end else { return "the token is over" }
    if let begin = web.seconds("nbf"), begin > time.seconds + Self.skewSeconds { return "the token does not count yet" }
    guard let issued = web.seconds("iat") else { return "the token does not say when it was issued (iat)" }
    guard issued <= time.seconds + Self.skewSeconds else { return "the token was not issued yet" }
    guard end - issued <= longestSeconds else { return "the token is for longer than \(longestSeconds) seconds" }
    for (claim, wanted) in demands.sorted(by: { $0.key < $1.key }) where !web.words(claim).contains(wanted) {
      return "the token's \(claim) does not have \(wanted)"
    }
    return revocation(of: token)
  }

  /// Whether it was taken back, by its id, its person or its key.
  func revocation(of token: IssuedToken) -> String? {
    if let id = token.id, revoked.contains(id) { return "the token \(id) was revoked" }
    if revoked.contains(token.human) { return "the tokens of \(token.human) were revoked" }
    switch keys.verdict(on: token.web) {
    case .signed: return nil
    case .wrongSignature: return "the token's signature is wrong"
    case .unknownKey: return "the token's key is not one of \(issuer); its keys are asked for again"
    case nil: return "the keys of \(issuer) are not known yet"
    }
  }

  /// With the keys that are known already where they come from the same place.
  func keepingKeys(of other: TokenIssuer?) -> TokenIssuer {
    guard let other, other.keys.source == keys.source, keys.source != .file else { return self }
    var kept = self
    kept.keys = other.keys
    return kept
  }

  /// What a token says of who acts; nil where it names nobody.
  func read(_ web: JSONWebToken) -> IssuedToken? {
    guard let person = web.word(human) else { return nil }
    // An address that nobody has shown to be his is not his name.
    if human == "email", web.claim("email_verified")?.scalar == "false" { return nil }
    return IssuedToken(
      web: web, issuer: issuer, human: person, agent: agent.lazy.compactMap { web.word($0) }.first,
      run: run.flatMap { web.word($0) })
  }
}
