/// Verhoeff's check digit, by the group of symmetries of the pentagon (J. Verhoeff, Error Detecting Decimal Codes, 1969).
enum Verhoeff {
  /// The product of two symmetries: 0 to 4 turn, 5 to 9 turn and reflect.
  private static func product(_ left: Int, _ right: Int) -> Int {
    switch (left < 5, right < 5) {
    case (true, true): (left + right) % 5
    case (true, false): (left + right - 5) % 5 + 5
    case (false, true): (left - 5 - right + 5) % 5 + 5
    case (false, false): (left - right + 5) % 5
    }
  }

  /// What a place does to its digit, once.
  private static func permuted(_ digit: Int) -> Int {
    switch digit {
    case 0: 1
    case 1: 5
    case 2: 7
    case 3: 6
    case 4: 2
    case 5: 8
    case 6: 3
    case 7: 0
    case 8: 9
    default: 4
    }
  }

  static func isValid(_ digits: DigitGroups) -> Bool {
    var check = 0
    for place in 0..<digits.count {
      var digit = digits[digits.count - 1 - place]
      for _ in 0..<(place % 8) { digit = permuted(digit) }
      check = product(check, digit)
    }
    return digits.count > 1 && check == 0
  }
}
