/// Italian tax codes of persons: three and three letters of the names, year, month and day of birth, place, and a letter
/// that checks (Decreto ministeriale 23 dicembre 1976). Digits may be letters where two persons would share a code.
enum CodiceFiscale {
  /// What a character counts at odd places, 0 to 9 and A to J being the same.
  private static let odd = [
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
  ]
  private static let months = ByteSet("ABCDEHLMPRST")
  /// What stands for a digit.
  private static let stand = ByteSet("0123456789LMNPQRSTUV")

  static func isValid(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard range.count == 16 else { return false }
    var sum = 0
    for offset in 0..<15 {
      let byte = bytes.peek(range.lowerBound + offset)
      switch offset {
      case 0...5, 11: guard ByteClass.isUpper(byte) else { return false }
      case 8: guard months.contains(byte) else { return false }
      default: guard stand.contains(byte) else { return false }
      }
      let value = Int(byte) - (ByteClass.isDigit(byte) ? 0x30 : 0x41)
      guard value >= 0, value < odd.count else { return false }
      sum += offset % 2 == 0 ? odd[value] : value
    }
    return Int(bytes.peek(range.lowerBound + 15)) == 0x41 + sum % 26
  }
}
