extension Timestamp {
  /// Reads RFC 3339 in UTC to the second and nothing else: `2026-11-20T02:14:03Z`. There is one way to write a time, so that
  /// what is signed has one reading.
  public init?(utc text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 20 else { return nil }
    var fields: [Int] = []
    for (range, mark) in [(0..<4, "-"), (5..<7, "-"), (8..<10, "T"), (11..<13, ":"), (14..<16, ":"), (17..<19, "Z")] {
      var value = 0
      for byte in bytes[range] {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int(byte - 0x30)
      }
      guard bytes[range.upperBound] == mark.utf8.first else { return nil }
      fields.append(value)
    }
    guard let days = CivilTime.daysSinceEpoch(year: fields[0], month: fields[1], day: fields[2]), fields[3] < 24,
      fields[4] < 60, fields[5] < 60
    else { return nil }
    let seconds = Int64(days) * 86_400 + Int64(fields[3] * 3600 + fields[4] * 60 + fields[5])
    let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow else { return nil }
    self.init(nanoseconds: nanoseconds)
  }

  /// Whole seconds since the epoch, rounded down.
  public var seconds: Int64 {
    nanoseconds / 1_000_000_000 - (nanoseconds % 1_000_000_000 < 0 ? 1 : 0)
  }

  /// This, so many seconds later; the latest there is when that is beyond it.
  public func adding(seconds: Int64) -> Timestamp {
    let (span, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflow) = nanoseconds.addingReportingOverflow(isTooLong ? (seconds < 0 ? .min : .max) : span)
    return Timestamp(nanoseconds: overflow ? (seconds < 0 ? .min : .max) : sum)
  }
}
