extension Emulator {
  /// Gives the terminal another size.
  ///
  /// On the primary screen wrapped lines are laid out anew, rows that have no room go above the screen and come back
  /// when there is room again; the alternate screen is cut or widened, its program draws it anew.
  public mutating func resize(_ size: TerminalSize) {
    guard size != self.size else { return }
    if modes.isAlternate { swap(&rows, &hiddenRows) }
    let cursor = modes.isAlternate ? (savedPrimary.row, savedPrimary.column) : (row, column)
    let moved = resizePrimary(to: size, cursor: cursor)
    swap(&rows, &hiddenRows)
    Self.cut(&rows, to: size)
    if modes.isAlternate {
      (savedPrimary.row, savedPrimary.column) = moved
      row = min(row, size.rows - 1)
      column = min(column, size.columns - 1)
    } else {
      swap(&rows, &hiddenRows)
      (row, column) = moved
    }
    let isWide = size.columns != self.size.columns
    setSize(size)
    if isWide { isWrapPending = false }
    margins = 0..<size.rows
    let standard = Self.standardTabStops(size.columns)
    tabStops = Array(tabStops.prefix(size.columns)) + standard.dropFirst(tabStops.count)
  }

  private static func cut(_ rows: inout [CellRow], to size: TerminalSize) {
    for index in rows.indices { rows[index].resize(columns: size.columns) }
    if rows.count > size.rows { rows.removeLast(rows.count - size.rows) }
    while rows.count < size.rows { rows.append(CellRow(columns: size.columns)) }
  }

  /// The primary screen stands in `rows`. Where the cursor is afterwards.
  private mutating func resizePrimary(to size: TerminalSize, cursor: (row: Int, column: Int)) -> (Int, Int) {
    var cursor = (row: min(cursor.row, rows.count - 1), column: cursor.column)
    if size.columns != self.size.columns { cursor = reflow(to: size.columns, cursor: cursor) }
    // Blank rows below the cursor go first; then rows leave at the top.
    while rows.count > size.rows, rows.count - 1 > cursor.row, rows[rows.count - 1].usedCount == 0 {
      rows.removeLast()
    }
    while rows.count > size.rows {
      if cursor.row == 0 {
        rows.removeLast()
      } else {
        scrollback.append(rows.removeFirst())
        cursor.row -= 1
      }
    }
    while rows.count < size.rows {
      let room = size.rows - rows.count
      let line = takeBackLine(columns: size.columns)
      if line.isEmpty {
        rows.append(contentsOf: repeatElement(CellRow(columns: size.columns), count: room))
      } else {
        for row in line.dropLast(room) { scrollback.append(row) }
        rows.insert(contentsOf: line.suffix(room), at: 0)
        cursor.row += min(room, line.count)
      }
    }
    return (cursor.row, min(cursor.column, size.columns - 1))
  }

  /// The newest line above the screen, in rows of another width; empty when there is none.
  private mutating func takeBackLine(columns: Int) -> [CellRow] {
    guard let last = scrollback.takeBack() else { return [] }
    if last.columnCount == columns { return [last] }
    var parts = [last]
    while parts.count < Self.joinedRowLimit, scrollback.newestContinues, let part = scrollback.takeBack() {
      parts.append(part)
    }
    var flow = Reflow(columns: columns)
    for part in parts.reversed() { flow.add(part, cursorColumn: nil) }
    flow.finish()
    return flow.rows
  }

  /// Rows of one line above the screen that are put together again when the width changes.
  private static let joinedRowLimit = 1000

  /// Lays wrapped lines of the screen out for another width; lines above it keep theirs until they come back. Where
  /// the cursor is afterwards, which may be any row of the result.
  private mutating func reflow(to columns: Int, cursor: (row: Int, column: Int)) -> (row: Int, column: Int) {
    var flow = Reflow(columns: columns)
    // The beginning of a line that began above the screen comes first.
    var head: [CellRow] = []
    while head.count < Self.joinedRowLimit, scrollback.newestContinues, let row = scrollback.takeBack() {
      head.append(row)
    }
    for row in head.reversed() { flow.add(row, cursorColumn: nil) }
    let shown = rows.lastIndex { $0.usedCount > 0 } ?? 0
    for index in 0...max(shown, cursor.row) {
      flow.add(rows[index], cursorColumn: index == cursor.row ? cursor.column : nil)
    }
    flow.finish()
    rows = flow.rows
    return flow.cursor
  }
}

/// Puts the rows of each line together and cuts them anew.
private struct Reflow {
  let columns: Int
  var rows: [CellRow] = []
  var cursor = (row: 0, column: 0)
  private var line: [Cell] = []
  private var cursorInLine: Int?

  init(columns: Int) { self.columns = columns }

  mutating func add(_ row: CellRow, cursorColumn: Int?) {
    if let cursorColumn { cursorInLine = line.count + cursorColumn }
    var count = row.continues ? row.cells.count : row.usedCount
    // A wide character that found no room left the last cell blank.
    if row.continues, count > 1, row.cells[count - 1].glyph == 0 { count -= 1 }
    line.append(contentsOf: row.cells.prefix(count))
    if !row.continues { endLine() }
  }

  mutating func finish() { if !line.isEmpty || cursorInLine != nil { endLine() } }

  private mutating func endLine() {
    // Where there is one column only, nothing is shown of a wide character.
    if columns == 1 {
      for place in line.indices where line[place].isWide || line[place].isRightHalf { line[place].glyph = 0 }
    }
    var starts: [Int] = [0]
    while let last = starts.last, line.count - last > columns {
      // A wide character is not cut through.
      let next = last + columns
      starts.append(line[next].isRightHalf && columns > 1 ? next - 1 : next)
    }
    for (index, start) in starts.enumerated() {
      let end = index + 1 < starts.count ? starts[index + 1] : line.count
      let isCursorHere = cursorInLine.map { $0 >= start && ($0 < end || end == line.count) } ?? false
      if isCursorHere, let place = cursorInLine { cursor = (rows.count, min(place - start, columns - 1)) }
      var cells = Array(line[start..<end])
      cells.append(contentsOf: repeatElement(Cell.blank, count: columns - cells.count))
      rows.append(CellRow(cells: cells, continues: index + 1 < starts.count))
    }
    line.removeAll(keepingCapacity: true)
    cursorInLine = nil
  }
}
