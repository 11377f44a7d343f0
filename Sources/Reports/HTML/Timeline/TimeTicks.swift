import Model

/// Round times to mark on an axis.
struct TimeTicks {
  struct Tick {
    let time: Timestamp
    let label: String
  }

  let ticks: [Tick]

  private static let second: Int64 = 1_000_000_000
  /// Steps that people count in.
  private static let steps: [Int64] =
    [1, 2, 5, 10, 20, 50, 100, 200, 500].map { $0 * 1000 }
    + [1, 2, 5, 10, 20, 50, 100, 200, 500].map { $0 * 1_000_000 }
    + [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800]
    .map { $0 * second }

  /// As many ticks as fit between two times, `room` of them at most.
  init(from: Timestamp, until: Timestamp, room: Int) {
    let length = until.nanoseconds(since: from)
    let wanted = length / Int64(max(1, room))
    var step = Self.steps.first { $0 >= wanted } ?? Self.steps[Self.steps.count - 1]
    while length / step > Int64(max(1, room)) * 2 {
      let (longer, overflow) = step.multipliedReportingOverflow(by: 2)
      guard !overflow else { break }
      step = longer
    }
    var ticks: [Tick] = []
    let rest = from.nanoseconds % step
    var at = rest == 0 ? from.nanoseconds : from.nanoseconds &- rest &+ (rest > 0 ? step : 0)
    while at <= until.nanoseconds, ticks.count <= max(1, room) * 2 {
      let time = Timestamp(nanoseconds: at)
      ticks.append(Tick(time: time, label: Self.label(time, step: step)))
      let (next, overflow) = at.addingReportingOverflow(step)
      guard !overflow else { break }
      at = next
    }
    self.ticks = ticks
  }

  private static func label(_ time: Timestamp, step: Int64) -> String {
    switch step {
    case (86_400 * second)...: Figures.day(time)
    case (60 * second)...: String(time.clock(fractionDigits: 0).prefix(5))
    case second...: time.clock(fractionDigits: 0)
    case 1_000_000...: time.clock(fractionDigits: 3)
    default: time.clock(fractionDigits: 6)
    }
  }
}
