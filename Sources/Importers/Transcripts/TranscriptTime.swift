import Model

/// Times as transcripts write them.
enum TranscriptTime {
  /// RFC 3339, and the ISO 8601 forms that agents write: a fraction of any length, a blank for the `T`, an offset with or
  /// without its colon. Without a zone it is held as if it were UTC (`hasZone` tells).
  static func instant(_ text: String) -> Timestamp? { parse(text)?.at }

  /// Whether a time says in which zone it is.
  static func hasZone(_ text: String) -> Bool { parse(text)?.hasZone == true }

  /// Seconds since 1970.
  static func seconds(_ number: Double) -> Timestamp? { scaled(number, 1_000_000_000) }

  /// Milliseconds since 1970.
  static func milliseconds(_ number: Double) -> Timestamp? { scaled(number, 1_000_000) }

  private static func scaled(_ number: Double, _ unit: Double) -> Timestamp? {
    // Fractions of a millisecond are beyond what a double of this size can tell.
    guard number.isFinite, let micros = Int64(exactly: (number * (unit / 1_000)).rounded()) else { return nil }
    let (nanoseconds, overflow) = micros.multipliedReportingOverflow(by: 1_000)
    return overflow ? nil : Timestamp(nanoseconds: nanoseconds)
  }

  private static func parse(_ text: String) -> (at: Timestamp, hasZone: Bool)? {
    guard text.utf8.count <= 64 else { return nil }
    var rest = Array(text.utf8)[...]
    func digits(_ count: Int, before mark: UInt8? = nil) -> Int? {
      guard rest.count >= count else { return nil }
      var value = 0
      for byte in rest.prefix(count) {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int(byte - 0x30)
      }
      rest = rest.dropFirst(count)
      if let mark {
        guard rest.first == mark else { return nil }
        rest = rest.dropFirst()
      }
      return value
    }
    guard let year = digits(4, before: 0x2D), let month = digits(2, before: 0x2D), let day = digits(2),
      let separator = rest.popFirst(),
      separator == 0x54 || separator == 0x74 || separator == 0x20, let hour = digits(2, before: 0x3A),
      let minute = digits(2), hour < 24, minute < 60
    else { return nil }
    var second = 0
    var nanosecond = 0
    if rest.first == 0x3A {
      rest = rest.dropFirst()
      guard let value = digits(2), value <= 60 else { return nil }
      second = value
    }
    if rest.first == 0x2E || rest.first == 0x2C {
      rest = rest.dropFirst()
      var unit = 100_000_000
      guard let first = rest.first, (0x30...0x39).contains(first) else { return nil }
      while let byte = rest.first, (0x30...0x39).contains(byte) {
        nanosecond += Int(byte - 0x30) * unit
        unit /= 10
        rest = rest.dropFirst()
      }
    }
    var offset = 0
    var hasZone = true
    switch rest.popFirst() {
    case nil: hasZone = false
    case 0x5A, 0x7A: break
    case let sign? where sign == 0x2B || sign == 0x2D:
      guard let hours = digits(2), hours < 24 else { return nil }
      if rest.first == 0x3A { rest = rest.dropFirst() }
      let minutes = rest.isEmpty ? 0 : digits(2)
      guard let minutes, minutes < 60 else { return nil }
      offset = (hours * 60 + minutes) * (sign == 0x2D ? -60 : 60)
    default: return nil
    }
    guard rest.isEmpty, let days = CivilTime.daysSinceEpoch(year: year, month: month, day: day) else { return nil }
    let seconds = Int64(days) * 86_400 + Int64(hour * 3_600 + minute * 60 + second - offset)
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, carried) = scaled.addingReportingOverflow(Int64(nanosecond))
    return overflow || carried ? nil : (Timestamp(nanoseconds: sum), hasZone)
  }
}
