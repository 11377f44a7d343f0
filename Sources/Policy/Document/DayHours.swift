import Model

/// Hours of certain days, UTC; from the later to the earlier time goes over midnight.
struct DayHours: Sendable, Hashable {
  /// Monday first, as ISO 8601 counts them.
  static let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  /// Minutes of the day.
  var from = 0
  /// Minutes of the day; not part of it.
  var to = 24 * 60
  /// The days on which it begins, 0 is Monday; empty means all.
  var days: Set<Int> = []

  func contains(_ time: Timestamp) -> Bool {
    let minute = Int(((time.seconds % 86_400) + 86_400) % 86_400 / 60)
    let day = (time.seconds - ((time.seconds % 86_400) + 86_400) % 86_400) / 86_400
    // 1970-01-01 was a Thursday.
    let weekday = Int(((day + 3) % 7 + 7) % 7)
    let isOvernight = from >= to
    let isMorning = isOvernight && minute < to
    guard isOvernight ? minute >= from || minute < to : (from..<to).contains(minute) else { return false }
    return days.isEmpty || days.contains(isMorning ? (weekday + 6) % 7 : weekday)
  }
}
