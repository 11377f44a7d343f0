/// Where a secret was seen; the secret itself is never kept.
public struct SecretSighting: Sendable, Hashable {
  /// Of what it was part, where that is more than the words of a request.
  public enum Place: String, Sendable, Hashable {
    /// What a request was allowed by.
    case credential
    /// What came back.
    case answer
  }

  /// Keyed, so that the same secret is known again within a case and nowhere else.
  public var hash: String
  /// What it was part of: `password` of a login, `statement`, `http` (a request), `http-credential` (what a request was
  /// allowed by), `http-answer`, `ssh` (a command line, what was typed), `ssh-answer`, `transcript`.
  public var kind: String
  public var sessionID: String?
  /// Of the action, `<session id>.<seq>`; nil for what belongs to the whole session.
  public var actionID: String?

  /// When the action began, or the session.
  public var at: Timestamp?

  /// Somebody had it, rather than got it.
  public var isUse: Bool { !kind.hasSuffix("-answer") && kind != "transcript" }

  public init(hash: String, kind: String, sessionID: String?, actionID: String?, at: Timestamp? = nil) {
    self.at = at
    self.hash = hash
    self.kind = kind
    self.sessionID = sessionID
    self.actionID = actionID
  }
}
