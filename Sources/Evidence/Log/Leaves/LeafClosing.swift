import Bytes

/// `close`: a recorder ends, and says how much it told since its `open`.
public struct LeafClosing: LeafContent {
  static let kind = "close"

  public var reason: String
  /// Since `open`, this leaf and that one among them.
  public var leafCount: UInt64
  public var extentCount: UInt64
  /// Bytes of those extents.
  public var byteCount: UInt64
  /// `lost` leaves.
  public var lossCount: UInt64

  init(reason: String, counts: LeafCounts) {
    self.reason = reason
    leafCount = counts.leaves
    extentCount = counts.extents
    byteCount = counts.bytes
    lossCount = counts.losses
  }

  func write(to json: inout JSONWriter) {
    json.member("reason", reason)
    json.member("leaves", leafCount)
    json.member("extents", extentCount)
    json.member("bytes", byteCount)
    json.member("losses", lossCount)
  }

  init(_ fields: LeafFields) throws(LeafError) {
    reason = try fields.text("reason")
    leafCount = try fields.number("leaves")
    extentCount = try fields.number("extents")
    byteCount = try fields.number("bytes")
    lossCount = try fields.number("losses")
  }

  var counts: LeafCounts {
    LeafCounts(leaves: leafCount, extents: extentCount, bytes: byteCount, losses: lossCount)
  }
}
