/// A place on the terminal that stays the same when the screen scrolls.
struct TerminalPlace: Hashable, Sendable {
  /// Counted from the first line that the terminal ever had.
  var line: UInt64
  var column: Int
}

extension Emulator {
  /// Where the next character goes; past the last column when that one was just written.
  var place: TerminalPlace {
    TerminalPlace(line: topLine + UInt64(row), column: isWrapPending ? size.columns : column)
  }

  /// A line of the primary screen, or just above it.
  func cellRow(_ line: UInt64) -> CellRow? {
    let shown = isAlternate ? hiddenRows : rows
    if line >= topLine {
      guard let index = Int(exactly: line - topLine), shown.indices.contains(index) else { return nil }
      return shown[index]
    }
    let kept = scrollback.lines
    guard let back = Int(exactly: topLine - line), back <= kept.count else { return nil }
    return kept[kept.count - back]
  }

  /// The characters of some columns; places where nothing was written are blanks.
  func text(_ row: CellRow, _ columns: Range<Int>) -> String {
    var text = ""
    for column in columns.clamped(to: 0..<row.cells.count) {
      let cell = row[column]
      if cell.isRightHalf { continue }
      text += cell.glyph == 0 ? " " : clusters.text(glyph: cell.glyph)
    }
    return text
  }

  /// Columns up to the last in which something other than a blank stands.
  func shownCount(_ row: CellRow) -> Int {
    var count = row.cells.count
    while count > 0, row[count - 1].glyph == 0 || row[count - 1].glyph == 0x20 { count -= 1 }
    return count
  }

  /// Columns that a prompt covers in a row; nil where the row does not begin with it.
  func columns(of prompt: String, in row: CellRow) -> Int? {
    var rest = prompt[...]
    var column = 0
    while !rest.isEmpty {
      guard column < row.cells.count else { return nil }
      if row[column].isRightHalf {
        column += 1
        continue
      }
      let cell = text(row, column..<column + 1)
      guard rest.hasPrefix(cell), !cell.isEmpty else { return nil }
      rest = rest.dropFirst(cell.count)
      column += 1
    }
    if column < row.cells.count, row[column].isRightHalf { column += 1 }
    return column
  }

  /// An edited line from its first character up to the end of `last`, or of the row that its wrapped rows end with. `end` is the cursor
  /// behind the text, where that is known: blanks before it were typed. `right`: a prompt at the right margin of its first row.
  func editedText(
    _ first: TerminalPlace, last: UInt64, end: TerminalPlace?, right: (column: Int, text: String)?
  ) -> String {
    var text = ""
    var line = first.line
    while line - first.line < UInt64(TypingReader.rowLimit), text.utf8.count < TypingReader.textLimit {
      guard let row = cellRow(line) else { break }
      let start = line == first.line ? first.column : 0
      var shown = shownCount(row)
      if line == first.line, let right, let column = columnOfRight(right, in: row, shown: shown), column >= start {
        shown = column
        while shown > start, row[shown - 1].glyph == 0 || row[shown - 1].glyph == 0x20 { shown -= 1 }
      }
      let isFull = row.continues || shown >= row.cells.count
      if row.continues {
        // A wide character that found no room left the last cell blank.
        shown = row.cells.count
        let isWideNext = cellRow(line + 1).map { !$0.cells.isEmpty && $0[0].isWide } ?? false
        if shown > 1, row[shown - 1].glyph == 0 || isWideNext && row[shown - 1].glyph == 0x20 { shown -= 1 }
      } else if let end, end.line == line, end.column > shown {
        shown = min(end.column, row.cells.count)
      }
      if shown > start { text += self.text(row, start..<shown) }
      guard line < last || row.continues else { break }
      if !isFull { text += "\n" }
      line += 1
    }
    while text.hasSuffix("\n") { text.removeLast() }
    return text
  }

  /// Where a right prompt stands: at its column, or at the margin after a change of width.
  private func columnOfRight(_ right: (column: Int, text: String), in row: CellRow, shown: Int) -> Int? {
    if right.column < shown, text(row, right.column..<shown) == right.text { return right.column }
    let column = shown - right.text.count
    guard shown + 2 >= row.cells.count, column > 1, text(row, column - 1..<shown) == " " + right.text else {
      return nil
    }
    return column
  }
}
