/// Addresses of the internet, of version 4 (RFC 791) and 6 (RFC 4291). Those of nobody are left out: unspecified, loopback,
/// masks.
enum NetworkAddress {
  /// `192.0.2.1`, from its first digit on.
  /// `isNamed`: whether a name says that it is one; then 1.2.3.4 is no version.
  static func version4(_ bytes: Span<UInt8>, at start: Int, isNamed: Bool) -> Range<Int>? {
    var index = start
    var parts = SIMD4<Int>(repeating: 0)
    for part in 0..<4 {
      if part > 0 {
        guard bytes.peek(index) == 0x2E else { return nil }
        index += 1
      }
      let first = index
      var value = 0
      while index - first < 3, ByteClass.isDigit(bytes.peek(index)) {
        value = value * 10 + Int(bytes.peek(index)) - 0x30
        index += 1
      }
      guard index > first, value < 256, index - first == 1 || bytes.peek(first) != 0x30 else { return nil }
      parts[part] = value
    }
    let next = bytes.peek(index)
    guard !ByteClass.isWord(next), next != 0x2E || !ByteClass.isAlphanumeric(bytes.peek(index + 1)) else { return nil }
    guard next != 0x2D || ByteClass.isDigit(bytes.peek(index + 1)) || !ByteClass.isLetter(bytes.peek(index + 1)) else {
      return nil
    }
    if !isNamed, parts[0] < 10, parts[1] < 10, parts[2] < 10, parts[3] < 10 { return nil }
    guard parts[0] != 0, parts[0] != 127, parts[0] != 255 else { return nil }
    guard isNamed || !isVersion(bytes, before: start) else { return nil }
    return start..<index
  }

  /// `Chrome/120.0.6.1`, `lib-1.2.3.4`, `==1.2.3.4`
  private static func isVersion(_ bytes: Span<UInt8>, before start: Int) -> Bool {
    let (last, before) = (bytes.peek(start - 1), bytes.peek(start - 2))
    switch last {
    case 0x2F: return ByteClass.isAlphanumeric(before)
    case 0x2D: return ByteClass.isLetter(before) || before == 0x5F
    case 0x3D: return before == 0x3D || before == 0x3E || before == 0x3C || before == 0x7E || before == 0x21
    case 0x5E, 0x7E: return true
    default: return false
    }
  }

  private static let characters = ByteSet("0123456789abcdefABCDEF:.")
  /// Eight groups of four, the last two in the form of version 4.
  private static let longest = 45

  /// The address of version 6 around the colon at `index`, and where what was read ends.
  static func version6(_ bytes: Span<UInt8>, around index: Int, floor: Int) -> (range: Range<Int>?, end: Int) {
    var start = index
    while start > max(floor, index - 4), ByteClass.isHex(bytes.peek(start - 1)) { start -= 1 }
    let end = bytes.end(of: characters, from: start, limit: longest + 1)
    guard end - start <= longest, !ByteClass.isWord(bytes.peek(start - 1)), !ByteClass.isWord(bytes.peek(end)) else {
      return (nil, end)
    }
    var last = end
    while last > start, bytes.peek(last - 1) == 0x2E { last -= 1 }
    // `fe80::1: unreachable`
    if bytes.peek(last - 1) == 0x3A, bytes.peek(last - 2) != 0x3A { last -= 1 }
    return (isVersion6(bytes, start..<last) ? start..<last : nil, end)
  }

  private static func isVersion6(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var index = range.lowerBound
    var groups = 0
    var gaps = 0
    var first = 0
    var isShort = true
    while index < range.upperBound {
      if bytes.peek(index) == 0x3A {
        // Two colons for groups of zeros, once.
        guard bytes.peek(index + 1) == 0x3A, index + 1 < range.upperBound, bytes.peek(index + 2) != 0x3A else {
          return false
        }
        gaps += 1
        index += 2
        continue
      }
      let begun = index
      var value = 0
      while index < range.upperBound, ByteClass.isHex(bytes.peek(index)), index - begun < 5 {
        let byte = bytes.peek(index)
        value = value << 4 | Int(ByteClass.isDigit(byte) ? byte - 0x30 : (byte | 0x20) - 0x57)
        index += 1
      }
      if bytes.peek(index) == 0x2E, index < range.upperBound {
        // The last 32 bits as those of version 4.
        guard let tail = version4(bytes, at: begun, isNamed: true), tail.upperBound == range.upperBound else {
          return false
        }
        groups += 2
        index = range.upperBound
        break
      }
      guard index > begun, index - begun <= 4 else { return false }
      if groups == 0, gaps == 0 { first = value }
      if index - begun != 2 { isShort = false }
      groups += 1
      if bytes.peek(index) == 0x3A, bytes.peek(index + 1) != 0x3A, index + 1 < range.upperBound { index += 1 }
    }
    // Eight pairs are an identifier of hardware.
    guard gaps == 0 ? groups == 8 && !isShort : gaps == 1 && groups < 8 else { return false }
    if bytes.peek(range.lowerBound) == 0x3A {
      return bytes.has("::ffff:", at: range.lowerBound) || bytes.has("::FFFF:", at: range.lowerBound)
    }
    // What is given out (IANA, IPv6 address space): global, 6to4 of DNS64, local to a site or a link, multicast.
    switch first {
    case 0x2000...0x3FFF, 0x64, 0xFC00...0xFDFF, 0xFE80...0xFEBF, 0xFF00...0xFFFF: return groups > 1
    default: return false
    }
  }
}
