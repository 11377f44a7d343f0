/// JSON Web Tokens: signed ones of three parts (RFC 7515 §7.1) and encrypted ones of five (RFC 7516 §7.1).
enum WebToken {
  /// Headers are short.
  private static let headerLimit = 2048
  private static let limit = 65_536
  private static let characters = ByteSet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")

  /// The token that begins with `eyJ` at `start`.
  static func find(_ bytes: Span<UInt8>, at start: Int) -> Detection? {
    let head = bytes.end(of: characters, from: start, limit: headerLimit)
    guard head - start >= 16, bytes.peek(head) == 0x2E, isHeader(bytes, start..<head) else { return nil }
    var end = head
    var parts = 1
    var third = head
    while parts < 5, bytes.peek(end) == 0x2E {
      let next = bytes.end(of: characters, from: end + 1, limit: limit)
      if next == end + 1 {
        // The key of an encrypted one may be empty, and the signature of one that is not signed.
        guard parts == 2 || parts == 1 && bytes.peek(next) == 0x2E else { break }
      }
      end = next
      parts += 1
      if parts == 3 { third = end }
    }
    if parts == 5 { return token(start..<end, .jwe) }
    return parts > 2 ? token(start..<third, .jws) : nil
  }

  private static func token(_ range: Range<Int>, _ kind: DataKind) -> Detection {
    Detection(kind: kind, range: range, isCertain: true)
  }

  /// Whether the first part is an object that names an algorithm (RFC 7515 §4.1.1), as the first bytes of it tell.
  private static func isHeader(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var (buffer, bits) = (UInt32(0), 0)
    var window = UInt64(0)
    for index in range {
      buffer = buffer << 6 | UInt32(value(bytes.peek(index)))
      bits += 6
      guard bits >= 8 else { continue }
      bits -= 8
      window = window << 8 | UInt64(buffer >> UInt32(bits) & 0xFF)
      // `"alg"`, `"enc"`
      let five = window & 0xFF_FFFF_FFFF
      if five == 0x22_616C_6722 || five == 0x22_656E_6322 { return true }
    }
    return false
  }

  private static func value(_ byte: UInt8) -> UInt8 {
    switch byte {
    case 0x41...0x5A: byte - 0x41
    case 0x61...0x7A: byte - 0x47
    case 0x30...0x39: byte + 4
    case 0x2D: 62
    default: 63
    }
  }
}
