import Bytes
public import Model

/// `lost`: something is not in the recording, and that is known.
public struct LeafLoss: LeafContent {
  static let kind = "lost"

  /// `bytes`, `events`, `sessions`, …
  public var what: String
  public var count: UInt64
  public var reason: String
  /// Between when and when; nil when it is not known.
  public var first: Timestamp?
  public var last: Timestamp?

  public init(what: String, count: UInt64, reason: String, first: Timestamp? = nil, last: Timestamp? = nil) {
    self.what = what
    self.count = count
    self.reason = reason
    self.first = first
    self.last = last
  }

  func write(to json: inout JSONWriter) {
    json.member("what", what)
    json.member("count", count)
    json.member("reason", reason)
    json.member("first", first?.nanoseconds)
    json.member("last", last?.nanoseconds)
  }

  init(_ fields: LeafFields) throws(LeafError) {
    what = try fields.text("what")
    count = try fields.number("count")
    reason = try fields.text("reason")
    first = try fields.optionalNumber("first").map { Timestamp(nanoseconds: $0) }
    last = try fields.optionalNumber("last").map { Timestamp(nanoseconds: $0) }
  }
}
