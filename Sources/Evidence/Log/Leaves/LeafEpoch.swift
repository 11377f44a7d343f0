import Bytes

/// `epoch`: the last leaf that the key before signs; the key named here signs from the next on.
public struct LeafEpoch: LeafContent {
  static let kind = "epoch"

  /// Counted from 1; the first needs no leaf.
  public var number: UInt64
  /// Its vkey.
  public var key: String

  init(number: UInt64, key: String) {
    self.number = number
    self.key = key
  }

  func write(to json: inout JSONWriter) {
    json.member("epoch", number)
    json.member("key", key)
  }

  init(_ fields: LeafFields) throws(LeafError) {
    number = try fields.number("epoch")
    key = try fields.text("key")
  }
}
