/// How long segments are kept. Without a limit they are kept for ever.
public struct RetentionRules: Sendable, Hashable {
  /// Seconds after its last packet that a segment is kept.
  public var seconds: Int64?
  /// Bytes of all segments together, beyond which the oldest go.
  public var bytes: UInt64?

  public init(seconds: Int64? = nil, bytes: UInt64? = nil) {
    self.seconds = seconds
    self.bytes = bytes
  }
}
