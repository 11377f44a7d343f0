import Glibc
public import Model

/// The two clocks that a leaf tells the time by.
public struct LogClock: Sendable {
  public struct Reading: Hashable, Sendable {
    /// As people know it; may be set back.
    public var wall: Timestamp
    /// Nanoseconds since the machine started; never goes back while it runs.
    public var monotonic: Int64

    public init(wall: Timestamp, monotonic: Int64) {
      self.wall = wall
      self.monotonic = monotonic
    }
  }

  public var read: @Sendable () -> Reading

  public init(read: @escaping @Sendable () -> Reading) { self.read = read }

  /// Of this machine.
  public static let system = LogClock {
    Reading(wall: Timestamp(nanoseconds: nanoseconds(CLOCK_REALTIME)), monotonic: nanoseconds(CLOCK_BOOTTIME))
  }

  private static func nanoseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    guard unsafe clock_gettime(clock, &time) == 0 else { return 0 }
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
