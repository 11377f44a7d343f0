/// Numbers for people.
enum Figures {
  /// `1,234,567`.
  static func count(_ number: some BinaryInteger) -> String {
    var text = ""
    for (index, digit) in String(number.magnitude).reversed().enumerated() {
      if index > 0, index % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (number < 0 ? "-" : "") + String(text.reversed())
  }

  /// `1 row`, `2 rows`.
  static func of(_ number: some BinaryInteger, _ noun: String) -> String {
    "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  /// `0.312 ms`, `41.203 ms`, as psql's `\timing`; `5.3 s`, `4 min 12 s`, `2 h 5 min` for what a person waits for.
  static func duration(nanoseconds: Int64) -> String {
    let nanoseconds = max(0, nanoseconds)
    if nanoseconds < 1_000_000_000 {
      return "\(nanoseconds / 1_000_000).\(padded(nanoseconds / 1000 % 1000, 3)) ms"
    }
    return coarse(nanoseconds: nanoseconds)
  }

  /// `0.3 s`, `4 min 12 s`, `2 h 5 min`, `3 d 4 h`.
  static func coarse(nanoseconds: Int64) -> String {
    let seconds = max(0, nanoseconds) / 1_000_000_000
    switch seconds {
    case ..<60: return "\(seconds).\(max(0, nanoseconds) / 100_000_000 % 10) s"
    case ..<3600: return "\(seconds / 60) min \(seconds % 60) s"
    case ..<86_400: return "\(seconds / 3600) h \(seconds / 60 % 60) min"
    default: return "\(seconds / 86_400) d \(seconds / 3600 % 24) h"
    }
  }

  /// `01:04`, `1:01:04`.
  static func clock(nanoseconds: Int64) -> String {
    let seconds = max(0, nanoseconds) / 1_000_000_000
    let short = "\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    return seconds < 3600 ? short : "\(seconds / 3600):" + short
  }

  static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
