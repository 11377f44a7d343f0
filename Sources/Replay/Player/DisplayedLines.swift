/// What a terminal shows now, so that only lines that change are sent.
struct DisplayedLines {
  /// The alternate screen, no cursor, no wrapping of long lines.
  static let enter = "\u{1b}[?1049h\u{1b}[?25l\u{1b}[?7l\u{1b}[2J"
  /// As it was before.
  static let leave = "\u{1b}[0m\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l"

  private var shown: [String] = []
  private var cursor: (row: Int, column: Int)?
  private var isUnknown = true

  /// Forgets what the terminal shows; the next update sends everything.
  mutating func forget() { isUnknown = true }

  /// What makes the terminal show `lines`.
  /// A visible cursor stands at `cursor`, row and column from 0.
  mutating func update(to lines: [String], cursor: (row: Int, column: Int)?) -> String {
    var out = isUnknown ? "\u{1b}[0m\u{1b}[2J" : ""
    for (row, line) in lines.enumerated() where isUnknown || row >= shown.count || shown[row] != line {
      // Erased first: behind a line that fills the row, the cursor stands on its last character.
      out += "\u{1b}[\(row + 1);1H\u{1b}[2K\(line)"
    }
    if !isUnknown, shown.count > lines.count { out += "\u{1b}[\(lines.count + 1);1H\u{1b}[J" }
    let stays = !isUnknown && out.isEmpty && cursor?.row == self.cursor?.row && cursor?.column == self.cursor?.column
    (shown, self.cursor, isUnknown) = (lines, cursor, false)
    if stays { return "" }
    guard let cursor else { return out + "\u{1b}[?25l" }
    return out + "\u{1b}[\(cursor.row + 1);\(cursor.column + 1)H\u{1b}[?25h"
  }
}
