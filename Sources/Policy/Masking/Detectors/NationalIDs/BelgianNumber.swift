/// Numbers of the national register of Belgium: date of birth, order, and a key by 97, with a 2 before the others for those
/// born since 2000 (Arrêté royal du 3 avril 1984). Months of the register bis are 20 or 40 more.
enum BelgianNumber {
  static func isValid(_ digits: DigitGroups) -> Bool {
    guard digits.count == 11 else { return false }
    let (month, day) = (digits.number(2..<4), digits.number(4..<6))
    guard month <= 52, month % 20 <= 12, day <= 31 else { return false }
    let (number, key) = (digits.number(0..<9), digits.number(9..<11))
    return key == 97 - number % 97 || key == 97 - (number + 2_000_000_000) % 97
  }
}
