import Bytes

/// Percent-encoding (RFC 3986 §2.1) and forms (WHATWG URL, application/x-www-form-urlencoded).
public enum PercentCoding {
  /// The text without percent-encoding; what is none stays as it is.
  public static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String {
    guard text.utf8.contains(UInt8(ascii: "%")) || plusIsSpace else { return String(text) }
    var out: [UInt8] = []
    out.reserveCapacity(text.utf8.count)
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "+"), plusIsSpace {
        out.append(0x20)
      } else if byte == UInt8(ascii: "%"), let value = hexPair(rest.prefix(2)) {
        out.append(value)
        rest = rest.dropFirst(2)
      } else {
        out.append(byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  static func encode(_ text: String) -> String {
    var out: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: out.append(byte)
      case let byte where "-._~[]".utf8.contains(byte): out.append(byte)
      default: out += Array("%\([byte].hex.uppercased())".utf8)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Names and values of a query or form, decoded, in order.
  static func pairs(_ text: some StringProtocol) -> [(name: String, value: String)] {
    text.split(separator: "&", maxSplits: pairLimit).map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (
        decode(parts.first ?? "", plusIsSpace: true), parts.count > 1 ? decode(parts[1], plusIsSpace: true) : ""
      )
    }
  }

  private static let pairLimit = 10_000

  private static func hexPair(_ digits: ArraySlice<UInt8>) -> UInt8? {
    guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
    return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
