public import Model

/// The state of a replay in a terminal: which event is next, when, and what a key does. It knows no clock.
public struct Player: Sendable {
  public enum Key: Sendable {
    case pause, forward, back, faster, slower, skipIdle, first, last, quit
  }

  public enum Step: Sendable {
    /// Show the event with this index, after waiting this long.
    case show(Int, afterNanoseconds: Int64)
    /// Wait for a key.
    case wait
    case end
  }

  /// Longest wait while idle time is skipped, in nanoseconds.
  public static let idleLimit: Int64 = 1_000_000_000

  public let timeline: Timeline
  public private(set) var position = 0
  public private(set) var isPaused = false
  public private(set) var speed = 1.0
  public private(set) var skipsIdle: Bool
  /// Show the next event at once: the person asked for it.
  private var isImmediate = true
  public private(set) var needsRedraw = false

  public init(_ timeline: Timeline, speed: Double = 1, skipsIdle: Bool = false) {
    self.timeline = timeline
    self.speed = min(max(speed, 0.01), 10_000)
    self.skipsIdle = skipsIdle
  }

  /// What comes next.
  public var next: Step {
    guard position < timeline.events.count else { return isPaused ? .wait : .end }
    if isImmediate { return .show(position, afterNanoseconds: 0) }
    if isPaused { return .wait }
    let before = position > 0 ? timeline.events[position - 1].at : timeline.session.startedAt
    var wait = max(0, timeline.events[position].at.nanoseconds(since: before))
    if skipsIdle { wait = min(wait, Player.idleLimit) }
    let scaled = Double(wait) / speed
    return .show(position, afterNanoseconds: scaled < 9e18 ? Int64(scaled) : .max)
  }

  /// The event at `position` was shown.
  public mutating func shown() {
    position += 1
    isImmediate = false
    needsRedraw = false
  }

  /// Takes a key. False when the replay is to end.
  public mutating func press(_ key: Key) -> Bool {
    switch key {
    case .pause: isPaused.toggle()
    case .forward: isImmediate = true
    case .back:
      position = max(0, position - 2)
      (isPaused, isImmediate, needsRedraw) = (true, true, true)
    case .faster: speed = min(speed * 2, 10_000)
    case .slower: speed = max(speed / 2, 0.01)
    case .skipIdle: skipsIdle.toggle()
    case .first:
      position = 0
      (isImmediate, needsRedraw) = (true, true)
    case .last:
      position = max(0, timeline.events.count - 1)
      (isPaused, isImmediate, needsRedraw) = (true, true, true)
    case .quit: return false
    }
    return true
  }

  /// Goes to the first event at or after a time.
  public mutating func seek(to time: Timestamp) {
    position = timeline.events.firstIndex { $0.at >= time } ?? max(0, timeline.events.count - 1)
    (isImmediate, needsRedraw) = (true, true)
  }

  /// Goes to an action.
  ///
  /// - Returns: false when the session has none with that id.
  public mutating func seek(to actionID: String) -> Bool {
    let found = timeline.events.firstIndex { event in
      if case .action(let action) = event.kind { return action.id == actionID }
      return false
    }
    guard let found else { return false }
    position = found
    (isImmediate, needsRedraw) = (true, true)
    return true
  }

  /// `17/240  4×  paused  skipping idle`.
  public var status: String {
    var text = "\(min(position, timeline.events.count))/\(timeline.events.count)"
    text += speed == speed.rounded() ? "  \(Int(speed))×" : "  \(speed)×"
    if isPaused { text += "  paused" }
    if skipsIdle { text += "  skipping idle" }
    return text
  }
}
