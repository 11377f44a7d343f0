import Model

/// What stands in the place of a secret: our own marks, stars, and the names of variables.
enum Placeholder {
  private static let words: [StaticString] = [
    "password", "passwd", "secret", "changeme", "example", "your", "pass", "null", "none", "true", "false", "string",
    "required", "redacted", "masked", "hidden", "undefined", "nil", "xxx", "placeholder",
  ]
  private static let mark = Array(Redaction.mark.utf8)
  private static let encodedMark = Array(Redaction.encodedMark.utf8)
  private static let hashMark = Array("hmac:".utf8)

  /// Whether nothing in a range is secret.
  static func isOne(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let start = range.lowerBound
    if bytes.has(mark, at: start) || bytes.has(encodedMark, at: start) || bytes.has(hashMark, at: start) { return true }
    let (first, last) = (bytes.peek(start), bytes.peek(range.upperBound - 1))
    // `${NAME}`, `$(name)`, `$NAME`, `{{ name }}`, `<name>`, `%s`, `:name`
    switch first {
    case 0x24:
      let next = bytes.peek(start + 1)
      if next == 0x7B || next == 0x28 { return true }
      if isName(bytes, (start + 1)..<range.upperBound) { return true }
    case 0x7B: if last == 0x7D { return true }
    case 0x3C: if last == 0x3E { return true }
    case 0x5B: if last == 0x5D { return true }
    case 0x25: if range.count <= 3 || last == 0x25 { return true }
    default: break
    }
    if isSame(bytes, range) { return true }
    // In capitals or not, and not much more than the word.
    for word in words where range.count <= word.utf8CodeUnitCount + 2 && isWord(word, bytes, start) { return true }
    return false
  }

  /// A variable of a shell in capitals.
  private static func isName(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    for index in range {
      let byte = bytes.peek(index)
      guard ByteClass.isUpper(byte) || byte == 0x5F || ByteClass.isDigit(byte) && index > range.lowerBound else {
        return false
      }
    }
    return !range.isEmpty
  }

  /// `****`, `xxxxxx`
  private static func isSame(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let first = bytes.peek(range.lowerBound)
    for index in range where bytes.peek(index) != first { return false }
    return true
  }

  private static func isWord(_ word: StaticString, _ bytes: Span<UInt8>, _ start: Int) -> Bool {
    guard start >= 0, start + word.utf8CodeUnitCount <= bytes.count else { return false }
    var lower = InlineArray<12, UInt8>(repeating: 0)
    let count = min(12, word.utf8CodeUnitCount)
    for offset in 0..<count {
      let byte = bytes.peek(start + offset)
      lower[offset] = ByteClass.isUpper(byte) ? byte | 0x20 : byte
    }
    return lower.span.has(word, at: 0)
  }
}
