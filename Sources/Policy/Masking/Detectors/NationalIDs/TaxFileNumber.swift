/// Tax file numbers of Australia: nine digits whose weighted sum 11 divides (Australian Taxation Office).
enum TaxFileNumber {
  static func isValid(_ digits: DigitGroups) -> Bool {
    digits.count == 9 && !digits.isMonotonous && digits.weighted([1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 == 0
  }
}
