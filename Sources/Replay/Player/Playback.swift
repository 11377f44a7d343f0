import Model

/// Where a replay is and when it goes on. It knows no clock: the time is handed in, in nanoseconds of any steady clock.
struct Playback {
  static let speeds: ClosedRange<Double> = 0.0625...65_536

  let timeline: Timeline
  /// Events that are shown: all before this index.
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
  /// Where the pause between two events began.
  private var idleSince: Timestamp

  init(_ timeline: Timeline, speed: Double, skipsIdle: Bool, idleLimit: Int64) {
    self.timeline = timeline
    self.speed = speed.isFinite ? min(max(speed, Self.speeds.lowerBound), Self.speeds.upperBound) : 1
    self.skipsIdle = skipsIdle
    self.idleLimit = max(0, idleLimit)
    clock = timeline.start
    idleSince = timeline.start
  }

  var isAtEnd: Bool { position >= timeline.events.count }
  var isRunning: Bool { !isPaused && !isAtEnd }

  /// Time of the session until the next event comes, after what is skipped; nil at the end.
  private var timeToNext: Int64? {
    guard position < timeline.events.count else { return nil }
    let wait = max(0, timeline.events[position].at.nanoseconds(since: clock))
    guard skipsIdle else { return wait }
    return min(wait, max(0, idleLimit - max(0, clock.nanoseconds(since: idleSince))))
  }

  /// Time until the next event comes, as a person waits for it; nil when nothing comes by itself.
  var waitForNext: Int64? {
    guard isRunning, let wait = timeToNext else { return nil }
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
      guard wait <= rest else {
        clock.nanoseconds += rest
        return
      }
      rest -= wait
      show()
    }
  }

  private mutating func show() {
    // Events before the clock come when it seeks into the past of a session whose packets are out of order.
    clock = max(clock, timeline.events[position].at)
    idleSince = clock
    position += 1
  }

  mutating func faster() { speed = min(speed * 2, Self.speeds.upperBound) }
  mutating func slower() { speed = max(speed / 2, Self.speeds.lowerBound) }

  /// Shows all events before `index`, and no other.
  mutating func seek(to index: Int) {
    position = min(max(0, index), timeline.events.count)
    clock = position > 0 ? timeline.events[position - 1].at : timeline.start
    (idleSince, anchor) = (clock, nil)
  }

  /// Shows what had happened by a time, that time included.
  mutating func seek(to time: Timestamp) {
    let time = min(max(time, timeline.start), timeline.end)
    position = timeline.index(at: Timestamp(nanoseconds: time.nanoseconds &+ 1))
    clock = time
    (idleSince, anchor) = (clock, nil)
  }

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
