/// National insurance numbers of the United Kingdom: two letters, six digits, a letter A to D. There is no check digit;
/// letters and pairs that are never given are left out (HMRC manual NIM39110).
enum NationalInsuranceNumber {
  private static let first = ByteSet("ABCEGHJKLMNOPRSTWXYZ")
  private static let second = ByteSet("ABCEGHJKLMNPRSTWXYZ")

  static func isPrefix(_ one: UInt8, _ two: UInt8) -> Bool {
    guard first.contains(one), second.contains(two) else { return false }
    switch (one, two) {
    // BG, GB, KN, NK, NT, TN, ZZ
    case (0x42, 0x47), (0x47, 0x42), (0x4B, 0x4E), (0x4E, 0x4B), (0x4E, 0x54), (0x54, 0x4E), (0x5A, 0x5A): return false
    default: return true
    }
  }

  /// `AB123456C`
  static func isValid(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard range.count == 9, isPrefix(bytes.peek(range.lowerBound), bytes.peek(range.lowerBound + 1)) else {
      return false
    }
    for offset in 2..<8 {
      guard ByteClass.isDigit(bytes.peek(range.lowerBound + offset)) else { return false }
    }
    let last = bytes.peek(range.lowerBound + 8)
    return last >= 0x41 && last <= 0x44
  }

  /// `AB 12 34 56 C` or `AB 123456 C`, from its first letter on.
  static func spaced(_ bytes: Span<UInt8>, at start: Int) -> Range<Int>? {
    guard isPrefix(bytes.peek(start), bytes.peek(start + 1)), bytes.peek(start + 2) == 0x20 else { return nil }
    let digits = DigitGroups(bytes, at: start + 3)
    let end = digits.range.upperBound
    let last = bytes.peek(end + 1)
    guard digits.shape == 0x020202 && digits.separators == 0x11 || digits.shape == 0x06,
      bytes.peek(end) == 0x20, last >= 0x41, last <= 0x44, !ByteClass.isWord(bytes.peek(end + 2))
    else { return nil }
    return start..<(end + 2)
  }
}
