import ArgumentParser
import Bytes
import Replay

/// How a list is written.
enum ListFormat: String, ExpressibleByArgument, CaseIterable {
  /// For people.
  case table
  /// One object a line.
  case json
  /// RFC 4180, with a header line.
  case csv
}

/// A cell of a list.
enum Cell {
  case text(String?)
  case integer(Int64?)
  case boolean(Bool)
  /// JSON as it stands in the case: an array or null.
  case json(String?)
}

/// Writes a list in any format: rows come one at a time, the table waits for its column widths up to a limit.
struct ListWriter {
  struct Column {
    var name: String
    /// Shown in the table; the other formats have all columns.
    var isInTable: Bool
    var alignsRight: Bool
    /// Characters at the most in the table.
    var limit: Int

    init(_ name: String, table: Bool = true, right: Bool = false, limit: Int = 40) {
      self.name = name
      isInTable = table
      alignsRight = right
      self.limit = limit
    }
  }

  /// Rows that the table looks at for its widths before it begins to print.
  static let widthSample = 500

  private let columns: [Column]
  private let format: ListFormat
  private var waiting: [[String]] = []
  private var widths: [Int]?
  private(set) var count = 0

  init(_ columns: [Column], _ format: ListFormat) {
    self.columns = columns
    self.format = format
    if format == .csv { print(line: columns.map { csv($0.name) }.joined(separator: ",")) }
  }

  /// Writes one row: a cell for each column. `shown` replaces cells in the table only.
  mutating func write(_ cells: [Cell], shown: [String: String] = [:]) {
    count += 1
    switch format {
    case .json: print(line: json(cells))
    case .csv: print(line: cells.map { csv(plain($0)) }.joined(separator: ","))
    case .table:
      var row: [String] = []
      for (column, cell) in zip(columns, cells) where column.isInTable {
        let text = TerminalText.oneLine(shown[column.name] ?? plain(cell))
        row.append(TerminalText.truncated(text, width: column.limit))
      }
      if widths != nil { return printRow(row) }
      waiting.append(row)
      if waiting.count >= ListWriter.widthSample { flush() }
    }
  }

  /// Ends the list; says so when it is empty.
  mutating func finish(empty: String) {
    guard format == .table else { return }
    if count == 0 { StandardError.line(empty) } else { flush() }
  }

  private mutating func flush() {
    guard widths == nil else { return }
    let shown = columns.filter(\.isInTable)
    widths = shown.indices.map { index in
      waiting.reduce(TerminalText.width(shown[index].name)) { max($0, TerminalText.width($1[index])) }
    }
    printRow(shown.map(\.name))
    for row in waiting { printRow(row) }
    waiting = []
  }

  private func printRow(_ row: [String]) {
    let shown = columns.filter(\.isInTable)
    var line = ""
    for (index, text) in row.enumerated() {
      let space = String(repeating: " ", count: max(0, (widths?[index] ?? 0) - TerminalText.width(text)))
      line += shown[index].alignsRight ? space + text : text + space
      line += "  "
    }
    while line.hasSuffix(" ") { line.removeLast() }
    print(line: line)
  }

  private func json(_ cells: [Cell]) -> String {
    let members = zip(columns, cells).sorted { $0.0.name < $1.0.name }.map { column, cell in
      "\(JSONWriter.quoted(column.name)):\(json(cell))"
    }
    return "{\(members.joined(separator: ","))}"
  }

  private func json(_ cell: Cell) -> String {
    switch cell {
    case .text(let text): text.map { JSONWriter.quoted($0) } ?? "null"
    case .integer(let number): number.map(String.init) ?? "null"
    case .boolean(let value): value ? "1" : "0"
    case .json(let text): text ?? "null"
    }
  }

  private func plain(_ cell: Cell) -> String {
    switch cell {
    case .text(let text), .json(let text): text ?? ""
    case .integer(let number): number.map(String.init) ?? ""
    case .boolean(let value): value ? "1" : "0"
    }
  }

  /// Quotes what needs it, and disarms what a spreadsheet would take for a formula.
  private func csv(_ text: String) -> String {
    let armed: Set<Character> = ["=", "+", "-", "@", "\t", "\r"]
    let isNumber = Double(text) != nil
    let safe = text.first.map { armed.contains($0) && !isNumber } == true ? "'" + text : text
    let needsQuotes = safe.utf8.contains { $0 == 0x22 || $0 == 0x2c || $0 == 0x0a || $0 == 0x0d }
    return needsQuotes ? "\"" + safe.replacing("\"", with: "\"\"") + "\"" : safe
  }

  private func print(line: String) { StandardOutput.write(line + "\n") }
}
