/// Authentication, from the first message to the server's verdict. Secrets are never in it.
public struct Login: Sendable, Hashable {
  public enum Outcome: Sendable, Hashable {
    case accepted
    case refused(ServerMessage)
    /// The verdict was not captured.
    case unknown
  }

  public var user: String?
  /// `trust`, `password`, `md5`, `scram-sha-256`, `scram-sha-256-plus`, `gss`, `sspi`, …; several joined by `+`.
  public var method: String
  public var outcome: Outcome

  public init(user: String?, method: String, outcome: Outcome) {
    self.user = user
    self.method = method
    self.outcome = outcome
  }
}
