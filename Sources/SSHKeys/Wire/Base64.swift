/// Base64 (RFC 4648 §4) as the files of OpenSSH have it: white space anywhere, padding needed, no bits left over.
enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// Nil when it is no such text.
  static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
    var out: [UInt8] = []
    var (bits, count, padding): (UInt32, Int, Int) = (0, 0, 0)
    for byte in text {
      if isSpace(byte) { continue }
      if byte == UInt8(ascii: "=") {
        padding += 1
        continue
      }
      guard padding == 0, let digit = digit(byte) else { return nil }
      bits = (bits & 0x3F) << 6 | UInt32(digit)
      count = (count + 1) & 3
      switch count {
      case 2: out.append(UInt8(truncatingIfNeeded: bits >> 4))
      case 3: out.append(UInt8(truncatingIfNeeded: bits >> 2))
      case 0: out.append(UInt8(truncatingIfNeeded: bits))
      default: break
      }
    }
    switch (count, padding) {
    case (0, 0): return out
    case (2, 2): return bits & 0x0F == 0 ? out : nil
    case (3, 1): return bits & 0x03 == 0 ? out : nil
    default: return nil
    }
  }

  static func encode(_ bytes: [UInt8], isPadded: Bool = true) -> String {
    var out: [UInt8] = []
    out.reserveCapacity((bytes.count + 2) / 3 * 4)
    func put(_ digit: UInt32) { out.append(alphabet[Int(digit & 0x3F)]) }
    var index = 0
    while index < bytes.count {
      let rest = bytes.count - index
      let group =
        UInt32(bytes[index]) << 16 | (rest > 1 ? UInt32(bytes[index + 1]) << 8 : 0)
        | (rest > 2 ? UInt32(bytes[index + 2]) : 0)
      put(group >> 18)
      put(group >> 12)
      if rest > 1 { put(group >> 6) }
      if rest > 2 { put(group) }
      if rest < 3, isPadded { out += [UInt8](repeating: UInt8(ascii: "="), count: 3 - rest) }
      index += 3
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x41...0x5A: byte - 0x41
    case 0x61...0x7A: byte - 0x61 + 26
    case 0x30...0x39: byte - 0x30 + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
