/// A time in the files of OpenSSH: `YYYYMMDD[HHMM[SS]]`, and `Z` or `UTC` behind it.
///
/// Without the suffix it is local time to OpenSSH. Here it is UTC all the same, so that the same files give the same
/// verdict everywhere; `isUTC` tells.
public struct SignerTime: Hashable, Sendable {
  /// Since 1970.
  public let seconds: UInt64
  /// The suffix is there.
  public let isUTC: Bool

  public init?(_ text: [UInt8]) {
    var digits = text[...]
    if let last = digits.last, last | 0x20 == UInt8(ascii: "z") {
      digits = digits.dropLast()
      isUTC = true
    } else if digits.suffix(3).map({ $0 | 0x20 }) == Array("utc".utf8) {
      digits = digits.dropLast(3)
      isUTC = true
    } else {
      isUTC = false
    }
    guard [8, 12, 14].contains(digits.count) else { return nil }
    func number(_ count: Int) -> Int64? {
      var value: Int64 = 0
      for byte in digits.prefix(count) {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - 0x30)
      }
      digits = digits.dropFirst(count)
      return value
    }
    // A day that its month does not have is one of the next month, as `timegm` counts.
    guard let year = number(4), let month = number(2), (1...12).contains(month), let day = number(2),
      (1...31).contains(day), let hour = number(2), hour < 24, let minute = number(2), minute < 60,
      let second = number(2), second <= 61
    else { return nil }
    let total = Self.days(year: year, month: month) + day - 1
    let seconds = ((total * 24 + hour) * 60 + minute) * 60 + second
    guard let seconds = UInt64(exactly: seconds) else { return nil }
    self.seconds = seconds
  }

  /// From 1970-01-01 to the first day of a month of the Gregorian calendar. The year begins in March, so that the leap
  /// day is its last.
  private static func days(year: Int64, month: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let months = (month + 9) % 12
    let era = year >= 0 ? year / 400 : (year - 399) / 400
    let ofEra = year - era * 400
    return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + (months * 153 + 2) / 5 - 719_468
  }

  /// The last second that has four digits of the year.
  private static let lastSecond: UInt64 = 253_402_300_799

  /// `20260103120000Z`, or the number of seconds where that has no such form.
  static func text(_ seconds: UInt64) -> String {
    guard seconds <= lastSecond, let whole = Int64(exactly: seconds) else { return "second \(seconds)" }
    let days = whole / 86_400
    // No year has more than 366 days, so this is not too late.
    var year = 1970 + days / 366
    while Self.days(year: year + 1, month: 1) <= days { year += 1 }
    var month: Int64 = 1
    while month < 12, Self.days(year: year, month: month + 1) <= days { month += 1 }
    let day = days - Self.days(year: year, month: month) + 1
    let second = whole % 86_400
    let parts = [month, day, second / 3600, second / 60 % 60, second % 60]
    return pad(year, 4) + parts.map { pad($0, 2) }.joined() + "Z"
  }

  private static func pad(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
