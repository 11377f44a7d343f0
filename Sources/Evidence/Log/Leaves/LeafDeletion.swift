import Bytes

/// `deletion`: a segment is taken away for good; its extents stay and tell what it was.
public struct LeafDeletion: LeafContent {
  static let kind = "deletion"

  public var segment: String
  public var byteCount: UInt64
  /// Why: `retention 90 d`, …
  public var reason: String

  public init(segment: String, byteCount: UInt64, reason: String) {
    self.segment = segment
    self.byteCount = byteCount
    self.reason = reason
  }

  func write(to json: inout JSONWriter) {
    json.member("segment", segment)
    json.member("bytes", byteCount)
    json.member("reason", reason)
  }

  init(_ fields: LeafFields) throws(LeafError) {
    segment = try fields.text("segment")
    byteCount = try fields.number("bytes")
    reason = try fields.text("reason")
  }
}
