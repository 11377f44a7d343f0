import Model

/// The whole session on one line: what has been played, and where changes, errors and gaps are.
struct Rail {
  private enum Sign: Int, Comparable {
    case none, change, gap, error

    static func < (left: Sign, right: Sign) -> Bool { left.rawValue < right.rawValue }
  }

  private let signs: [Sign]
  private let start: Timestamp
  private let length: Double

  init(_ timeline: Timeline, width: Int) {
    start = timeline.start
    length = Double(max(1, timeline.end.nanoseconds(since: timeline.start)))
    var signs = [Sign](repeating: .none, count: max(1, width))
    for event in timeline.events where !event.marks.isEmpty {
      let sign: Sign =
        if event.marks.contains(.error) { .error } else if event.marks.contains(.incomplete) {
          .gap
        } else if event.marks
          .contains(.change)
        { .change } else { .none }
      let column = Self.column(event.at, start, length, signs.count)
      signs[column] = max(signs[column], sign)
    }
    self.signs = signs
  }

  private static func column(_ time: Timestamp, _ start: Timestamp, _ length: Double, _ width: Int) -> Int {
    let share = Double(max(0, time.nanoseconds(since: start))) / length
    return min(width - 1, max(0, Int(share * Double(width - 1))))
  }

  /// The line, played up to a time.
  func line(at clock: Timestamp) -> StyledLine {
    let here = Self.column(clock, start, length, signs.count)
    var line = StyledLine()
    for (column, sign) in signs.enumerated() {
      let isPlayed = column < here
      if column == here {
        line.append("●", .strong)
        continue
      }
      switch sign {
      case .none: line.append(isPlayed ? "━" : "─", isPlayed ? .plain : .faint)
      case .change: line.append("◆", .change)
      case .gap: line.append("╱", .warning)
      case .error: line.append("✗", .error)
      }
    }
    return line
  }
}
