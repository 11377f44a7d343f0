/// How keys of a service look: what they begin with, and what follows.
struct KeyShape: Sendable {
  /// Which characters follow.
  enum Alphabet: Sendable {
    /// Letters and digits.
    case alphanumeric
    /// Those and `_`, `-`: base 64 for addresses.
    case base64URL
    /// Those, `.`, `=` too.
    case dotted
    case hex
    /// Capitals and digits.
    case upper
  }

  /// What else must hold.
  enum Check: Sendable {
    case none
    /// `TokenChecksum`
    case checksum
    /// A text that stands within.
    case contains(StaticString)
    /// Digits and letters: a word of the alphabet is none.
    case mixed
  }

  let kind: DataKind
  let beginning: [UInt8]
  let alphabet: Alphabet
  /// How many characters follow.
  let rest: ClosedRange<Int>
  let check: Check

  init(
    _ kind: DataKind, _ beginning: String, _ alphabet: Alphabet, _ rest: ClosedRange<Int>, _ check: Check = .none
  ) {
    (self.kind, self.beginning, self.alphabet) = (kind, Array(beginning.utf8), alphabet)
    (self.rest, self.check) = (rest, check)
  }

  private static let hexDigits = ByteSet("0123456789abcdef")
  private static let capitals = ByteSet("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
  private static let letters = ByteSet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
  private static let url = ByteSet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
  private static let dots = ByteSet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.=")

  private var characters: ByteSet {
    switch alphabet {
    case .alphanumeric: Self.letters
    case .base64URL: Self.url
    case .dotted: Self.dots
    case .hex: Self.hexDigits
    case .upper: Self.capitals
    }
  }

  /// The key at a place, which begins as the shape says.
  func find(_ bytes: Span<UInt8>, at start: Int) -> Range<Int>? {
    let body = start + beginning.count
    var end = bytes.end(of: characters, from: body, limit: rest.upperBound + 1)
    // The end of a sentence.
    while end > body, bytes.peek(end - 1) == 0x2E { end -= 1 }
    guard rest.contains(end - body), !ByteClass.isWord(bytes.peek(end)) else { return nil }
    switch check {
    case .none: break
    case .checksum: guard TokenChecksum.isValid(bytes, body..<end) else { return nil }
    case .contains(let text):
      var index = body
      while index < end, !bytes.has(text, at: index) { index += 1 }
      guard index < end else { return nil }
    case .mixed: guard isMixed(bytes, body..<end) else { return nil }
    }
    return isRepetition(bytes, body..<end) ? nil : start..<end
  }

  private func isMixed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var (digits, letters) = (0, 0)
    for index in range {
      if ByteClass.isDigit(bytes.peek(index)) { digits += 1 }
      if ByteClass.isLetter(bytes.peek(index)) { letters += 1 }
    }
    return digits > 0 && letters > 0
  }

  /// `ghp_xxxxxxxx…`, as instructions show them.
  private func isRepetition(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var seen: (UInt64, UInt64) = (0, 0)
    for index in range {
      let byte = bytes.peek(index) & 0x7F
      if byte < 64 { seen.0 |= 1 << UInt64(byte) } else { seen.1 |= 1 << UInt64(byte - 64) }
    }
    return seen.0.nonzeroBitCount + seen.1.nonzeroBitCount < 4
  }
}
