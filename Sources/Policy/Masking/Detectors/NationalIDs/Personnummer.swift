/// Numbers of persons in Sweden: date of birth, three digits and a check digit by Luhn over the last ten; days of numbers of
/// co-ordination are 60 more (Folkbokföringslag 1991:481 § 18).
enum Personnummer {
  static func isValid(_ digits: DigitGroups) -> Bool {
    guard digits.count == 10 || digits.count == 12 else { return false }
    let short = digits.dropping(digits.count - 10)
    if digits.count == 12 {
      guard (18...20).contains(digits.number(0..<2)) else { return false }
    }
    let day = short.number(4..<6)
    guard CalendarDay.isValid(day: day > 60 ? day - 60 : day, month: short.number(2..<4)) else { return false }
    return Luhn.isValid(short)
  }
}
