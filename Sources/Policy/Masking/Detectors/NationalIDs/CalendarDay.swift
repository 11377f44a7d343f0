/// Whether two numbers are a day and a month that there are; years are not told apart, so that February has 29 days.
enum CalendarDay {
  static func isValid(day: Int, month: Int) -> Bool {
    guard day >= 1 else { return false }
    switch month {
    case 1, 3, 5, 7, 8, 10, 12: return day <= 31
    case 4, 6, 9, 11: return day <= 30
    case 2: return day <= 29
    default: return false
    }
  }
}
