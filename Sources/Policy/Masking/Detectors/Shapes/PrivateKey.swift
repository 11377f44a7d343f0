/// Private keys in their armour (RFC 7468 §2, RFC 4880 §6.2), from the first line to the last, or to where the text goes on
/// otherwise. The line that begins one, without a key behind it, is none.
enum PrivateKey {
  /// A key of RSA with 16,384 bits takes 13 kB.
  private static let limit = 65_536
  /// Characters of base 64 that there must be.
  private static let shortest = 40
  private static let lineLimit = 64
  /// What stands in the lines, those of headers too, and their ends where they are escaped.
  private static let characters = ByteSet(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n\t \\,:.\"'()@<>_|>#;")

  /// The key whose dashes begin at `start`, and where reading may go on.
  static func find(_ bytes: Span<UInt8>, at start: Int) -> (detection: Detection?, end: Int) {
    guard bytes.has("-----BEGIN ", at: start) else { return (nil, start + 1) }
    let label = start + 11
    var dashes = label
    while dashes - label < lineLimit, bytes.peek(dashes) >= 0x20, bytes.peek(dashes) != 0x2D { dashes += 1 }
    guard bytes.has("-----", at: dashes), let kind = kind(bytes, label..<dashes) else { return (nil, label) }
    var index = dashes + 5
    var letters = 0
    let stop = min(bytes.count, index + limit)
    while index < stop {
      let byte = bytes[index]
      if byte == 0x2D {
        // One of `-----END`, or of a header: `Proc-Type`.
        if bytes.has("-----", at: index) { break }
      } else if !characters.contains(byte) {
        break
      }
      if ByteClass.isAlphanumeric(byte) || byte == 0x2B || byte == 0x2F { letters += 1 }
      index += 1
    }
    // What stands there may be something else. The next dashes ended the look, so each byte is looked at twice at most.
    guard letters >= shortest else { return (nil, label) }
    if bytes.has("-----END ", at: index) {
      var end = index + 9
      while end - index < lineLimit, bytes.peek(end) >= 0x20, bytes.peek(end) != 0x2D { end += 1 }
      if bytes.has("-----", at: end) { index = end + 5 }
    }
    return (Detection(kind: kind, range: start..<index, isCertain: true), index)
  }

  /// Whether a key may begin at `start` that goes on behind the end of the bytes.
  static func isOpen(_ bytes: Span<UInt8>, at start: Int) -> Bool {
    guard bytes.has("-----BEGIN ", at: start) else { return isCut("-----BEGIN ", bytes, at: start) }
    let label = start + 11
    var dashes = label
    while dashes - label < lineLimit, bytes.peek(dashes) >= 0x20, bytes.peek(dashes) != 0x2D { dashes += 1 }
    if dashes >= bytes.count || isCut("-----", bytes, at: dashes) { return true }
    guard bytes.has("-----", at: dashes), kind(bytes, label..<dashes) != nil else { return false }
    var index = dashes + 5
    let stop = min(bytes.count, index + limit)
    while index < stop {
      if bytes[index] == 0x2D {
        if bytes.has("-----", at: index) { break }
      } else if !characters.contains(bytes[index]) {
        return false
      }
      index += 1
    }
    if index >= bytes.count { return true }
    guard bytes.has("-----END ", at: index) else { return isCut("-----END ", bytes, at: index) }
    var end = index + 9
    while end - index < lineLimit, bytes.peek(end) >= 0x20, bytes.peek(end) != 0x2D { end += 1 }
    return end >= bytes.count || isCut("-----", bytes, at: end)
  }

  /// Whether the bytes end within `text`, which begins at `start`.
  private static func isCut(_ text: StaticString, _ bytes: Span<UInt8>, at start: Int) -> Bool {
    let count = bytes.count - start
    guard count > 0, count < text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { whole in
      for offset in 0..<count where unsafe whole[offset] != bytes[start + offset] { return false }
      return true
    }
  }

  private static func kind(_ bytes: Span<UInt8>, _ label: Range<Int>) -> DataKind? {
    let start = label.lowerBound
    if bytes.has("OPENSSH PRIVATE KEY", at: start) { return .opensshPrivateKey }
    if bytes.has("PGP PRIVATE KEY BLOCK", at: start) { return .pgpPrivateKey }
    if bytes.has("ENCRYPTED PRIVATE KEY", at: start) { return .encryptedPrivateKey }
    for name: StaticString in ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY"]
    where bytes.has(name, at: start) { return .pemPrivateKey }
    return nil
  }
}
