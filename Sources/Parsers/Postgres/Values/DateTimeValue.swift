import Model

/// Dates and times: counted from 2000-01-01, printed in ISO style.
enum DateTimeValue {
  /// Days from 1970-01-01 to 2000-01-01.
  private static let epochDays = 10_957
  private static let perDay: Int64 = 86_400_000_000

  static func date(_ days: Int32) -> String {
    if days == .max { return "infinity" }
    if days == .min { return "-infinity" }
    let (text, suffix) = calendar(Int(days))
    return text + suffix
  }

  private static func calendar(_ days: Int) -> (text: String, suffix: String) {
    let date = CivilTime.date(daysSinceEpoch: days + epochDays)
    let isBC = date.year <= 0
    return (
      "\(pad(isBC ? 1 - date.year : date.year, 4))-\(pad(date.month, 2))-\(pad(date.day, 2))", isBC ? " BC" : ""
    )
  }

  static func time(microseconds: Int64) -> String {
    let seconds = microseconds / 1_000_000
    let text = "\(pad(Int(seconds / 3600), 2)):\(pad(Int(seconds / 60 % 60), 2)):\(pad(Int(seconds % 60), 2))"
    return text + fraction(microseconds % 1_000_000)
  }

  private static func fraction(_ microseconds: Int64) -> String {
    guard microseconds != 0 else { return "" }
    var digits = pad(Int(microseconds.magnitude), 6)
    while digits.hasSuffix("0") { digits.removeLast() }
    return "." + digits
  }

  static func zone(secondsWest: Int32) -> String {
    let east = -Int(secondsWest)
    let size = abs(east)
    var text = (east < 0 ? "-" : "+") + pad(size / 3600, 2)
    if size % 3600 != 0 { text += ":" + pad(size / 60 % 60, 2) }
    if size % 60 != 0 { text += ":" + pad(size % 60, 2) }
    return text
  }

  static func timestamp(_ microseconds: Int64, zone: String) -> String {
    if microseconds == .max { return "infinity" }
    if microseconds == .min { return "-infinity" }
    var days = microseconds / perDay
    var rest = microseconds % perDay
    if rest < 0 {
      days -= 1
      rest += perDay
    }
    let (text, suffix) = calendar(Int(days))
    return text + " " + time(microseconds: rest) + zone + suffix
  }

  /// IntervalStyle `postgres`.
  static func interval(microseconds: Int64, days: Int32, months: Int32) -> String {
    var parts: [String] = []
    var wasNegative = false
    func add(_ number: Int, _ unit: String) {
      guard number != 0 else { return }
      parts.append((wasNegative && number > 0 ? "+" : "") + "\(number) \(unit)\(number == 1 ? "" : "s")")
      wasNegative = number < 0
    }
    add(Int(months) / 12, "year")
    add(Int(months) % 12, "mon")
    add(Int(days), "day")
    if microseconds != 0 || parts.isEmpty {
      let sign = microseconds < 0 ? "-" : wasNegative ? "+" : ""
      let magnitude = microseconds == .min ? Int64.max : abs(microseconds)
      parts.append(sign + time(microseconds: magnitude))
    }
    return parts.joined(separator: " ")
  }

  private static func pad(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
