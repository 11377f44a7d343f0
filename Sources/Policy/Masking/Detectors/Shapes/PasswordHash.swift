/// Hashes of passwords as they are stored: modular crypt of bcrypt, SHA-crypt, yescrypt and Argon2 (crypt(5); PHC string
/// format), and PBKDF2 as Django writes it.
enum PasswordHash {
  private static let limit = 512
  private static let characters = ByteSet(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./+$=,-_")

  /// The beginning, and the fewest characters there are with it.
  private static let shapes: [(text: StaticString, shortest: Int)] = [
    ("$2a$", 60), ("$2b$", 60), ("$2y$", 60), ("$2x$", 60), ("$1$", 26), ("$5$", 47), ("$6$", 90), ("$y$", 60),
    ("$7$", 60), ("$argon2id$", 60), ("$argon2i$", 60), ("$argon2d$", 60), ("$scrypt$", 50), ("$apr1$", 31),
    ("$pbkdf2-sha256$", 50), ("$pbkdf2-sha512$", 80),
  ]

  /// The hash whose first `$` is at `start`.
  static func find(_ bytes: Span<UInt8>, at start: Int) -> Range<Int>? {
    let before = bytes.peek(start - 1)
    if before == 0x36 { return django(bytes, at: start) }
    guard !ByteClass.isWord(before), before != 0x24 else { return nil }
    for shape in shapes where bytes.has(shape.text, at: start) {
      var end = bytes.end(of: characters, from: start, limit: limit)
      // bcrypt's length is fixed, so that what follows without a blank is told apart.
      if shape.shortest == 60, bytes.peek(start + 1) == 0x32 { end = min(end, start + 60) }
      while end > start, bytes.peek(end - 1) == 0x2C || bytes.peek(end - 1) == 0x2E && bytes.peek(start + 1) != 0x32 {
        end -= 1
      }
      return end - start >= shape.shortest ? start..<end : nil
    }
    return nil
  }

  /// `pbkdf2_sha256$600000$salt$hash`
  private static func django(_ bytes: Span<UInt8>, at dollar: Int) -> Range<Int>? {
    let start = dollar - 13
    guard bytes.has("pbkdf2_sha256", at: start), ByteClass.isDigit(bytes.peek(dollar + 1)) else { return nil }
    let end = bytes.end(of: characters, from: dollar, limit: limit)
    return end - start >= 60 ? start..<end : nil
  }
}
