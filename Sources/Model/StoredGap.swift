/// A stretch of a session that is not in the evidence, for timelines and reports.
public struct StoredGap: Sendable, Hashable {
  public var sessionID: String
  public var direction: Direction
  public var at: Timestamp
  /// Until the next captured byte of that direction; nil when none follows.
  public var until: Timestamp?
  public var byteCount: UInt64
  public var reason: Gap.Reason

  public init(
    sessionID: String, direction: Direction, at: Timestamp, until: Timestamp?, byteCount: UInt64, reason: Gap.Reason
  ) {
    self.sessionID = sessionID
    self.direction = direction
    self.at = at
    self.until = until
    self.byteCount = byteCount
    self.reason = reason
  }
}
