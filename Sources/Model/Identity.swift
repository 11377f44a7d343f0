/// On whose behalf one action ran, as far as the wire says. A connection may change hands: poolers, `SET ROLE`-like
/// settings, HTTP requests with different tokens.
public struct Identity: Sendable, Hashable {
  public var user: String?
  /// Database or host.
  public var target: String?
  public var application: String?

  public init(user: String? = nil, target: String? = nil, application: String? = nil) {
    self.user = user
    self.target = target
    self.application = application
  }
}
