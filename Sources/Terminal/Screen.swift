/// Characters side by side that look the same.
public struct StyledRun: Hashable, Sendable {
  public var text: String
  public var style: CellStyle
  /// Columns that the run covers.
  public var width: Int
  /// Every character of the run covers two columns; otherwise every one covers one.
  public var isWide: Bool

  public init(text: String, style: CellStyle, width: Int, isWide: Bool = false) {
    self.text = text
    self.style = style
    self.width = width
    self.isWide = isWide
  }
}

extension StyledRun {
  /// The characters one by one, each with the marks over it. Characters of a text may join what is in cells of its own (two
  /// regional indicators, syllables of Hangul): here every cell is for itself.
  public var cells: [Substring] {
    if text.utf8.count == width { return text.indices.map { text[$0...$0] } }
    let scalars = text.unicodeScalars
    var cells: [Substring] = []
    cells.reserveCapacity(width)
    var start = scalars.startIndex
    for place in scalars.indices where place > start && CharacterColumns.count(scalars[place].value) > 0 {
      cells.append(Substring(scalars[start..<place]))
      start = place
    }
    if start < scalars.endIndex { cells.append(Substring(scalars[start...])) }
    return cells
  }
}

/// One row of a screen, from the left; plain blanks at its end are left out.
public struct ScreenRow: Hashable, Sendable {
  public var runs: [StyledRun]
  /// The text goes on in the next row because it reached the margin, not because a line ended.
  public var continues: Bool

  public init(runs: [StyledRun] = [], continues: Bool = false) {
    self.runs = runs
    self.continues = continues
  }

  public static let empty = ScreenRow()

  /// The characters, trailing blanks left out.
  public var text: String {
    var text = runs.count == 1 ? runs.first?.text ?? "" : runs.reduce(into: "") { $0 += $1.text }
    while text.utf8.last == 0x20 { text.unicodeScalars.removeLast() }
    return text
  }
}

/// What a person saw at one moment.
public struct Screen: Equatable, Sendable {
  public var size: TerminalSize
  /// From the top; as many as `size.rows`.
  public var rows: [ScreenRow]
  public var cursor: CursorState
  public var title: String
  public var isAlternate: Bool
  /// The whole screen is shown with its colours exchanged (DECSCNM).
  public var isReversed: Bool

  /// The rows' text, one line each, empty lines at the end left out.
  public var text: String {
    var lines = rows.map(\.text)
    while lines.last == "" { lines.removeLast() }
    return lines.joined(separator: "\n")
  }
}

/// Where the cursor is, counted from 0.
public struct CursorState: Hashable, Sendable {
  public var row: Int
  public var column: Int
  public var isVisible: Bool

  public init(row: Int, column: Int, isVisible: Bool = true) {
    self.row = row
    self.column = column
    self.isVisible = isVisible
  }
}
