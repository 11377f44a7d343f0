public import ArgumentParser
import Foundation
public import Model

extension Timestamp: ExpressibleByArgument {
  /// RFC 3339 (`2026-11-20T02:14:03Z`, a fraction and an offset are fine), a date, or nanoseconds since the epoch.
  public init?(argument: String) {
    if let nanoseconds = Int64(argument) {
      self.init(nanoseconds: nanoseconds)
      return
    }
    let formatter = ISO8601DateFormatter()
    for options in [
      ISO8601DateFormatter.Options.withInternetDateTime, [.withInternetDateTime, .withFractionalSeconds],
      .withFullDate,
    ] {
      formatter.formatOptions = options
      guard let date = formatter.date(from: argument) else { continue }
      let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
      guard milliseconds.magnitude < 9e15 else { return nil }
      self.init(nanoseconds: Int64(milliseconds) * 1_000_000)
      return
    }
    return nil
  }
}
