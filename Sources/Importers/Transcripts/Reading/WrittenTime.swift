import Bytes
import Model

/// A point in time as a transcript writes it.
struct WrittenTime: Sendable, Hashable {
  var at: Timestamp
  /// No zone is given: the wall clock of an unknown place, held as if it were UTC.
  var isLocal: Bool

  private init(at: Timestamp, isLocal: Bool) { (self.at, self.isLocal) = (at, isLocal) }

  /// A text of ISO 8601, or a number since 1970 whose size tells its unit.
  init?(_ value: JSONValue?) {
    guard let value else { return nil }
    switch value.content {
    case .string(let text): self.init(text)
    case .number(let text): self.init(number: text)
    case .object, .array, .bool, .null: return nil
    }
  }

  /// A time as `TranscriptTime` reads it, or a number as text.
  init?(_ text: String) {
    guard let at = TranscriptTime.instant(text) else {
      self.init(number: text)
      return
    }
    self.init(at: at, isLocal: !TranscriptTime.hasZone(text))
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
    self.init(at: Timestamp(nanoseconds: product + (Int64(padded) ?? 0)), isLocal: false)
  }
}
