/// Social insurance numbers of Canada: nine digits by Luhn, the first neither 0 nor 8 (Service Canada).
enum SocialInsuranceNumber {
  static func isValid(_ digits: DigitGroups) -> Bool {
    digits.count == 9 && digits[0] != 0 && digits[0] != 8 && !digits.isMonotonous && Luhn.isValid(digits)
  }
}
