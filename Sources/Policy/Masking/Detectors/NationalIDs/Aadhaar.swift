/// Numbers of residents of India: twelve digits, the first 2 or more, the last by Verhoeff (UIDAI).
enum Aadhaar {
  static func isValid(_ digits: DigitGroups) -> Bool {
    digits.count == 12 && digits[0] > 1 && !digits.isMonotonous && Verhoeff.isValid(digits)
  }
}
