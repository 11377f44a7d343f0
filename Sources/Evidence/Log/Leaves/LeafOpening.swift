public import Bytes

/// `open`: a recorder begins, and says what it found.
public struct LeafOpening: LeafContent {
  static let kind = "open"

  /// Of the log, as in its checkpoints.
  public var origin: String
  /// The vkey that signs from here on.
  public var key: String
  /// Who writes.
  public var product: String
  /// The longest time without a leaf.
  public var heartbeatNanoseconds: Int64
  /// What was there: `new`, `closed`, `open` (the run before ended without closing) or `unsigned` (and left leaves that
  /// were not signed).
  public var tail: String
  /// Leaves that were there and not signed; they are not in the log.
  public var droppedLeafCount: Int
  /// SHA-256 over those leaves, each with its length of 16 bits before it; nil when there were none.
  public var dropped: Digest?

  init(
    origin: String, key: String, product: String, heartbeatNanoseconds: Int64, tail: String, droppedLeafCount: Int,
    dropped: Digest?
  ) {
    self.origin = origin
    self.key = key
    self.product = product
    self.heartbeatNanoseconds = heartbeatNanoseconds
    self.tail = tail
    self.droppedLeafCount = droppedLeafCount
    self.dropped = dropped
  }

  func write(to json: inout JSONWriter) {
    json.member("origin", origin)
    json.member("key", key)
    json.member("product", product)
    json.member("heartbeat_ns", heartbeatNanoseconds)
    json.member("tail", tail)
    json.member("dropped_leaves", droppedLeafCount)
    json.member("dropped_sha256", dropped?.hex)
  }

  init(_ fields: LeafFields) throws(LeafError) {
    origin = try fields.text("origin")
    key = try fields.text("key")
    product = try fields.text("product")
    heartbeatNanoseconds = try fields.number("heartbeat_ns")
    tail = try fields.text("tail")
    droppedLeafCount = try fields.number("dropped_leaves")
    dropped = try fields.optionalDigest("dropped_sha256")
  }
}
