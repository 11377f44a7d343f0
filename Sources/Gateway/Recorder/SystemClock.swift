import Glibc
import Model

/// The machine's clocks.
enum SystemClock {
  /// Nanoseconds since the epoch.
  @Sendable static func now() -> Timestamp { Timestamp(nanoseconds: read(CLOCK_REALTIME)) }

  /// Nanoseconds since some moment; never goes back.
  static func monotonic() -> Int64 { read(CLOCK_MONOTONIC) }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
