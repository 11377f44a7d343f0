import Model

/// A JSON Web Token, and what its issuer's rules make of it.
struct IssuedToken: Sendable, Hashable {
  let web: JSONWebToken
  let issuer: String
  let human: String
  let agent: String?
  let run: String?

  /// `jti`.
  var id: String? { web.word("jti") }
  var endsAt: Timestamp? { web.seconds("exp").map { Timestamp(nanoseconds: 0).adding(seconds: $0) } }

  static func == (left: IssuedToken, right: IssuedToken) -> Bool {
    left.web.message == right.web.message && left.issuer == right.issuer
  }

  func hash(into hasher: inout Hasher) { hasher.combine(web.message) }
}
