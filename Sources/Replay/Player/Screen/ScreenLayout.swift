import Terminal

/// Where the parts of the screen view stand, for one size of the person's terminal and one of the captured.
struct ScreenLayout: Hashable {
  /// Columns of the list of commands, from which it is worth having.
  private static let listColumns = 28...64
  /// Rows from which the rail has a row of its own.
  private static let rowsWithRail = 8

  /// Rows above the status line and the rail.
  let height: Int
  let hasStatus: Bool
  let hasRail: Bool
  /// Lines above and below the captured screen.
  let hasLid: Bool
  /// Lines to its left and right. They say where it goes on beyond them.
  let hasSides: Bool
  /// How much of the captured screen is shown.
  let columns: Int
  let rows: Int
  /// Column where the list of commands begins; nil when there is no room.
  let listColumn: Int?
  let listWidth: Int

  /// `isBare` leaves all rows to the captured screen.
  init(window: WindowSize, captured: TerminalSize, isBare: Bool, hasCommands: Bool) {
    hasStatus = !isBare
    // A captured screen that fits but for the rail has its row.
    hasRail = !isBare && window.rows >= Self.rowsWithRail && captured.rows + 1 != window.rows
    height = window.rows - (hasStatus ? 1 : 0) - (hasRail ? 1 : 0)
    hasLid = !isBare && captured.rows + 2 <= height
    hasSides = !isBare && captured.columns + 2 <= window.columns || captured.columns > window.columns
    rows = min(captured.rows, height - (hasLid ? 2 : 0))
    columns = min(captured.columns, window.columns - (hasSides ? 2 : 0))
    let begin = columns + 3
    let room = window.columns - begin
    if !isBare, hasCommands, hasSides, room >= Self.listColumns.lowerBound, height >= 6 {
      listColumn = begin
      listWidth = min(room, Self.listColumns.upperBound)
    } else {
      listColumn = nil
      listWidth = 0
    }
  }

  /// Row and column where the captured screen begins.
  var origin: (row: Int, column: Int) { (hasLid ? 1 : 0, hasSides ? 1 : 0) }
}
