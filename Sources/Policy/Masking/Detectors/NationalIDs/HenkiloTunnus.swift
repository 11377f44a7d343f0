/// Identity codes of Finland: date of birth, a mark of the century, three digits and a character by 31 (Digi- ja
/// väestötietovirasto; further marks since 2023, asetus 690/2022).
enum HenkiloTunnus {
  private static let characters = Array("0123456789ABCDEFHJKLMNPRSTUVWXY".utf8)
  private static let centuries = ByteSet("+-ABCDEFUVWXY")

  /// `131052-308T`, eleven characters from `start`.
  static func isValid(_ bytes: Span<UInt8>, at start: Int) -> Bool {
    var number = 0
    for offset in 0..<10 {
      let byte = bytes.peek(start + offset)
      if offset == 6 {
        guard centuries.contains(byte) else { return false }
      } else {
        guard ByteClass.isDigit(byte) else { return false }
        number = number * 10 + Int(byte) - 0x30
      }
    }
    guard CalendarDay.isValid(day: number / 10_000_000, month: number / 100_000 % 100), number % 1000 >= 2 else {
      return false
    }
    return bytes.peek(start + 10) == characters[number % characters.count]
  }
}
