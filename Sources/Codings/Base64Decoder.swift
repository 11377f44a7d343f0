import Bytes

/// Decodes base64 that comes in parts, each of which may end with padding (gRPC-Web text).
public struct Base64Decoder: Sendable {
  private var bits: UInt32 = 0
  /// Characters of a group of four so far.
  private var characters = 0
  private var padding = 0

  public init() {}

  public var isBetweenGroups: Bool { characters == 0 }

  /// Adds what `text` stands for to `bytes`; false from the first character on that is none of the alphabet.
  public mutating func decode(_ text: Span<UInt8>, into bytes: inout [UInt8]) -> Bool {
    for index in text.indices {
      let byte = text[index]
      if byte == 0x0A || byte == 0x0D { continue }
      if byte == UInt8(ascii: "=") {
        guard characters >= 2 else { return false }
        padding += 1
        bits <<= 6
      } else {
        guard padding == 0, let value = Self.value(byte) else { return false }
        bits = bits << 6 | value
      }
      characters += 1
      guard characters == 4 else { continue }
      for shift in stride(from: 16, through: 8 * padding, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(shift)))
      }
      (bits, characters, padding) = (0, 0, 0)
    }
    return true
  }

  /// Both alphabets of RFC 4648.
  static func value(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x41...0x5A: UInt32(byte - 0x41)
    case 0x61...0x7A: UInt32(byte - 0x61 + 26)
    case 0x30...0x39: UInt32(byte - 0x30 + 52)
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }
}
