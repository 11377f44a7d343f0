import Bytes
public import Model

/// `clock`: the clock on the wall was set back.
public struct LeafClockStep: LeafContent {
  static let kind = "clock"

  /// What it showed at the leaf before.
  public var before: Timestamp

  init(before: Timestamp) { self.before = before }

  func write(to json: inout JSONWriter) { json.member("before", before.nanoseconds) }

  init(_ fields: LeafFields) throws(LeafError) {
    before = Timestamp(nanoseconds: try fields.number("before"))
  }
}
