/// The check digit of ISO/IEC 7812-1 annex B: of cards, and of numbers of Sweden, Canada and South Africa.
enum Luhn {
  static func isValid(_ digits: DigitGroups) -> Bool {
    var sum = 0
    var place = digits.count - 1
    var doubles = false
    while place >= 0 {
      let digit = digits[place]
      sum += doubles ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit
      doubles.toggle()
      place -= 1
    }
    return digits.count > 1 && sum % 10 == 0
  }
}
