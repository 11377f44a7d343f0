import Bytes

/// What a kind of leaf says; written and read in one place.
protocol LeafContent: Hashable, Sendable {
  static var kind: String { get }

  func write(to json: inout JSONWriter)
  init(_ fields: LeafFields) throws(LeafError)
}
