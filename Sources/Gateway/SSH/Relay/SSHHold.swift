import Model

/// A request that waits for people.
struct SSHHold {
  var id: UInt64
  var rule: String
  var reason: String
  /// When nobody waits any more.
  var end: ContinuousClock.Instant
  /// When the client is told that it waits; nil when it was.
  var noticeAt: ContinuousClock.Instant?
  /// What was laid out for signing.
  var posted: HeldRequest.Posted?
}
