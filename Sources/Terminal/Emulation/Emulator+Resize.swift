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
    cut(&rows, to: size)
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

  private func cut(_ rows: inout [CellRow], to size: TerminalSize) {
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
      if var line = scrollback.takeBack() {
        line.resize(columns: size.columns)
        rows.insert(line, at: 0)
        cursor.row += 1
      } else {
        rows.append(CellRow(columns: size.columns))
      }
    }
    return (cursor.row, min(cursor.column, size.columns - 1))
  }

  /// Lays wrapped lines of the screen and above it out for another width. Where the cursor is afterwards, which may be
  /// any row of the result.
  private mutating func reflow(to columns: Int, cursor: (row: Int, column: Int)) -> (row: Int, column: Int) {
    var flow = Reflow(columns: columns)
    let above = scrollback.lines
    for line in above { flow.add(line, cursorColumn: nil) }
    let shown = rows.lastIndex { $0.usedCount > 0 } ?? 0
    for index in 0...max(shown, cursor.row) {
      // What is on the screen stays on it where it can: the first row of the screen begins there again.
      if index == 0, above.last?.continues != true { flow.markTop() }
      flow.add(rows[index], cursorColumn: index == cursor.row ? cursor.column : nil)
    }
    flow.finish()
    let top = min(flow.top ?? max(flow.rows.count - rows.count, 0), flow.cursor.row)
    scrollback.replaceAll(Array(flow.rows[..<top]))
    rows = Array(flow.rows[top...])
    return (flow.cursor.row - top, flow.cursor.column)
  }
}

/// Puts the rows of each line together and cuts them anew.
private struct Reflow {
  let columns: Int
  var rows: [CellRow] = []
  var cursor = (row: 0, column: 0)
  /// The first row of the result that was on the screen before.
  var top: Int?
  private var line: [Cell] = []
  private var cursorInLine: Int?

  init(columns: Int) { self.columns = columns }

  mutating func markTop() { top = rows.count }

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
    var starts: [Int] = [0]
    while let last = starts.last, line.count - last > columns {
      // A wide character is not cut through; where there is one column only, it cannot be helped.
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
