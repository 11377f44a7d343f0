/// Numbers of the National Health Service of the United Kingdom: ten digits, the last by 11 (NHS Data Dictionary).
enum HealthServiceNumber {
  static func isValid(_ digits: DigitGroups) -> Bool {
    guard digits.count == 10, !digits.isMonotonous else { return false }
    let check = 11 - digits.weighted([10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11
    return check != 10 && check % 11 == digits[9]
  }
}
