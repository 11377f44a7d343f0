/// Numbers of residents of South Korea: date of birth, sex and century, and a check digit by 11, which numbers given since
/// October 2020 do not have (행정안전부).
enum ResidentRegistration {
  static func hasDate(_ digits: DigitGroups) -> Bool {
    digits.count == 13 && (1...8).contains(digits[6])
      && CalendarDay.isValid(day: digits.number(4..<6), month: digits.number(2..<4))
  }

  static func isValid(_ digits: DigitGroups) -> Bool {
    hasDate(digits) && (11 - digits.weighted([2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10 == digits[12]
  }
}
