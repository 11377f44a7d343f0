/// Columns and rows of the terminal in front of the person who watches: at least what a player can draw in.
public struct WindowSize: Hashable, Sendable {
  public var columns: Int
  public var rows: Int

  /// Clamped to what can be drawn in; a terminal that does not know its size says 0 and gets 80 by 24.
  public init(columns: Int, rows: Int) {
    self.columns = columns > 0 ? min(max(columns, 20), 1000) : 80
    self.rows = rows > 0 ? min(max(rows, 3), 500) : 24
  }
}
