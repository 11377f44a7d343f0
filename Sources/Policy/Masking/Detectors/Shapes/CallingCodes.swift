/// Codes of countries in telephone numbers (ITU-T E.164 and its list of assigned codes, annex to Operational Bulletin 1114).
enum CallingCodes {
  /// The first and the last of codes in a row.
  private static let assigned: [ClosedRange<Int>] = [
    1...1, 7...7, 20...20, 27...27, 30...34, 36...36, 39...41, 43...49, 51...58, 60...66, 81...82, 84...84, 86...86,
    90...95, 98...98, 211...213, 216...216, 218...218, 220...269, 290...291, 297...299, 350...359, 370...383, 385...387,
    389...389, 420...421, 423...423, 500...509, 590...599, 670...670, 672...683, 685...692, 800...800, 808...808,
    850...850, 852...853, 855...856, 870...870, 878...878, 880...883, 886...886, 888...888, 960...968, 970...977,
    979...979, 992...996, 998...998,
  ]
  private static let isAssigned: [Bool] = {
    var all = [Bool](repeating: false, count: 1000)
    for range in assigned { for code in range { all[code] = true } }
    return all
  }()

  /// How many digits the country's code at the beginning has; nil if there is no such country.
  static func count(_ digits: DigitGroups) -> Int? {
    for count in 1...3 where isAssigned[digits.number(0..<count)] { return count }
    return nil
  }

  /// Digits with the code, by the countries' own plans where a plan is strict; 15 at most (E.164 §6).
  static func lengths(_ digits: DigitGroups) -> ClosedRange<Int> {
    switch digits[0] {
    case 1, 7: return 11...11
    default: break
    }
    switch digits.number(0..<2) {
    case 31, 32, 33, 34, 48, 61: return 10...11
    case 30, 41, 44, 46, 52, 91, 90, 62: return 10...13
    case 45, 47: return 10...10
    case 55, 86: return 12...13
    case 81: return 11...12
    default: return 9...15
    }
  }
}
