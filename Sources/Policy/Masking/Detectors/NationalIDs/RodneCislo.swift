/// Birth numbers of the Czech Republic and Slovakia: date of birth, months of women 50 more, and since 1954 ten digits that
/// 11 divides (zákon 133/2000 Sb. § 13). Further 20 on the month when the numbers of a day are used up. Until 1985 some ended
/// in 0 whose first nine leave 10.
enum RodneCislo {
  static func isValid(_ digits: DigitGroups) -> Bool {
    guard digits.count == 10 else { return false }
    var month = digits.number(2..<4)
    if month > 50 { month -= 50 }
    if month > 20 { month -= 20 }
    guard CalendarDay.isValid(day: digits.number(4..<6), month: month) else { return false }
    let first = digits.number(0..<9)
    return digits.number(0..<10) % 11 == 0 || first % 11 == 10 && digits[9] == 0
  }
}
