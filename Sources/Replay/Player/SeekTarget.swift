public import Model

/// A place in a session, as a person names it.
public enum SeekTarget: Hashable, Sendable {
  /// Before the event with this index.
  case event(Int)
  case time(Timestamp)

  /// Reads `17` and `#17` (an action of the session), an action's id, `02:16:37.5` (a time of day, UTC),
  /// `2026-11-20T02:16:37Z`, `+90`, `-5m`, `+1h` (from here), `50%`, `start` and `end`; nil for anything else.
  /// The replay is at `clock`. The start, the end and shares are those of `range`, or of the session without one.
  public init?(
    parsing text: String, in timeline: Timeline, from clock: Timestamp, within range: ClosedRange<Timestamp>? = nil
  ) {
    let text = text.unicodeScalars.filter { $0 != " " }
    let word = String(String.UnicodeScalarView(text))
    let number = word.hasPrefix("#") ? Substring(word.dropFirst()) : Substring(word)
    if word == "start" {
      self = range.map { .time($0.lowerBound) } ?? .event(0)
    } else if word == "end" {
      self = range.map { .time($0.upperBound) } ?? .event(timeline.events.count)
    } else if let index = timeline.index(of: word) {
      self = .event(index)
    } else if number.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let sequence = Int32(number) {
      guard let index = timeline.index(of: "\(timeline.session.id).\(sequence)") else { return nil }
      self = .event(index)
    } else if word.hasSuffix("%"), let percent = Double(word.dropLast()), (0...100).contains(percent) {
      let range = range ?? timeline.start...max(timeline.start, timeline.end)
      let length = Double(range.upperBound.nanoseconds(since: range.lowerBound))
      self = .time(Self.moved(range.lowerBound, by: length * percent / 100))
    } else if word.hasPrefix("+") || word.hasPrefix("-"), let distance = Self.distance(word) {
      self = .time(Self.moved(clock, by: distance))
    } else if let time = Self.time(word, in: timeline) {
      self = .time(time)
    } else {
      return nil
    }
  }

  private static func moved(_ time: Timestamp, by nanoseconds: Double) -> Timestamp {
    let distance = Int64(min(max(nanoseconds, -4e18), 4e18))
    let (sum, overflow) = time.nanoseconds.addingReportingOverflow(distance)
    return Timestamp(nanoseconds: overflow ? (distance < 0 ? .min : .max) : sum)
  }

  /// `+90`, `-5m`, `+1.5h`, in nanoseconds.
  private static func distance(_ word: String) -> Double? {
    let units: [Character: Double] = ["s": 1e9, "m": 60e9, "h": 3600e9]
    guard let last = word.last else { return nil }
    let number = units[last] == nil ? Substring(word) : word.dropLast()
    guard let value = Double(number), value.isFinite else { return nil }
    return value * (units[last] ?? 1e9)
  }

  /// A time of day, on the session's first day when that is not before its start, else on the next; or date and time.
  private static func time(_ word: String, in timeline: Timeline) -> Timestamp? {
    let day: Int64 = 86_400_000_000_000
    let start = timeline.start.nanoseconds
    let midnight = start - ((start % day) + day) % day
    let parts = word.split(separator: "T", omittingEmptySubsequences: false)
    let clock = parts.last.map { $0.hasSuffix("Z") ? $0.dropLast() : $0 }
    guard let clock, let time = clockTime(clock) else { return nil }
    if parts.count == 2 {
      // Days around the session's own are enough.
      for offset in -1...370 {
        let candidate = midnight + Int64(offset) * day
        if Timestamp(nanoseconds: candidate).formatted(fractionDigits: 0).hasPrefix(parts[0]), parts[0].utf8.count == 10
        {
          return Timestamp(nanoseconds: candidate + time)
        }
      }
      return nil
    }
    guard parts.count == 1 else { return nil }
    let today = midnight + time
    // A little before the start is meant as the start, and not as the next day.
    return Timestamp(nanoseconds: today < start && today + day <= timeline.end.nanoseconds ? today + day : today)
  }

  /// `2:16`, `02:16:37`, `02:16:37.5` in nanoseconds since midnight.
  private static func clockTime(_ text: Substring) -> Int64? {
    let fields = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(fields.count), let hour = Int64(fields[0]), (0..<24).contains(hour),
      let minute = Int64(fields[1]), (0..<60).contains(minute)
    else { return nil }
    guard fields.count == 3 else { return (hour * 3600 + minute * 60) * 1_000_000_000 }
    guard let second = Double(fields[2]), (0..<61).contains(second) else { return nil }
    return (hour * 3600 + minute * 60) * 1_000_000_000 + Int64((second * 1e9).rounded())
  }
}
