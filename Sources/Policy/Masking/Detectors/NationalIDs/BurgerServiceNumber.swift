/// Numbers of citizens of the Netherlands: nine digits that pass the eleven-test, the last counting −1 (Besluit
/// burgerservicenummer, RvIG).
enum BurgerServiceNumber {
  static func isValid(_ digits: DigitGroups) -> Bool {
    guard digits.count == 9, !digits.isMonotonous else { return false }
    return digits.weighted([9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 == 0
  }
}
