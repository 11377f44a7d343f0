/// Numbers of payment cards: the issuer's first digits (ISO/IEC 7812; the schemes' own lists), their count, and Luhn.
enum PaymentCard {
  /// `isNamed`: whether a name says that it is a card; then lengths that a scheme gives no more are taken too.
  static func brand(_ digits: DigitGroups, isNamed: Bool) -> DataKind? {
    guard (12...19).contains(digits.count), digits.isUniform, isGrouped(digits) else { return nil }
    guard let brand = brand(digits.number(0..<6), digits.count, isNamed) else { return nil }
    return Luhn.isValid(digits) && !digits.isMonotonous ? brand : nil
  }

  /// Solid, or as cards print it, with blanks or dashes.
  private static func isGrouped(_ digits: DigitGroups) -> Bool {
    if digits.isSolid { return true }
    guard digits.separators & 15 < 3 else { return false }
    switch digits.shape {
    case 0x04040404, 0x040605, 0x040604, 0x0404040403, 0x060D, 0x04040403, 0x0404_0402, 0x0404_0401: return true
    default: return false
    }
  }

  private static func brand(_ first: Int, _ count: Int, _ isNamed: Bool) -> DataKind? {
    switch first {
    case 400_000...499_999: return count == 16 || isNamed && (count == 13 || count == 19) ? .visa : nil
    case 510_000...559_999, 222_100...272_099: return count == 16 ? .mastercard : nil
    case 340_000...349_999, 370_000...379_999: return count == 15 ? .amex : nil
    case 220_000...220_499: return count == 16 ? .mir : nil
    case 601_100...601_199, 644_000...659_999: return count == 16 || isNamed && count == 19 ? .discover : nil
    case 300_000...305_999, 309_500...309_599, 360_000...369_999, 380_000...399_999:
      return count == 14 || isNamed && count == 16 ? .diners : nil
    case 352_800...358_999: return count == 16 || isNamed && count == 19 ? .jcb : nil
    case 620_000...629_999, 810_000...817_199:
      return count == 16 || isNamed && count > 16 || count == 19 ? .unionpay : nil
    case 501_800...501_899, 502_000...502_099, 503_800...503_899, 589_300...589_399, 630_400...630_499,
      675_900...675_999, 676_100...676_399:
      return count == 16 || isNamed ? .maestro : nil
    default: return nil
    }
  }
}
