/// One change of one request, as something that is used up.
public struct ApprovalUse: Hashable, Sendable {
  /// Over the request's file, hexadecimal.
  public var requestSHA256: String
  /// From 0.
  public var change: Int

  public init(requestSHA256: String, change: Int) {
    self.requestSHA256 = requestSHA256
    self.change = change
  }

  /// How often it ran, and how often of those with a lasting effect.
  public struct Count: Hashable, Sendable {
    public var attempts = 0
    public var uses = 0

    public init(attempts: Int = 0, uses: Int = 0) {
      self.attempts = attempts
      self.uses = uses
    }
  }
}
