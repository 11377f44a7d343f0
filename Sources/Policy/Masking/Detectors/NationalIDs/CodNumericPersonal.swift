/// Numbers of persons in Romania: sex and century, date of birth, county, order, a check digit by 11 (Legea 105/1996).
enum CodNumericPersonal {
  static func isValid(_ digits: DigitGroups) -> Bool {
    guard digits.count == 13, digits[0] != 0 else { return false }
    guard CalendarDay.isValid(day: digits.number(5..<7), month: digits.number(3..<5)) else { return false }
    let county = digits.number(7..<9)
    guard (1...52).contains(county) || county == 70 else { return false }
    let rest = digits.weighted([2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11
    return digits[12] == (rest == 10 ? 1 : rest)
  }
}
