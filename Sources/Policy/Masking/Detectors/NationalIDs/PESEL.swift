/// Numbers of the Polish register of persons: date of birth, whose month tells the century, order, and a check digit (Ustawa
/// o ewidencji ludności, art. 15).
enum PESEL {
  static func isValid(_ digits: DigitGroups) -> Bool {
    guard digits.count == 11 else { return false }
    guard CalendarDay.isValid(day: digits.number(4..<6), month: digits.number(2..<4) % 20) else { return false }
    return digits.weighted([1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 == 0
  }
}
