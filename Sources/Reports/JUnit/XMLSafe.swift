/// Text that any XML 1.0 parser takes: what it does not allow becomes a visible escape.
///
/// libxml2's writer does not do it: control characters go out raw and text stops at NUL (measured).
enum XMLSafe {
  /// Tab, line feed and 0x20 up to U+D7FF, U+E000 to U+FFFD, and above (XML 1.0 §2.2); bidirectional and zero-width
  /// characters are allowed by XML and hidden from people, so they are escaped too.
  static func text(_ text: String, keepsLines: Bool = true) -> String {
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0a where keepsLines, 0x09 where keepsLines: out.append(scalar)
      case 0x0a: out.append(contentsOf: "\\n".unicodeScalars)
      case 0..<0x20, 0x7f..<0xa0: out.append(contentsOf: "\\x\(hex(scalar.value, 2))".unicodeScalars)
      case 0x61c, 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f, 0xfeff, 0xfffe...0xffff:
        out.append(contentsOf: "\\u{\(hex(scalar.value, 4))}".unicodeScalars)
      default: out.append(scalar)
      }
    }
    return String(out)
  }

  private static func hex(_ value: UInt32, _ width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
