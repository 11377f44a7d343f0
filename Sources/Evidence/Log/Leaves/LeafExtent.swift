public import Bytes
public import Model

/// `extent`: bytes of a segment that stand behind those told before.
public struct LeafExtent: LeafContent {
  static let kind = "extent"

  /// The file's name, relative to the recording's folder.
  public var segment: String
  public var offset: UInt64
  public var length: UInt64
  /// Of those bytes.
  public var sha256: Digest
  /// The earliest and the latest time of what is in them; nil when nothing in them has one.
  public var first: Timestamp?
  public var last: Timestamp?

  public init(segment: String, offset: UInt64, length: UInt64, sha256: Digest, first: Timestamp?, last: Timestamp?) {
    self.segment = segment
    self.offset = offset
    self.length = length
    self.sha256 = sha256
    self.first = first
    self.last = last
  }

  func write(to json: inout JSONWriter) {
    json.member("segment", segment)
    json.member("offset", offset)
    json.member("length", length)
    json.member("sha256", sha256.hex)
    json.member("first", first?.nanoseconds)
    json.member("last", last?.nanoseconds)
  }

  init(_ fields: LeafFields) throws(LeafError) {
    segment = try fields.text("segment")
    offset = try fields.number("offset")
    length = try fields.number("length")
    sha256 = try fields.digest("sha256")
    first = try fields.optionalNumber("first").map { Timestamp(nanoseconds: $0) }
    last = try fields.optionalNumber("last").map { Timestamp(nanoseconds: $0) }
  }
}
