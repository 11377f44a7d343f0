/// Where a secret was seen; the secret itself is never kept.
public struct SecretSighting: Sendable, Hashable {
  /// Keyed, so that the same secret is known again within a case and nowhere else.
  public var hash: String
  /// `password` of a login, `statement`, `http`, `ssh`, `transcript`, …
  public var kind: String
  public var sessionID: String?
  /// Of the action, `<session id>.<seq>`; nil for what belongs to the whole session.
  public var actionID: String?

  public init(hash: String, kind: String, sessionID: String?, actionID: String?) {
    self.hash = hash
    self.kind = kind
    self.sessionID = sessionID
    self.actionID = actionID
  }
}
