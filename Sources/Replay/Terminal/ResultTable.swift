import Bytes
public import Model

/// Draws a result as psql does: a header, aligned columns, a count.
public enum ResultTable {
  /// Columns of the terminal that a cell may take.
  static let cellWidth = 60

  /// The table, of `rowLimit` rows at the most; how many more were kept is said.
  ///
  /// - Throws: `DecodeError` when the payload's layout is damaged.
  public static func text(of payload: StoredPayload, rowLimit: Int) throws -> String {
    var cursor = RowCursor(payload.bytes)
    var rows: [[String?]] = []
    var count = 0
    while let row = try cursor.next() {
      count += 1
      if rows.count < rowLimit { rows.append(row) }
    }
    let names = payload.columns.map(\.name)
    let width = max(names.count, rows.first?.count ?? 0)
    let head = (0..<width).map { $0 < names.count ? TerminalText.oneLine(names[$0]) : "?" }
    let cells = rows.map { row in
      (0..<width).map { index -> String in
        guard index < row.count, let value = row[index] else { return "∅" }
        return TerminalText.truncated(TerminalText.oneLine(value), width: cellWidth)
      }
    }
    let widths = (0..<width).map { index in
      cells.reduce(TerminalText.width(head[index])) { max($0, TerminalText.width($1[index])) }
    }
    let isNumeric = (0..<width).map { $0 < payload.columns.count && numbers.contains(payload.columns[$0].type) }
    var text = " " + zip(head, widths).map { center($0, $1) }.joined(separator: " | ") + "\n"
    text += widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "+") + "\n"
    for row in cells {
      let parts = row.indices.map { index in
        let space = String(repeating: " ", count: max(0, widths[index] - TerminalText.width(row[index])))
        return isNumeric[index] ? space + row[index] : row[index] + space
      }
      var line = " " + parts.joined(separator: " | ")
      while line.hasSuffix(" ") { line.removeLast() }
      text += line + "\n"
    }
    if count > rows.count { text += " … \(count - rows.count) more rows\n" }
    text += "(\(count) row\(count == 1 ? "" : "s")\(payload.isCut ? " kept" : ""))\n"
    return text
  }

  private static let numbers: Set<String> = ["int2", "int4", "int8", "float4", "float8", "numeric", "oid", "money"]

  private static func center(_ text: String, _ width: Int) -> String {
    let space = max(0, width - TerminalText.width(text))
    return String(repeating: " ", count: space / 2) + text + String(repeating: " ", count: space - space / 2)
  }
}
