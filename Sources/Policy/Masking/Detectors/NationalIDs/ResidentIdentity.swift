/// Identity numbers of China: region, date of birth, order, and a character by ISO/IEC 7064 MOD 11-2 (GB 11643-1999).
enum ResidentIdentity {
  /// 18 characters from `start`, the last of which may be `X`.
  static func isValid(_ bytes: Span<UInt8>, at start: Int) -> Bool {
    var sum = 0
    var date = 0
    for offset in 0..<18 {
      let byte = bytes.peek(start + offset)
      var digit = Int(byte) - 0x30
      if offset == 17, byte == 0x58 { digit = 10 } else if !ByteClass.isDigit(byte) { return false }
      if (6..<14).contains(offset) { date = date * 10 + digit }
      // The weight of a place is 2 to the power of the places behind it.
      sum = (sum * 2 + digit) % 11
    }
    guard bytes.peek(start) != 0x30, (1900...2099).contains(date / 10_000) else { return false }
    return CalendarDay.isValid(day: date % 100, month: date / 100 % 100) && sum == 1
  }
}
