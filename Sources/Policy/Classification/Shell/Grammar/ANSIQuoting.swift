/// The text of `$'…'` (POSIX.1-2024 2.2.4).
enum ANSIQuoting {
  private static let letters: [UInt8: UInt8] = [
    UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "e"): 27, UInt8(ascii: "E"): 27, UInt8(ascii: "f"): 12,
    UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11,
  ]

  static func decode(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      guard byte == Byte.backslash, let letter = rest.popFirst() else {
        out.append(byte)
        continue
      }
      if let code = letters[letter] {
        out.append(code)
        continue
      }
      switch letter {
      case Byte.backslash, Byte.quote, Byte.doubleQuote, UInt8(ascii: "?"): out.append(letter)
      case 0x30...0x37:
        let value = number(&rest, radix: 8, limit: 2, first: UInt32(letter - 0x30))
        out.append(UInt8(truncatingIfNeeded: value))
      case UInt8(ascii: "x"):
        guard let next = rest.first, digit(next, 16) != nil else {
          out += [Byte.backslash, letter]
          continue
        }
        out.append(UInt8(truncatingIfNeeded: number(&rest, radix: 16, limit: 2)))
      case UInt8(ascii: "u"), UInt8(ascii: "U"):
        guard let next = rest.first, digit(next, 16) != nil else {
          out += [Byte.backslash, letter]
          continue
        }
        let value = number(&rest, radix: 16, limit: letter == UInt8(ascii: "u") ? 4 : 8)
        if let scalar = UnicodeScalar(value) { out += Array(String(scalar).utf8) }
      case UInt8(ascii: "c"): if let control = rest.popFirst() { out.append(control & 0x1F) }
      default: out += [Byte.backslash, letter]
      }
    }
    // The shell's strings end at a NUL.
    return Array(out.prefix { $0 != 0 })
  }

  private static func digit(_ byte: UInt8, _ radix: UInt32) -> UInt32? {
    let value: UInt32
    switch byte {
    case 0x30...0x39: value = UInt32(byte - 0x30)
    case 0x41...0x46: value = UInt32(byte - 0x41) + 10
    case 0x61...0x66: value = UInt32(byte - 0x61) + 10
    default: return nil
    }
    return value < radix ? value : nil
  }

  private static func number(
    _ rest: inout ArraySlice<UInt8>, radix: UInt32, limit: Int, first: UInt32 = 0
  ) -> UInt32 {
    var value = first
    for _ in 0..<limit {
      guard let byte = rest.first, let next = digit(byte, radix) else { break }
      value = value &* radix &+ next
      rest = rest.dropFirst()
    }
    return value
  }
}
