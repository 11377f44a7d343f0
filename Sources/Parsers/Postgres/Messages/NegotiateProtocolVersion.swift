import Bytes

/// NegotiateProtocolVersion: the newest minor version that the server speaks, and the options it does not know.
struct NegotiateProtocolVersionMessage {
  /// A whole version (0x00030000) from some servers, a minor one alone from others.
  var newest: UInt32
  var unknownOptions: [String]

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    newest = try reader.readUInt32("newest version")
    let count = Int(try reader.readUInt32("unknown option count"))
    guard count <= reader.remaining else {
      throw DecodeError(.outOfRange, "unknown option count", offset: 4, found: "\(count)")
    }
    unknownOptions = []
    for _ in 0..<count { unknownOptions.append(try reader.readCString("unknown option").string) }
  }

  /// `3.0`.
  var version: String { "3.\(newest & 0xffff)" }
}
