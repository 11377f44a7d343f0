/// How many values of one place one rule of masking changed before the client saw them, never the values: a `mask` event.
public struct GatewayMask: Sendable, Hashable {
  /// Bytes that the client had sent before the message whose answer it is.
  public var offset: UInt64
  /// Id of the policy's rule.
  public var rule: String
  /// `email`, `payment-card`, …; `value` where only its column told.
  public var dataClass: String
  /// `redact`, `partial`, `hash`, `null`.
  public var method: String
  /// `table.column`, `error`, `notice`.
  public var location: String?
  public var count: Int

  public init(
    offset: UInt64, rule: String, dataClass: String, method: String, location: String? = nil, count: Int
  ) {
    self.offset = offset
    self.rule = rule
    self.dataClass = dataClass
    self.method = method
    self.location = location
    self.count = count
  }
}
