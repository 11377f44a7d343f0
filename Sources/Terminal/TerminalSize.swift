/// Columns and rows of a terminal, always within bounds.
public struct TerminalSize: Hashable, Sendable {
  /// The widest and tallest terminal that is drawn: a recording that claims more would only cost memory.
  public static let columnLimit = 1000
  /// See `columnLimit`.
  public static let rowLimit = 1000
  /// What a terminal is taken for that does not tell its size.
  public static let standard = TerminalSize(columns: 80, rows: 24)

  public let columns: Int
  public let rows: Int

  /// Clamped to 1...1000 each.
  public init(columns: Int, rows: Int) {
    self.columns = min(max(columns, 1), Self.columnLimit)
    self.rows = min(max(rows, 1), Self.rowLimit)
  }

  /// The text of a `resize` record: `<columns>x<rows>`; nil when it says neither.
  public init?(text: some StringProtocol) {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false)
    guard parts.count == 2, let columns = parts.first.flatMap({ Int($0) }), let rows = parts.last.flatMap({ Int($0) }),
      columns > 0, rows > 0
    else { return nil }
    self.init(columns: columns, rows: rows)
  }
}
