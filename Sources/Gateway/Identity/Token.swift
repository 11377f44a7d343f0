import Bytes
public import Model
import SSHKeys

/// Who a client is: what it was given, and for whom and what it acts. Of the secret itself nothing is kept that could be used.
public struct Token: Sendable, Hashable {
  /// The user name that clients give.
  public var name: String
  /// SHA-256 of the secret; for password authentication over TLS.
  var digest: Digest?
  /// For SCRAM-SHA-256.
  var scram: ScramVerifier?
  /// What its owner's certificate must say.
  var certificate: CertificateNames?
  /// Keys by which its owner logs in over SSH, and principals of certificates that he may have in their place.
  var sshKeys: [SSHPublicKey] = []
  var sshPrincipals: [String] = []
  public var human: String
  public var agent: String?
  /// The agent's or the pipeline's own name for its run.
  public var run: String?
  public var expiresAt: Timestamp?
  /// Listeners that it may use; empty means all.
  var listeners: Set<String> = []
  /// By what somebody was let in with it.
  var grounds = LoginGrounds.secret
  /// What a client of HTTP said behind the user's name: of whose prompt it comes.
  var mark: String?

  /// What a person signed, as if it stood in the configuration.
  init(_ signed: SignedToken) {
    let claims = signed.claims
    self.init(name: "\(claims.human)/\(claims.user)", human: claims.human)
    (agent, run, expiresAt, listeners) = (claims.agent, claims.run, claims.expiresAt, [claims.listener])
    grounds = .signature(signed)
  }

  /// What an issuer says, as if it stood in the configuration.
  init(_ issued: IssuedToken) {
    self.init(name: "\(issued.human)/\(issued.agent ?? "-")", human: issued.human)
    (agent, run, expiresAt) = (issued.agent, issued.run, issued.endsAt)
    grounds = .issued(issued)
  }

  init(name: String, human: String) { (self.name, self.human) = (name, human) }

  /// Why it does not count now; nil when it does.
  func objection(at time: Timestamp, listener: String) -> String? {
    if let expiresAt, time >= expiresAt { return "it expired on \(expiresAt.formatted(fractionDigits: 0))" }
    if !listeners.isEmpty, !listeners.contains(listener) { return "it is not for this listener" }
    return nil
  }

  /// The last moment at which a session that it began may be open; nil when there is none.
  var endsAt: Timestamp? {
    if case .userCertificate(let key) = grounds {
      return [key.certificate?.endsAt, expiresAt].compactMap { $0 }.min()
    }
    guard case .certificate(let chain, _) = grounds else { return expiresAt }
    return (chain.compactMap(\.endsAt) + [expiresAt].compactMap { $0 }).min()
  }

  /// Whether what let somebody in, and who he is said to be, is the same in both.
  func isSame(as other: Token) -> Bool {
    var other = other
    (other.grounds, other.expiresAt, other.listeners, other.mark) = (grounds, expiresAt, listeners, mark)
    return other == self
  }

  /// Whether the secret is this token's, in a time that does not tell how near it is.
  func matches(secret: [UInt8]) -> Bool {
    guard let digest else { return false }
    return PasswordHashing.isEqual(SHA256.digest(of: secret.span).bytes, digest.bytes)
  }
}

extension SessionOpening {
  /// Whose it is, and by what he was let in.
  mutating func add(_ token: Token) {
    (agent, human, run) = (token.agent, token.human, token.run)
    authentication = token.grounds.text(token.name)
    certificate = token.grounds.certificate
    self.token = token.grounds.signedID
  }
}

extension SSHCertificate {
  /// The first moment at which it holds no more; nil when it holds for ever.
  var endsAt: Timestamp? {
    let (nanoseconds, isOver) = validBefore.multipliedReportingOverflow(by: 1_000_000_000)
    guard !isOver else { return nil }
    return Int64(exactly: nanoseconds).map { Timestamp(nanoseconds: $0) }
  }
}
