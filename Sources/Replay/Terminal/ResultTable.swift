import Bytes
public import Model

/// Draws a result as psql does: aligned columns with a header, numbers to the right, a count of rows below; or, where
/// that would not fit the terminal, a block for each row, as psql's `\x auto`.
///
/// NULL is drawn as `NULL`; a text that reads so stands in quotes, as in PostgreSQL's own arrays.
public struct ResultTable {
  /// Columns of the terminal that a cell may take.
  static let cellWidth = 60
  /// Lines that a cell may take.
  static let cellLines = 12

  private struct Cell {
    var lines: [TerminalText]
    var style: Style
    var width: Int { lines.reduce(0) { max($0, $1.width) } }
  }

  private var names: [TerminalText] = []
  private var isNumeric: [Bool] = []
  private var rows: [[Cell]] = []
  /// Rows that the payload holds.
  private var keptCount = 0
  /// Rows that the server returned.
  private var totalCount: Int
  private var isDamaged = false

  /// - Parameters:
  ///   - payload: of layout `rows`; nil for a result without rows.
  ///   - names: of the columns, where the payload has none.
  ///   - total: rows that the server returned, of which the payload may hold the first only.
  ///   - rowLimit: rows that are drawn.
  init(_ payload: StoredPayload?, names: [String] = [], total: Int?, rowLimit: Int) {
    let columns = payload?.columns ?? []
    self.names = (columns.isEmpty ? names : columns.map(\.name)).map { TerminalText($0, limit: Self.cellWidth) }
    isNumeric = columns.map { Self.numbers.contains($0.type) }
    totalCount = 0
    var cursor = RowCursor(payload?.bytes ?? [])
    do {
      while let row = try cursor.next() {
        keptCount += 1
        if rows.count < rowLimit { rows.append(row.map(Self.cell)) }
      }
    } catch {
      isDamaged = true
    }
    totalCount = max(keptCount, total ?? keptCount)
    let width = rows.reduce(self.names.count) { max($0, $1.count) }
    while self.names.count < width { self.names.append(TerminalText("?")) }
    while isNumeric.count < width { isNumeric.append(false) }
  }

  /// The result as plain text, with line breaks.
  public static func text(of payload: StoredPayload, rowLimit: Int) throws -> String {
    let table = ResultTable(payload, total: nil, rowLimit: rowLimit)
    return (table.lines(width: nil) + [table.footer(isCut: payload.isCut)]).map { $0.plain + "\n" }.joined()
  }

  /// All but the footer; lines may be as long as they like when `width`, that of the terminal, is nil.
  func lines(width: Int?) -> [StyledLine] {
    var lines = names.isEmpty ? bare() : aligned()
    if let width, let widest = lines.map(\.width).max(), widest > width, !rows.isEmpty, !names.isEmpty {
      lines = expanded(width: width)
    }
    if isDamaged { lines.append(StyledLine("the rest of the rows cannot be read", .warning)) }
    let left = totalCount - rows.count
    if left > 0 { lines.append(StyledLine("… \(Figures.count(left)) more \(left == 1 ? "row" : "rows")", .faint)) }
    return lines
  }

  /// `(3 rows)`.
  func footer(isCut: Bool = false) -> StyledLine {
    let text = "(\(Figures.of(totalCount, "row")))"
    return StyledLine(isCut ? "\(text) \(Figures.count(keptCount)) kept" : text, .faint)
  }

  /// Rows of a statement that returns none by name: psql draws nothing but `--`.
  private func bare() -> [StyledLine] { [StyledLine("--", .faint)] }

  private static func cell(_ value: String?) -> Cell {
    guard let value else { return Cell(lines: [TerminalText("NULL")], style: .null) }
    if value == "NULL" { return Cell(lines: [TerminalText("\"NULL\"")], style: .plain) }
    guard value.utf8.contains(0x0A) else { return Cell(lines: [TerminalText(value, limit: cellWidth)], style: .plain) }
    let all = value.unicodeScalars.split(separator: "\n", maxSplits: cellLines, omittingEmptySubsequences: false)
    var lines = all.prefix(cellLines).map { TerminalText(Substring($0), limit: cellWidth) }
    if all.count > cellLines { lines.append(TerminalText("…")) }
    return Cell(lines: lines, style: .plain)
  }

  // MARK: Aligned

  private func aligned() -> [StyledLine] {
    let widths = names.indices.map { column in
      rows.reduce(names[column].width) { max($0, column < $1.count ? $1[column].width : 0) }
    }
    var lines = [header(widths)]
    lines.append(StyledLine(widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "+"), .faint))
    for row in rows { lines += self.row(row, widths) }
    return lines
  }

  private func header(_ widths: [Int]) -> StyledLine {
    var line = StyledLine()
    for (column, name) in names.enumerated() {
      if column > 0 { line.append("|", .faint) }
      let space = widths[column] + 2 - name.width
      line.append(String(repeating: " ", count: space / 2))
      line.append(name, .strong)
      line.append(String(repeating: " ", count: space - space / 2))
    }
    return line
  }

  /// One line for each line of the tallest cell; `+` says that a cell goes on.
  private func row(_ row: [Cell], _ widths: [Int]) -> [StyledLine] {
    let height = row.reduce(1) { max($0, $1.lines.count) }
    return (0..<height).map { index in
      var line = StyledLine()
      for column in names.indices {
        if column > 0 { line.append("|", .faint) }
        line.append(" ")
        let cell = column < row.count ? row[column] : Cell(lines: [], style: .plain)
        let text = index < cell.lines.count ? cell.lines[index] : TerminalText()
        let space = String(repeating: " ", count: widths[column] - text.width)
        if isNumeric[column] { line.append(space) }
        line.append(text, cell.style)
        if !isNumeric[column] { line.append(space) }
        if index + 1 < cell.lines.count { line.append("+", .faint) } else { line.append(" ") }
      }
      return line
    }
  }

  // MARK: Expanded

  private func expanded(width: Int) -> [StyledLine] {
    let nameWidth = min(names.reduce(0) { max($0, $1.width) }, max(8, width / 3))
    var lines: [StyledLine] = []
    for (number, row) in rows.enumerated() {
      var title = "-[ RECORD \(number + 1) ]"
      title += String(repeating: "-", count: max(0, min(width, nameWidth + 30) - title.utf8.count))
      lines.append(StyledLine(title, .faint))
      for (column, name) in names.enumerated() {
        let cell = column < row.count ? row[column] : Cell(lines: [TerminalText()], style: .plain)
        for (index, text) in cell.lines.enumerated() {
          var line = StyledLine()
          if index == 0 { line.append(StyledLine(name, .strong).truncated(to: nameWidth)) }
          line.pad(to: nameWidth)
          line.append(" | ", .faint)
          line.append(text, cell.style)
          lines += line.wrapped(to: width, indent: nameWidth + 3)
        }
      }
    }
    return lines
  }

  /// Types whose values psql aligns to the right.
  private static let numbers: Set<String> = [
    "int2", "int4", "int8", "float4", "float8", "numeric", "oid", "xid", "xid8", "cid", "money",
  ]
}
