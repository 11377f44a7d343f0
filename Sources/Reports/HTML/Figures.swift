import Model

/// Numbers, sizes, spans and times as people read them. No locale: the same everywhere.
enum Figures {
  /// `12,345`.
  static func count(_ number: some BinaryInteger) -> String {
    let digits = String(number.magnitude)
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { grouped.append(",") }
      grouped.append(digit)
    }
    return number < 0 ? "−" + grouped : grouped
  }

  /// `1 change`, `2 changes`.
  static func count(_ number: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
    "\(count(number)) \(number == 1 ? one : many ?? one + "s")"
  }

  /// `1,448 bytes`, `1.2 MB`: powers of 1,000.
  static func bytes(_ number: UInt64) -> String {
    guard number >= 10_000 else { return count(number, "byte") }
    var unit: UInt64 = 1000
    for name in ["kB", "MB", "GB", "TB"] {
      let (next, overflow) = unit.multipliedReportingOverflow(by: 1000)
      if number < next || overflow { return decimal(number, per: unit) + " " + name }
      unit = next
    }
    return decimal(number, per: unit) + " PB"
  }

  /// One digit after the point below a hundred where it is not zero; cut, not rounded.
  private static func decimal(_ number: UInt64, per unit: UInt64) -> String {
    let whole = number / unit
    let tenths = number % unit / (unit / 10)
    guard whole < 100, tenths > 0 else { return count(whole) }
    return "\(whole).\(tenths)"
  }

  /// `35 µs`, `1.2 ms`, `34 s`, `1 min 12 s`, `2 h 5 min`, `3 d 4 h`.
  static func span(nanoseconds: Int64) -> String {
    let length = nanoseconds.magnitude
    switch length {
    case 0: return "0 s"
    case ..<1000: return "\(length) ns"
    case ..<1_000_000: return "\(length / 1000) µs"
    case ..<1_000_000_000: return decimal(length, per: 1_000_000) + " ms"
    case ..<60_000_000_000: return decimal(length, per: 1_000_000_000) + " s"
    default: break
    }
    let seconds = length / 1_000_000_000
    let (major, minor, names): (UInt64, UInt64, (String, String)) =
      switch seconds {
      case ..<3600: (seconds / 60, seconds % 60, ("min", "s"))
      case ..<86_400: (seconds / 3600, seconds / 60 % 60, ("h", "min"))
      default: (seconds / 86_400, seconds / 3600 % 24, ("d", "h"))
      }
    return minor == 0 ? "\(major) \(names.0)" : "\(major) \(names.0) \(minor) \(names.1)"
  }

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// `20 Nov 2026`.
  static func date(_ time: Timestamp) -> String {
    let civil = CivilTime(time)
    return "\(civil.day) \(month(civil)) \(civil.year)"
  }

  /// `20 Nov`.
  static func day(_ time: Timestamp) -> String {
    let civil = CivilTime(time)
    return "\(civil.day) \(month(civil))"
  }

  private static func month(_ civil: CivilTime) -> String {
    months.indices.contains(civil.month - 1) ? months[civil.month - 1] : "?"
  }

  /// The first sixteen digits of a digest, for the eye only.
  static func short(_ digest: String) -> String { digest.count > 16 ? digest.prefix(16) + "…" : digest }
}

/// Times of one case: without the date where all of it is of one day.
struct CaseClock {
  let showsDate: Bool

  init(first: Timestamp, last: Timestamp) { showsDate = Figures.date(first) != Figures.date(last) }

  /// `02:15:47.312`, or `20 Nov 02:15:47.312`.
  func time(_ time: Timestamp, fractionDigits: Int = 3) -> String {
    let clock = time.clock(fractionDigits: fractionDigits)
    return showsDate ? Figures.day(time) + " " + clock : clock
  }
}

extension HTMLWriter {
  /// A time for people, with all its digits for machines.
  mutating func time(_ time: Timestamp, _ clock: CaseClock, fractionDigits: Int = 3) {
    element(
      "time", HTMLAttribute("datetime", time.description), text: clock.time(time, fractionDigits: fractionDigits))
  }
}
