/// Identity numbers of South Africa: date of birth, four digits, citizenship, a digit, and Luhn (Department of Home Affairs).
enum SouthAfricanID {
  static func isValid(_ digits: DigitGroups) -> Bool {
    digits.count == 13 && digits[10] < 3
      && CalendarDay.isValid(day: digits.number(4..<6), month: digits.number(2..<4)) && Luhn.isValid(digits)
  }
}
