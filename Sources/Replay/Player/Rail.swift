import Model

/// A whole replay on one line: what has been played, and where changes, errors and gaps are.
struct Rail {
  /// What stands at a place; the later ones win where there is no room for both.
  enum Sign: Int, Comparable {
    case none, command, change, gap, error

    static func < (left: Sign, right: Sign) -> Bool { left.rawValue < right.rawValue }
  }

  private let signs: [Sign]
  private let start: Timestamp
  private let length: Double

  init(_ timeline: Timeline, width: Int) {
    let marked = timeline.events.lazy.filter { !$0.marks.isEmpty }.map { event in
      let sign: Sign =
        if event.marks.contains(.error) {
          .error
        } else if event.marks.contains(.incomplete) {
          .gap
        } else if event.marks.contains(.change) {
          .change
        } else {
          .none
        }
      return (event.at, sign)
    }
    self.init(marked, from: timeline.start, until: timeline.end, width: width)
  }

  init(_ signs: some Sequence<(Timestamp, Sign)>, from start: Timestamp, until end: Timestamp, width: Int) {
    self.start = start
    length = Double(max(1, end.nanoseconds(since: start)))
    var line = [Sign](repeating: .none, count: max(1, width))
    for (time, sign) in signs {
      let column = Self.column(time, start, length, line.count)
      line[column] = max(line[column], sign)
    }
    self.signs = line
  }

  private static func column(_ time: Timestamp, _ start: Timestamp, _ length: Double, _ width: Int) -> Int {
    let share = Double(max(0, time.nanoseconds(since: start))) / length
    return min(width - 1, max(0, Int(min(share, 1) * Double(width - 1))))
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
      case .command: line.append(isPlayed ? "┷" : "┴", isPlayed ? .plain : .faint)
      case .change: line.append("◆", .change)
      case .gap: line.append("╱", .warning)
      case .error: line.append("✗", .error)
      }
    }
    return line
  }
}
