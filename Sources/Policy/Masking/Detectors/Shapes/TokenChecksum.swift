/// The checksum that tokens carry themselves, so that a made-up one is told from a real one: the CRC-32 of the random
/// characters, in six digits of base 62 (GitHub, Behind GitHub's new authentication token formats, 2021; npm's tokens of the
/// same year have it too).
enum TokenChecksum {
  private static let table: [UInt32] = (0..<256).map { byte in
    var value = UInt32(byte)
    for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    return value
  }

  /// Whether the last six of a range are the checksum of those before.
  static func isValid(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard range.count > 6 else { return false }
    let body = range.lowerBound..<(range.upperBound - 6)
    var written: UInt64 = 0
    for index in body.upperBound..<range.upperBound {
      guard let digit = digit(bytes.peek(index)) else { return false }
      written = written * 62 + digit
    }
    return written == UInt64(crc(bytes, body))
  }

  /// ISO 3309, as zip and PNG have it.
  private static func crc(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt32 {
    var value = UInt32.max
    for index in range { value = table[Int((value ^ UInt32(bytes.peek(index))) & 0xFF)] ^ value >> 8 }
    return ~value
  }

  private static func digit(_ byte: UInt8) -> UInt64? {
    switch byte {
    case 0x30...0x39: UInt64(byte - 0x30)
    case 0x41...0x5A: UInt64(byte - 0x37)
    case 0x61...0x7A: UInt64(byte - 0x3D)
    default: nil
    }
  }
}
