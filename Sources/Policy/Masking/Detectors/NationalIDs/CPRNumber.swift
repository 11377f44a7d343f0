/// Numbers of the Danish register of persons: date of birth and four digits. Since 2007 there need be no check digit, so that
/// none is asked for (CPR-kontoret).
enum CPRNumber {
  static func isValid(_ digits: DigitGroups) -> Bool {
    digits.count == 10 && CalendarDay.isValid(day: digits.number(0..<2), month: digits.number(2..<4))
  }
}
