/// Paths as git's diffs write them.
enum GitPath {
  /// The path of `a/x b/x`, where both sides are the same.
  static func common(in text: some StringProtocol) -> String {
    let text = String(text)
    if text.hasPrefix("\"") {
      // The first of two quoted paths ends at the first quote without a backslash before it.
      var isEscaped = false
      for (offset, byte) in text.utf8.enumerated().dropFirst() {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          return plain(String(decoding: text.utf8.prefix(offset + 1), as: UTF8.self), hasSide: true)
        }
      }
      return text
    }
    // `a/` and `b/` stand before two texts of the same length, with a space between.
    let bytes = Array(text.utf8)
    let half = (bytes.count - 1) / 2
    guard bytes.count % 2 == 1, half >= 2, bytes[half] == 0x20, bytes[2..<half] == bytes[(half + 3)...] else {
      return text
    }
    return String(decoding: bytes[2..<half], as: UTF8.self)
  }

  /// Without quotes and, when `hasSide`, without `a/` or `b/`.
  static func plain(_ text: String, hasSide: Bool) -> String {
    var path = text.hasPrefix("\"") ? unquoted(text) : text
    if hasSide, path.hasPrefix("a/") || path.hasPrefix("b/") { path.removeFirst(2) }
    return path
  }

  /// C's escapes, three octal digits a byte (git-config(1), `core.quotePath`).
  private static func unquoted(_ text: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8).dropFirst()
    while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
      guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
        bytes.append(byte)
        continue
      }
      switch escape {
      case UInt8(ascii: "n"): bytes.append(0x0A)
      case UInt8(ascii: "t"): bytes.append(0x09)
      case UInt8(ascii: "r"): bytes.append(0x0D)
      case UInt8(ascii: "a"): bytes.append(0x07)
      case UInt8(ascii: "b"): bytes.append(0x08)
      case UInt8(ascii: "f"): bytes.append(0x0C)
      case UInt8(ascii: "v"): bytes.append(0x0B)
      case 0x30...0x37:
        var value = Int(escape - 0x30)
        for _ in 0..<2 {
          guard let digit = rest.first, (0x30...0x37).contains(digit) else { break }
          value = value * 8 + Int(digit - 0x30)
          rest.removeFirst()
        }
        bytes.append(UInt8(truncatingIfNeeded: value))
      default: bytes.append(escape)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
