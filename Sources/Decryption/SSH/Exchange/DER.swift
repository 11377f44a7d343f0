/// Writes the few ASN.1 structures in which libcrypto takes keys (X.690, distinguished encoding).
enum DER {
  static func sequence(_ parts: [UInt8]...) -> [UInt8] { wrap(0x30, parts.flatMap(\.self)) }
  static func octets(_ bytes: [UInt8]) -> [UInt8] { wrap(0x04, bytes) }
  /// Of whole bytes.
  static func bits(_ bytes: [UInt8]) -> [UInt8] { wrap(0x03, [0] + bytes) }
  static func explicit(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { wrap(0xa0 | tag, content) }
  static let null: [UInt8] = [5, 0]

  /// A number that is not negative, from its big-endian bytes.
  static func integer(_ magnitude: [UInt8]) -> [UInt8] {
    let digits = Array(magnitude.drop { $0 == 0 })
    return wrap(0x02, digits.first.map { $0 < 0x80 ? digits : [0] + digits } ?? [0])
  }

  private static func wrap(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    let count = content.count
    var length = [UInt8(truncatingIfNeeded: count)]
    if count >= 0x80 {
      length = [UInt8(truncatingIfNeeded: count >> 16), UInt8(truncatingIfNeeded: count >> 8), length[0]]
      length = Array(length.drop { $0 == 0 })
      if length.isEmpty { length = [0] }
      length.insert(0x80 | UInt8(length.count), at: 0)
    }
    return [tag] + length + content
  }

  // Object identifiers.
  static let rsaEncryption: [UInt8] = [0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]
  static let dsa: [UInt8] = [0x06, 7, 0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1]
  static let ecPublicKey: [UInt8] = [0x06, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]
  static let ed25519: [UInt8] = [0x06, 3, 0x2b, 0x65, 0x70]
  static let ed448: [UInt8] = [0x06, 3, 0x2b, 0x65, 0x71]

  /// A curve by the name that SSH gives it (RFC 5656 §10.1).
  static func curve(_ name: String) -> [UInt8]? {
    switch name {
    case "nistp256": [0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]
    case "nistp384": [0x06, 5, 0x2b, 0x81, 4, 0, 34]
    case "nistp521": [0x06, 5, 0x2b, 0x81, 4, 0, 35]
    default: nil
    }
  }
}
