import Bytes

/// Bytes as hexadecimal digits.
enum HexText {
  /// Nil when there is another character, or half of a byte.
  static func bytes(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
    guard digits.count % 2 == 0 else { return nil }
    var out: [UInt8] = []
    out.reserveCapacity(digits.count / 2)
    var high: UInt8?
    for digit in digits {
      let value: UInt8
      switch digit {
      case 0x30...0x39: value = digit - 0x30
      case 0x41...0x46: value = digit - 0x37
      case 0x61...0x66: value = digit - 0x57
      default: return nil
      }
      if let first = high {
        out.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return out
  }

  /// `\x` and two digits a byte.
  static func text(_ bytes: [UInt8]) -> [UInt8] { Array("\\x".utf8) + Array(bytes.hex.utf8) }
}

/// The text of a UUID.
enum UUIDText {
  static func text(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { out.append(UInt8(ascii: "-")) }
      out += Array([byte].hex.utf8)
    }
    return out
  }
}
