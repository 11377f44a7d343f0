/// Numbers for people.
enum Quantity {
  /// `1,234,567`.
  static func count(_ number: Int) -> String {
    var text = ""
    for (index, digit) in String(number.magnitude).reversed().enumerated() {
      if index > 0, index % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (number < 0 ? "-" : "") + String(text.reversed())
  }

  /// `512 B`, `4.2 kB`, `1.3 GB` (powers of 1,000).
  static func bytes(_ number: UInt64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
    var value = Double(number)
    var unit = 0
    while value >= 999.95, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    if unit == 0 { return "\(number) B" }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }

  /// `3 ms`, `1.2 s`, `4 min 5 s`.
  static func duration(nanoseconds: Int64) -> String {
    switch nanoseconds {
    case ..<1_000_000: return "\(max(0, nanoseconds) / 1000) µs"
    case ..<1_000_000_000: return "\(nanoseconds / 1_000_000) ms"
    case ..<60_000_000_000:
      let tenths = nanoseconds / 100_000_000
      return "\(tenths / 10).\(tenths % 10) s"
    default:
      let seconds = nanoseconds / 1_000_000_000
      return seconds < 3600 ? "\(seconds / 60) min \(seconds % 60) s" : "\(seconds / 3600) h \(seconds / 60 % 60) min"
    }
  }

  /// `1 change`, `2 changes`.
  static func of(_ number: Int, _ noun: String) -> String { "\(count(number)) \(noun)\(number == 1 ? "" : "s")" }
}
