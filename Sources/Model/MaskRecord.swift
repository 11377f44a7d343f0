/// How many values of one class one rule of masking changed, and where; never the values.
public struct MaskRecord: Sendable, Hashable {
  /// The rule's id in the policy; `unreadable` for what could not be looked into and was redacted whole.
  public var rule: String
  /// `email`, `payment-card`, …; `value` where only its column told.
  public var dataClass: String
  /// `redact`, `partial`, `hash`, `null`.
  public var method: String
  public var count: Int
  /// Number of the session and of the action in it; nil where it is of none.
  public var session: Int64?
  public var sequence: Int?
  /// Where in an answer it stood: `table.column`, `error`; nil where that is not told.
  public var location: String?
  /// A gateway did it before the client saw the value.
  public var isInline = false
  /// The conversation with a language model that it stood in.
  public var conversation: String?

  public init(rule: String, dataClass: String, method: String, count: Int) {
    self.rule = rule
    self.dataClass = dataClass
    self.method = method
    self.count = count
  }
}
