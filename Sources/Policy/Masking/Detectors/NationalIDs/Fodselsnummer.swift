/// Numbers of persons in Norway: date of birth, three digits, and two check digits by 11; days of D numbers are 40 more
/// (Skatteetaten).
enum Fodselsnummer {
  static func isValid(_ digits: DigitGroups) -> Bool {
    guard digits.count == 11 else { return false }
    let day = digits.number(0..<2)
    guard CalendarDay.isValid(day: day > 40 ? day - 40 : day, month: digits.number(2..<4)) else { return false }
    return digits.weighted([3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 == 0
      && digits.weighted([5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0
  }
}
