/// Telephone numbers: with a plus by E.164, and as they are written within countries.
enum PhoneNumber {
  /// `+49 30 123456`, `+1 (415) 555-2671`, from the plus on.
  static func international(_ bytes: Span<UInt8>, at plus: Int) -> (range: Range<Int>, isCertain: Bool)? {
    var reading = PhoneReading(bytes, at: plus + 1)
    guard let code = CallingCodes.count(reading.digits) else { return nil }
    let lengths = CallingCodes.lengths(reading.digits)
    reading.shorten(toAtMost: lengths.upperBound, bytes)
    let digits = reading.digits
    guard lengths.contains(digits.count), digits[code] != 0 || reading.hasParentheses || digits.number(0..<2) == 39
    else { return nil }
    if digits[0] == 1 { guard isNANP(digits.dropping(1)) else { return nil } }
    // `+12.3456789`
    guard reading.groupCount != 2 || reading.separator != 0x2E, endsWell(bytes, reading.end) else { return nil }
    return (plus..<reading.end, true)
  }

  /// `(415) 555-2671`, `(030) 123456`, from the parenthesis on.
  static func parenthesised(_ bytes: Span<UInt8>, at start: Int) -> Range<Int>? {
    let reading = PhoneReading(bytes, at: start)
    let digits = reading.digits
    guard reading.hasParentheses, reading.groupCount > 1, endsWell(bytes, reading.end) else { return nil }
    switch (digits.count, reading.firstGroup) {
    case (10, 3) where digits[0] > 1: return isNANP(digits) ? start..<reading.end : nil
    case (9...12, 3...5) where digits[0] == 0 && digits[1] != 0: return start..<reading.end
    case (10...11, 2) where digits[0] != 0: return digits.count - 2 >= 8 ? start..<reading.end : nil
    default: return nil
    }
  }

  /// A number without plus, from its first digit on.
  /// `isNamed`: whether a name says that it is one; then digits may stand solid.
  static func national(_ digits: DigitGroups, _ bytes: Span<UInt8>, isNamed: Bool) -> Bool {
    if isNamed { return isNamedNumber(digits, bytes) }
    guard !digits.isSolid, digits.isUniform else { return false }
    let separator = digits.separators & 15
    switch digits.shape {
    case 0x030304: return separator != 1 && separator != 4 && isNANP(digits)
    case 0x01030304: return separator != 4 && digits[0] == 1 && isNANP(digits.dropping(1))
    // 0049 30 123456, and the numbers of France, but no row of pairs.
    case 0x0202020202:
      guard digits[0] == 0, digits[1] != 0 else { return false }
      return separator != 4 && !isRow(bytes, digits.range)
    default: return isTrunk(digits)
    }
  }

  /// An area code with the 0 that is dialled within a country, and what is behind it.
  private static func isTrunk(_ digits: DigitGroups) -> Bool {
    guard digits[0] == 0, (10...12).contains(digits.count) else { return false }
    if digits[1] == 0 {
      // 00, and the code of a country.
      let rest = digits.dropping(2)
      guard let code = CallingCodes.count(rest) else { return false }
      var first = digits.shape
      while first > 0xFF { first >>= 8 }
      return first > 3 && digits.count >= 11 && digits.separators & 15 != 3 && rest[code] != 0
    }
    let separator = digits.separators & 15
    // `0123.4567890`, and two numbers with a slash between them
    guard separator != 3 || digits.shape > 0xFFFF, separator != 4 || digits.shape <= 0xFFFF else { return false }
    var shape = digits.shape
    var isWide = true
    while shape > 0xFF {
      let group = shape & 0xFF
      guard (2...8).contains(group) else { return false }
      if group != 4 { isWide = false }
      shape >>= 8
    }
    // Groups of four are those of a dump of bytes.
    return (2...5).contains(shape) && !(isWide && shape == 4) && digits.shape <= 0xFFFF_FFFF
  }

  private static func isNamedNumber(_ digits: DigitGroups, _ bytes: Span<UInt8>) -> Bool {
    guard (7...15).contains(digits.count), !digits.isMonotonous else { return false }
    // `1.5555551`, and days of the calendar.
    if digits.separators == 3 { return false }
    return !isDate(digits)
  }

  private static func isDate(_ digits: DigitGroups) -> Bool {
    switch digits.shape {
    case 0x040202: return CalendarDay.isValid(day: digits.number(6..<8), month: digits.number(4..<6))
    case 0x020204: return CalendarDay.isValid(day: digits.number(0..<2), month: digits.number(2..<4))
    default: return false
    }
  }

  /// The plan of North America: area and exchange begin with 2 to 9, and neither is N11.
  private static func isNANP(_ digits: DigitGroups) -> Bool {
    digits.count == 10 && digits[0] > 1 && digits[3] > 1 && digits.number(1..<3) != 11 && digits.number(4..<6) != 11
  }

  /// Whether pairs go on to the left or the right, as those of a dump of bytes do.
  private static func isRow(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let before = bytes.peek(range.lowerBound - 1) == 0x20 && isPair(bytes, range.lowerBound - 3)
    let after = bytes.peek(range.upperBound) == 0x20 && isPair(bytes, range.upperBound + 1)
    return before || after
  }

  private static func isPair(_ bytes: Span<UInt8>, _ index: Int) -> Bool {
    ByteClass.isHex(bytes.peek(index)) && ByteClass.isHex(bytes.peek(index + 1))
      && !ByteClass.isWord(bytes.peek(index + 2)) && !ByteClass.isWord(bytes.peek(index - 1))
  }

  static func endsWell(_ bytes: Span<UInt8>, _ end: Int) -> Bool {
    let next = bytes.peek(end)
    if ByteClass.isWord(next) || next == 0x25 { return next == 0x78 && ByteClass.isDigit(bytes.peek(end + 1)) }
    return DigitGroups.separator(next) < 2 || !ByteClass.isAlphanumeric(bytes.peek(end + 1))
  }
}
