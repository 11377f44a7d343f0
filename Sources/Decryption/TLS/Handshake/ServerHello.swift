import Bytes

/// RFC 8446 §4.1.3, and the same message of older versions.
struct ServerHello: Sendable {
  /// SHA-256 of "HelloRetryRequest".
  static let retryRandom: [UInt8] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
    0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
  ]

  let legacyVersion: UInt16
  let random: [UInt8]
  let session: [UInt8]
  let suite: UInt16
  let extensions: HelloExtensions

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    legacyVersion = try reader.readUInt16("server version")
    random = try reader.read(32, "server random").array
    // Drafts of TLS 1.3 up to 21 have neither session id nor compression method.
    let isOldDraft = legacyVersion >> 8 == 0x7f
    session = isOldDraft ? [] : try reader.read(Int(reader.readUInt8("session id length")), "session id").array
    suite = try reader.readUInt16("cipher suite")
    if !isOldDraft { try reader.skip(1, "compression method") }
    extensions = try HelloExtensions(parsing: &reader)
  }

  var version: UInt16 {
    if legacyVersion >> 8 == 0x7f { return 0x0304 }
    guard let body = extensions[43], body.count == 2 else { return legacyVersion }
    let chosen = UInt16(body[0]) << 8 | UInt16(body[1])
    return chosen >> 8 == 0x7f ? 0x0304 : chosen
  }

  var isRetry: Bool { random == Self.retryRandom }
}
