/// Numbers of the French register of persons: sex, year, month, place and order of birth, and a key by 97 (INSEE).
enum NIR {
  static func isValid(_ digits: DigitGroups) -> Bool {
    guard digits.count == 15 else { return false }
    switch digits[0] {
    case 1, 2, 3, 4, 7, 8: break
    default: return false
    }
    switch digits.number(3..<5) {
    case 1...12, 20...42, 50...99: break
    default: return false
    }
    return hasKey(digits.number(0..<13), digits.number(13..<15))
  }

  /// A number of Corsica: `2A` and `2B` count as 19 and 18.
  static func isValid(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard range.count == 15, bytes.peek(range.lowerBound + 5) == 0x32 else { return false }
    var (number, key) = (0, 0)
    for offset in 0..<15 {
      let byte = bytes.peek(range.lowerBound + offset)
      var digit = Int(byte) - 0x30
      if offset == 6 {
        guard byte == 0x41 || byte == 0x42 else { return false }
        // The two bytes `2A` become 19: one ten less.
        (number, digit) = (number - 1, byte == 0x41 ? 9 : 8)
      } else if !ByteClass.isDigit(byte) {
        return false
      }
      if offset < 13 { number = number * 10 + digit } else { key = key * 10 + digit }
    }
    let first = bytes.peek(range.lowerBound)
    return (first == 0x31 || first == 0x32) && hasKey(number, key)
  }

  private static func hasKey(_ number: Int, _ key: Int) -> Bool { key == 97 - number % 97 }
}
