/// How the timestamps of a pcapng interface become nanoseconds: `if_tsresol` and `if_tsoffset`.
struct TimeResolution: Hashable {
  enum Unit: Hashable {
    case multiply(UInt64)
    case divide(UInt64)
    /// Of 2^-n seconds.
    case binary(UInt64)
    /// Finer than any 64-bit count of it makes a nanosecond.
    case none
  }

  private(set) var unit: Unit
  /// Seconds added to every timestamp.
  var offsetSeconds: Int64 = 0

  /// Microseconds, the default.
  static let microseconds = TimeResolution(option: 6)

  /// draft-ietf-opsawg-pcapng §4.2: the top bit chooses powers of two, the others are the negative exponent.
  init(option: UInt8) {
    let exponent = UInt64(option & 0x7f)
    if option & 0x80 != 0 {
      unit = exponent <= 94 ? .binary(exponent) : .none
    } else if exponent <= 9 {
      unit = .multiply(TimeResolution.powerOfTen(9 - exponent))
    } else {
      unit = exponent <= 28 ? .divide(TimeResolution.powerOfTen(exponent - 9)) : .none
    }
  }

  /// 10^19 is the largest that fits.
  private static func powerOfTen(_ exponent: UInt64) -> UInt64 {
    (0..<exponent).reduce(1) { value, _ in value &* 10 }
  }

  /// Nanoseconds since the epoch, or nil beyond what 64 bits hold (the years 1677 to 2262).
  @inline(__always)
  func nanoseconds(_ count: UInt64) -> Int64? {
    let scaled: UInt64
    switch unit {
    case .multiply(let factor):
      let (product, overflow) = count.multipliedReportingOverflow(by: factor)
      guard !overflow else { return nil }
      scaled = product
    case .divide(let divisor): scaled = count / divisor
    case .binary(let exponent):
      let product = count.multipliedFullWidth(by: 1_000_000_000)
      if exponent >= 64 {
        scaled = product.high >> (exponent - 64)
      } else {
        guard product.high >> exponent == 0 else { return nil }
        scaled = exponent == 0 ? product.low : product.high << (64 - exponent) | product.low >> exponent
      }
    case .none: scaled = 0
    }
    guard let time = Int64(exactly: scaled) else { return nil }
    guard offsetSeconds != 0 else { return time }
    let (shift, overflow) = offsetSeconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflowed) = time.addingReportingOverflow(shift)
    return overflow || overflowed ? nil : sum
  }
}
