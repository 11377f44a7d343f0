import Bytes
import Model

/// A point in time as a transcript writes it.
struct WrittenTime: Sendable, Hashable {
  var at: Timestamp
  /// No zone is given: the wall clock of an unknown place, held as if it were UTC.
  var isLocal = false

  /// A text of ISO 8601, or a number since 1970 whose size tells its unit.
  init?(_ value: JSONValue?) {
    guard let value else { return nil }
    switch value.content {
    case .string(let text): self.init(text)
    case .number(let text): self.init(number: text)
    case .object, .array, .bool, .null: return nil
    }
  }

  /// `2026-11-20T02:14:03.5Z`, with a blank for the `T`, an offset or none; or a number as text.
  init?(_ text: String) {
    let bytes = Array(text.utf8.prefix(64))
    var rest = bytes[...]
    guard let year = Self.digits(&rest, 4), Self.take(&rest, "-"), let month = Self.digits(&rest, 2),
      Self.take(&rest, "-"), let day = Self.digits(&rest, 2)
    else {
      self.init(number: text)
      return
    }
    guard (1970...2261).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
    var seconds = Self.days(year, month, day) * 86_400
    var nanoseconds = 0
    isLocal = true
    if Self.take(&rest, "T") || Self.take(&rest, " ") {
      guard let hour = Self.digits(&rest, 2), Self.take(&rest, ":"), let minute = Self.digits(&rest, 2),
        hour < 24, minute < 60
      else { return nil }
      seconds += hour * 3600 + minute * 60
      if Self.take(&rest, ":") {
        guard let second = Self.digits(&rest, 2), second <= 60 else { return nil }
        seconds += second
        if Self.take(&rest, ".") || Self.take(&rest, ",") { nanoseconds = Self.fraction(&rest) }
      }
      _ = Self.take(&rest, " ")
      if Self.take(&rest, "Z") || rest.starts(with: "UTC".utf8) {
        isLocal = false
      } else if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
        rest = rest.dropFirst()
        guard let hours = Self.digits(&rest, 2) else { return nil }
        _ = Self.take(&rest, ":")
        let offset = hours * 3600 + (Self.digits(&rest, 2) ?? 0) * 60
        seconds += sign == UInt8(ascii: "+") ? -offset : offset
        isLocal = false
      }
    }
    at = Timestamp(nanoseconds: Int64(seconds) * 1_000_000_000 + Int64(nanoseconds))
  }

  /// Seconds up to 10^11, then milliseconds, microseconds and nanoseconds: all of them from 1973 to 5138.
  init?(number text: String) {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, first.utf8.count <= 19, let whole = Int64(first), whole > 0 else { return nil }
    let (unit, places): (Int64, Int) =
      switch whole {
      case ..<100_000_000_000: (1_000_000_000, 9)
      case ..<100_000_000_000_000: (1_000_000, 6)
      case ..<100_000_000_000_000_000: (1_000, 3)
      default: (1, 0)
      }
    let digits = (parts.count == 2 ? String(parts[1]) : "").prefix(places)
    guard digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    let padded = digits + String(repeating: "0", count: places - digits.count)
    let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
    guard !overflow, product < Int64.max - 1_000_000_000 else { return nil }
    at = Timestamp(nanoseconds: product + (Int64(padded) ?? 0))
  }

  private static func take(_ rest: inout ArraySlice<UInt8>, _ scalar: Unicode.Scalar) -> Bool {
    guard let first = rest.first, UInt32(first) == scalar.value else { return false }
    rest = rest.dropFirst()
    return true
  }

  private static func digits(_ rest: inout ArraySlice<UInt8>, _ count: Int) -> Int? {
    let found = rest.prefix(count)
    guard found.count == count, found.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    rest = rest.dropFirst(count)
    return found.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  /// Nanoseconds of the digits after the point.
  private static func fraction(_ rest: inout ArraySlice<UInt8>) -> Int {
    var value = 0
    var unit = 100_000_000
    while let byte = rest.first, (0x30...0x39).contains(byte) {
      value += Int(byte - 0x30) * unit
      unit /= 10
      rest = rest.dropFirst()
    }
    return value
  }

  /// Days since 1970 of a date of the Gregorian calendar: the inverse of `CivilTime.date`.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
