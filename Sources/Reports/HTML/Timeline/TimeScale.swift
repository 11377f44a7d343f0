import Model

/// Time on an axis from 0 to 1 where long stretches without any session are folded to a narrow break.
struct TimeScale {
  /// A stretch of time that is drawn in proportion.
  struct Segment {
    let from: Timestamp
    let until: Timestamp
    let start: Double
    let end: Double
  }

  /// At least one; in order; a break lies between each two.
  let segments: [Segment]

  /// Breaks at most: more would be a picture of breaks.
  private static let breakLimit = 6
  /// Part of the width that one break takes.
  private static let breakWidth = 0.025
  /// The least part of the width for a segment.
  private static let narrowest = 0.06

  /// `others` are points in time that have a place too.
  init(sessions: [Session], first: Timestamp, last: Timestamp, others: [Timestamp] = []) {
    var stretches = Self.activity(sessions, others, first: first, last: last)
    let active = stretches.reduce(0.0) { $0 + Double($1.until.nanoseconds(since: $1.from)) }
    // An idle time worth folding is longer than half of all activity, and long for a person too.
    let worth = max(active * 0.5, 20e9)
    var gaps: [(index: Int, length: Double)] = []
    for index in stretches.indices.dropFirst() {
      let idle = Double(stretches[index].from.nanoseconds(since: stretches[index - 1].until))
      if idle > worth { gaps.append((index, idle)) }
    }
    let folded = Set(gaps.sorted { ($1.length, $0.index) < ($0.length, $1.index) }.prefix(Self.breakLimit).map(\.index))
    var joined: [(from: Timestamp, until: Timestamp)] = []
    for (index, stretch) in stretches.enumerated() {
      if index == 0 || folded.contains(index) {
        joined.append(stretch)
      } else if let previous = joined.popLast() {
        joined.append((previous.from, stretch.until))
      }
    }
    stretches = joined
    segments = Self.place(stretches)
  }

  /// The times in which any session is open, merged and padded so that nothing has no length.
  private static func activity(
    _ sessions: [Session], _ others: [Timestamp], first: Timestamp, last: Timestamp
  ) -> [(from: Timestamp, until: Timestamp)] {
    var merged: [(from: Timestamp, until: Timestamp)] = []
    let all = sessions.map { ($0.startedAt, max($0.startedAt, $0.endedAt)) } + others.map { ($0, $0) }
    for (from, until) in all.sorted(by: { $0.0 < $1.0 }) {
      if let current = merged.last, from <= current.until {
        merged[merged.count - 1].until = max(current.until, until)
      } else {
        merged.append((from, until))
      }
    }
    guard !merged.isEmpty else { return [padded(first, last)] }
    return merged.map { padded($0.from, $0.until) }
  }

  private static func padded(_ from: Timestamp, _ until: Timestamp) -> (from: Timestamp, until: Timestamp) {
    let length = until.nanoseconds(since: from)
    let margin = max(length / 50, 500_000)
    let (start, tooEarly) = from.nanoseconds.subtractingReportingOverflow(margin)
    let (end, tooLate) = until.nanoseconds.addingReportingOverflow(margin)
    return (Timestamp(nanoseconds: tooEarly ? .min : start), Timestamp(nanoseconds: tooLate ? .max : end))
  }

  private static func place(_ stretches: [(from: Timestamp, until: Timestamp)]) -> [Segment] {
    let room = 1 - breakWidth * Double(stretches.count - 1)
    let lengths = stretches.map { Double($0.until.nanoseconds(since: $0.from)) }
    let total = max(lengths.reduce(0, +), 1)
    let spare = room - narrowest * Double(stretches.count)
    var at = 0.0
    return zip(stretches, lengths).map { stretch, length in
      let width = narrowest + spare * length / total
      defer { at += width + breakWidth }
      return Segment(from: stretch.from, until: stretch.until, start: at, end: at + width)
    }
  }

  /// Whether a time lies within what is drawn.
  func covers(_ time: Timestamp) -> Bool {
    guard let first = segments.first, let last = segments.last else { return false }
    return time >= first.from && time <= last.until
  }

  /// The place of a time, between 0 and 1.
  func position(_ time: Timestamp) -> Double {
    var previous: Segment?
    for segment in segments {
      if time < segment.from {
        guard let previous else { return segment.start }
        let part = share(time, previous.until, segment.from)
        return previous.end + part * (segment.start - previous.end)
      }
      if time <= segment.until {
        return segment.start + share(time, segment.from, segment.until) * (segment.end - segment.start)
      }
      previous = segment
    }
    return previous?.end ?? 1
  }

  private func share(_ time: Timestamp, _ from: Timestamp, _ until: Timestamp) -> Double {
    let length = Double(until.nanoseconds(since: from))
    return length > 0 ? min(1, max(0, Double(time.nanoseconds(since: from)) / length)) : 0
  }
}
