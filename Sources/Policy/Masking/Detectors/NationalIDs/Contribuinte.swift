/// Tax numbers of persons in Portugal: nine digits, the first 1, 2, 3 or 45, the last by 11 (Decreto-Lei 14/2013).
enum Contribuinte {
  static func isValid(_ digits: DigitGroups) -> Bool {
    guard digits.count == 9 else { return false }
    guard (1...3).contains(digits[0]) || digits.number(0..<2) == 45 else { return false }
    let rest = digits.weighted([9, 8, 7, 6, 5, 4, 3, 2]) % 11
    return digits[8] == (rest < 2 ? 0 : 11 - rest)
  }
}
