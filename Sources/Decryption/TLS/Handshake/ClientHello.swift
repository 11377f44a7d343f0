import Bytes

/// RFC 8446 §4.1.2, and the same message of older versions.
struct ClientHello: Sendable {
  let version: UInt16
  let random: [UInt8]
  let session: [UInt8]
  let suites: [UInt16]
  let extensions: HelloExtensions

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    version = try reader.readUInt16("client version")
    random = try reader.read(32, "client random").array
    session = try reader.read(Int(reader.readUInt8("session id length")), "session id").array
    var list = try reader.slice(Int(reader.readUInt16("cipher suites length")), "cipher suites")
    var suites: [UInt16] = []
    while !list.isAtEnd { suites.append(try list.readUInt16("cipher suite")) }
    self.suites = suites
    try reader.skip(Int(reader.readUInt8("compression methods length")), "compression methods")
    extensions = try HelloExtensions(parsing: &reader)
  }

  /// GREASE values say nothing (RFC 8701).
  static func isGrease(_ value: UInt16) -> Bool { value & 0x0f0f == 0x0a0a && value >> 8 == value & 0xff }
}
