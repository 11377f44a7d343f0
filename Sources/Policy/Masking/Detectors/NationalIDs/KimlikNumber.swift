/// Identity numbers of Turkey: eleven digits, of which the last two check the others (Nüfus ve Vatandaşlık İşleri).
enum KimlikNumber {
  static func isValid(_ digits: DigitGroups) -> Bool {
    guard digits.count == 11, digits[0] != 0 else { return false }
    let tenth = digits.weighted([7, -1, 7, -1, 7, -1, 7, -1, 7])
    let sum = digits.weighted([1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    return (tenth % 10 + 10) % 10 == digits[9] && sum % 10 == digits[10]
  }
}
