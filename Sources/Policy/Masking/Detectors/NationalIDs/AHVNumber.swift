/// Numbers of the Swiss old-age insurance: 756, nine digits, and the check digit of EAN-13 (Zentrale Ausgleichsstelle).
enum AHVNumber {
  static func isValid(_ digits: DigitGroups) -> Bool {
    guard digits.count == 13, digits.number(0..<3) == 756 else { return false }
    return digits.weighted([1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 == 0
  }
}
