import Model

/// Where a replay is and when it goes on. It knows no clock: the time is handed in, in nanoseconds of any steady clock.
struct Playback<Track: Moments> {
  /// Times the recorded pace.
  static var speeds: ClosedRange<Double> { 0.0625...65_536 }

  let track: Track
  /// Moments that are shown: all before this index.
  private(set) var position = 0
  /// The time of the session that the replay has come to.
  private(set) var clock: Timestamp
  private(set) var speed: Double
  var isPaused = false {
    didSet { anchor = nil }
  }
  /// Idle time is cut to this long, in the session's own time.
  let idleLimit: Int64
  var skipsIdle: Bool
  /// When the replay was last moved on; nil until it runs.
  private var anchor: Int64?
  /// Where the pause between two moments began.
  private var idleSince: Timestamp
  /// Time of the session that was passed over since the last seek.
  private(set) var skippedNanoseconds: Int64 = 0

  init(_ track: Track, speed: Double, skipsIdle: Bool, idleLimit: Int64) {
    self.track = track
    self.speed = Self.clamped(speed)
    self.skipsIdle = skipsIdle
    self.idleLimit = max(0, idleLimit)
    clock = track.start
    idleSince = track.start
  }

  private static func clamped(_ speed: Double) -> Double {
    speed.isFinite ? min(max(speed, speeds.lowerBound), speeds.upperBound) : 1
  }

  var isAtEnd: Bool { position >= track.count }
  var isRunning: Bool { !isPaused && !isAtEnd }

  /// Time of the session until the next moment comes, and what of it is left after skipping; nil at the end.
  private var timeToNext: (whole: Int64, kept: Int64)? {
    guard position < track.count else { return nil }
    let wait = max(0, track.time(of: position).nanoseconds(since: clock))
    guard skipsIdle else { return (wait, wait) }
    return (wait, min(wait, max(0, idleLimit - max(0, clock.nanoseconds(since: idleSince)))))
  }

  /// Time until the next moment comes, as a person waits for it; nil when nothing comes by itself.
  var waitForNext: Int64? {
    guard isRunning, let wait = timeToNext?.kept else { return nil }
    let scaled = (Double(wait) / speed).rounded(.up)
    return scaled < 9e18 ? Int64(scaled) : .max
  }

  /// Moves on to what has happened by `now`.
  mutating func advance(to now: Int64) {
    guard isRunning else {
      anchor = nil
      return
    }
    let passed = Double(max(0, now - (anchor ?? now))) * speed
    var rest = passed < 9e18 ? Int64(passed) : .max
    anchor = now
    while let wait = timeToNext {
      guard wait.kept <= rest else {
        clock.nanoseconds += rest
        return
      }
      rest -= wait.kept
      let (skipped, overflow) = skippedNanoseconds.addingReportingOverflow(wait.whole - wait.kept)
      skippedNanoseconds = overflow ? .max : skipped
      show()
    }
  }

  private mutating func show() {
    // Moments before the clock come when it seeks into the past of a session whose packets are out of order.
    clock = max(clock, track.time(of: position))
    idleSince = clock
    position += 1
  }

  mutating func setSpeed(_ speed: Double) { self.speed = Self.clamped(speed) }
  mutating func faster() { speed = min(speed * 2, Self.speeds.upperBound) }
  mutating func slower() { speed = max(speed / 2, Self.speeds.lowerBound) }

  /// Shows all moments before `index`, and no other.
  mutating func seek(to index: Int) {
    position = min(max(0, index), track.count)
    clock = position > 0 ? track.time(of: position - 1) : track.start
    settle()
  }

  /// Shows what had happened by a time, that time included.
  mutating func seek(to time: Timestamp) {
    let time = min(max(time, track.start), track.end)
    position = track.index(at: Timestamp(nanoseconds: time.nanoseconds &+ 1))
    clock = time
    settle()
  }

  /// Begins to count anew where it is.
  private mutating func settle() { (idleSince, anchor, skippedNanoseconds) = (clock, nil, 0) }
}

extension Playback<Timeline> {
  var timeline: Timeline { track }

  /// Whether a person who steps stops behind the event before `index`: a statement and its result are one step.
  func isStop(_ index: Int) -> Bool {
    guard index > 0, index < timeline.events.count else { return true }
    let shown = timeline.events[index - 1]
    let next = timeline.events[index]
    return shown.kind != .statement || next.kind != .result || next.number != shown.number
  }

  /// The stop after `index`.
  func stop(after index: Int) -> Int {
    var index = min(index + 1, timeline.events.count)
    while !isStop(index) { index += 1 }
    return index
  }

  /// The stop before `index`; the first event is always shown.
  func stop(before index: Int) -> Int {
    var index = max(1, index - 1)
    while index > 1, !isStop(index) { index -= 1 }
    return min(index, timeline.events.count)
  }
}
