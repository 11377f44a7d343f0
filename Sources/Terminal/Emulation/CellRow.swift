/// One row of cells. Whatever is written keeps wide characters whole: where half of one goes, the other becomes blank.
struct CellRow: Sendable {
  private(set) var cells: [Cell]
  /// The text goes on in the next row because it reached the margin.
  var continues = false { didSet { rendered = nil } }
  private var rendered: ScreenRow?

  init(columns: Int, style: CellStyle = .plain) {
    cells = Array(repeating: Cell(glyph: 0, style: style), count: columns)
  }

  init(cells: [Cell], continues: Bool) {
    self.cells = cells
    self.continues = continues
  }

  subscript(column: Int) -> Cell { cells[column] }
  var columnCount: Int { cells.count }
  var first: Cell? { cells.first }

  /// Frees what would be cut through at `column`.
  private mutating func separate(at column: Int) {
    guard column > 0, column < cells.count, cells[column].isRightHalf else { return }
    cells[column - 1].glyph = 0
    cells[column].glyph = 0
  }

  /// Writes `count` ASCII characters; the caller has seen to it that they fit.
  mutating func put(_ bytes: Span<UInt8>, from start: Int, count: Int, at column: Int, style: CellStyle) {
    rendered = nil
    separate(at: column)
    separate(at: column + count)
    var target = cells.mutableSpan
    for index in 0..<count {
      target[column &+ index] = Cell(glyph: UInt32(bytes[start &+ index]), style: style)
    }
  }

  /// Writes one character of one or two columns; the caller has seen to it that it fits.
  mutating func put(_ glyph: UInt32, width: Int, at column: Int, style: CellStyle) {
    rendered = nil
    separate(at: column)
    separate(at: column + width)
    if width == 2 {
      cells[column] = Cell(glyph: glyph | Cell.wideFlag, style: style)
      cells[column + 1] = Cell(glyph: Cell.rightHalf, style: style)
    } else {
      cells[column] = Cell(glyph: glyph, style: style)
    }
  }

  /// Exchanges a glyph for one that covers as many columns.
  mutating func replace(at column: Int, glyph: UInt32) {
    rendered = nil
    cells[column].glyph = glyph
  }

  mutating func erase(_ columns: Range<Int>, style: CellStyle) {
    let columns = columns.clamped(to: 0..<cells.count)
    guard !columns.isEmpty else { return }
    rendered = nil
    separate(at: columns.lowerBound)
    separate(at: columns.upperBound)
    let blank = Cell(glyph: 0, style: style)
    var target = cells.mutableSpan
    for column in columns { target[column] = blank }
    if columns.upperBound == cells.count { continues = false }
  }

  /// Moves what stands from `column` on to the right; what passes the margin is lost.
  mutating func insertBlanks(_ count: Int, at column: Int, style: CellStyle) {
    let count = min(count, cells.count - column)
    guard count > 0 else { return }
    rendered = nil
    separate(at: column)
    separate(at: cells.count - count)
    cells.removeLast(count)
    cells.insert(contentsOf: repeatElement(Cell(glyph: 0, style: style), count: count), at: column)
  }

  /// Takes out `count` cells from `column` on; blanks come in at the margin.
  mutating func delete(_ count: Int, at column: Int, style: CellStyle) {
    let count = min(count, cells.count - column)
    guard count > 0 else { return }
    rendered = nil
    separate(at: column)
    separate(at: column + count)
    cells.removeSubrange(column..<(column + count))
    cells.append(contentsOf: repeatElement(Cell(glyph: 0, style: style), count: count))
    continues = false
  }

  /// Cuts or widens at the right margin.
  mutating func resize(columns: Int) {
    guard columns != cells.count else { return }
    rendered = nil
    if columns < cells.count {
      separate(at: columns)
      cells.removeLast(cells.count - columns)
    } else {
      cells.append(contentsOf: repeatElement(.blank, count: columns - cells.count))
    }
  }

  /// Cells up to the last that shows anything.
  var usedCount: Int {
    var count = cells.count
    while count > 0, cells[count - 1] == .blank { count -= 1 }
    return count
  }

  /// The row as runs, made once for each change.
  mutating func render(_ clusters: ClusterTable) -> ScreenRow {
    if let rendered { return rendered }
    let row = rendering(clusters)
    rendered = row
    return row
  }

  func rendering(_ clusters: ClusterTable) -> ScreenRow {
    if let rendered { return rendered }
    let end = usedCount
    guard end > 0 else { return ScreenRow(continues: continues) }
    var runs: [StyledRun] = []
    var text: [UInt8] = []
    var column = 0
    while column < end {
      let style = cells[column].style
      let isWide = cells[column].isWide
      let begun = column
      text.removeAll(keepingCapacity: true)
      while column < end, cells[column].style == style, cells[column].isWide == isWide {
        let glyph = cells[column].glyph
        if glyph == 0 || glyph == Cell.rightHalf {
          text.append(0x20)
        } else if glyph < 0x80 {
          text.append(UInt8(truncatingIfNeeded: glyph))
        } else {
          text.append(contentsOf: clusters.text(glyph: glyph).utf8)
        }
        column += isWide ? 2 : 1
      }
      column = min(column, cells.count)
      runs.append(
        StyledRun(text: String(decoding: text, as: UTF8.self), style: style, width: column - begun, isWide: isWide))
    }
    return ScreenRow(runs: runs, continues: continues)
  }
}
