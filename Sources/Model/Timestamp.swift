/// Nanoseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Hashable, Comparable, Sendable {
  public var nanoseconds: Int64

  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  public static let epoch = Timestamp(nanoseconds: 0)

  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }

  /// Nanoseconds from `earlier` to this, saturating.
  public func nanoseconds(since earlier: Timestamp) -> Int64 {
    let (difference, overflow) = nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
    guard overflow else { return difference }
    return nanoseconds < earlier.nanoseconds ? .min : .max
  }
}

extension Timestamp: CustomStringConvertible {
  /// RFC 3339 in UTC with nanoseconds: `2026-11-20T02:14:03.000000000Z`.
  public var description: String { formatted(fractionDigits: 9) }

  /// RFC 3339 in UTC with 0 to 9 digits of the second, cut (not rounded).
  public func formatted(fractionDigits: Int) -> String {
    let civil = CivilTime(self)
    var text = "\(pad(civil.year, 4))-\(pad(civil.month, 2))-\(pad(civil.day, 2))"
    text += "T\(pad(civil.hour, 2)):\(pad(civil.minute, 2)):\(pad(civil.second, 2))"
    if fractionDigits > 0 { text += "." + pad(civil.nanosecond, 9).prefix(min(fractionDigits, 9)) }
    return text + "Z"
  }

  /// `02:14:03.000`, UTC.
  public func clock(fractionDigits: Int = 3) -> String {
    String(formatted(fractionDigits: fractionDigits).dropFirst(11).dropLast())
  }
}

func pad(_ number: Int, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
