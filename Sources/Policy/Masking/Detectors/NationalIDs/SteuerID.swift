/// Identification numbers of taxpayers in Germany: eleven digits; of the first ten, one comes twice or three times and the
/// others once or never; the last by ISO/IEC 7064 MOD 11,10 (§ 139b AO; Bundeszentralamt für Steuern).
enum SteuerID {
  static func isValid(_ digits: DigitGroups) -> Bool {
    guard digits.count == 11, digits[0] != 0 else { return false }
    var seen = SIMD16<UInt8>(repeating: 0)
    for place in 0..<10 { seen[digits[place]] += 1 }
    var repeated = 0
    for digit in 0..<10 {
      if seen[digit] > 3 { return false }
      if seen[digit] > 1 { repeated += 1 }
    }
    guard repeated == 1 else { return false }
    var product = 10
    for place in 0..<10 {
      var sum = (digits[place] + product) % 10
      if sum == 0 { sum = 10 }
      product = sum * 2 % 11
    }
    return (11 - product) % 10 == digits[10]
  }
}
