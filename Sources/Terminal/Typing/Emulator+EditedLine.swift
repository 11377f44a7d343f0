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
}
