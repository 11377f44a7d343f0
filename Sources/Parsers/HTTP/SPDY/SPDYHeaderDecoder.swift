import Bytes
import Codings
import Model

/// The header blocks of one direction, which all go through one inflater (SPDY draft 3.1 §2.6.10).
struct SPDYHeaderDecoder {
  private let inflater = InflateDecoder(zlibDictionary: SPDYDictionary.bytes)
  /// A block is missing or damaged: no later one can be read.
  private(set) var isLost = false

  mutating func lose() { isLost = true }

  /// The fields of a block; names as they are sent, one field for each of the values of a name.
  ///
  ///     +------------------------------------+
  ///     | Number of pairs (32)               |
  ///     +------------------------------------+
  ///     | Length of name (32), name          |
  ///     | Length of value (32), value        |  repeated
  ///     +------------------------------------+
  ///
  /// - Throws: when it cannot be inflated or read; the decoder is lost then.
  mutating func decode(_ block: Span<UInt8>) throws(DecodeError) -> [HeaderField] {
    var plain: [UInt8] = []
    let isSound = inflater.decode(block) { bytes in
      plain.append(contentsOf: bytes)
      return plain.count <= SPDYLimits.headerLength
    }
    guard isSound else {
      isLost = true
      throw DecodeError(.outOfRange, "header block", offset: 0, found: "damaged or far too large")
    }
    return try Self.fields(plain.span)
  }

  private static func fields(_ plain: Span<UInt8>) throws(DecodeError) -> [HeaderField] {
    var reader = ByteReader(plain)
    let count = try reader.readUInt32("number of pairs")
    guard count <= SPDYLimits.headerCount else {
      throw DecodeError(.outOfRange, "number of pairs", offset: 0, found: "\(count)")
    }
    var fields: [HeaderField] = []
    for _ in 0..<count {
      let name = try reader.read(Int(try reader.readUInt32("name's length")), "name").string
      let value = try reader.read(Int(try reader.readUInt32("value's length")), "value").array
      guard !name.isEmpty else { throw DecodeError(.outOfRange, "name", offset: reader.offset, found: "nothing") }
      // Values of one name are parted by NUL.
      for part in value.split(separator: 0, omittingEmptySubsequences: false) {
        fields.append(HeaderField(name, String(decoding: part, as: UTF8.self)))
      }
    }
    guard reader.isAtEnd else {
      throw DecodeError(.outOfRange, "header block", offset: reader.offset, found: "\(reader.remaining) bytes more")
    }
    return fields
  }
}
