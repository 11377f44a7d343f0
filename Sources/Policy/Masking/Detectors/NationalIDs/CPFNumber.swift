/// Numbers of the Brazilian register of taxpayers: nine digits and two check digits by 11 (Receita Federal).
enum CPFNumber {
  static func isValid(_ digits: DigitGroups) -> Bool {
    guard digits.count == 11, !digits.isMonotonous else { return false }
    let first = digits.weighted([10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10
    let second = digits.weighted([11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10
    return first == digits[9] && second == digits[10]
  }
}
