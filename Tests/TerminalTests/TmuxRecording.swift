import Foundation
import Terminal

/// What `terminal.py` leaves: bytes of a real program, and what tmux shows of them at several moments.
struct TmuxRecording {
  struct Moment {
    var byteCount: Int
    var cursor: String
    var isAlternate: Bool
    var cells: [String]
  }

  var name: String
  var bytes: [UInt8]
  var moments: [Moment]

  static let isPossible = ["tmux", "python3", "bash"].allSatisfy { program in
    ["/usr/bin", "/bin", "/usr/local/bin"].contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
  }

  /// Records every program that is installed; the recordings by name.
  static func record(columns: Int, rows: Int, in folder: URL) throws -> [TmuxRecording] {
    let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Live/terminal.py")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", script.path, folder.path, "\(columns)", "\(rows)"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let said = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(text: String(decoding: said, as: UTF8.self)) }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".moments") }
    return try names.sorted().map { try TmuxRecording(name: String($0.dropLast(8)), folder: folder) }
  }

  struct Failure: Error { var text: String }

  private init(name: String, folder: URL) throws {
    self.name = name
    bytes = Array(try Data(contentsOf: folder.appending(path: "\(name).bytes")))
    moments = []
    let text = String(decoding: try Data(contentsOf: folder.appending(path: "\(name).moments")), as: UTF8.self)
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.first == "moment", words.count == 5, let count = Int(words[1]) {
        moments.append(
          Moment(byteCount: count, cursor: "\(words[2]) \(words[3])", isAlternate: words[4] == "1", cells: []))
      } else if !moments.isEmpty {
        moments[moments.count - 1].cells.append(String(line))
      }
    }
  }
}

extension Screen {
  /// Our cells, without those that `capture-pane` does not print: blanks with a background behind the last character
  /// of a row, which were erased and never written.
  func cells(besides theirs: [String]) -> [String] {
    func place(_ cell: String) -> (row: Int, column: Int) {
      let words = cell.split(separator: " ", maxSplits: 2)
      return (words.first.flatMap { Int($0) } ?? 0, words.dropFirst().first.flatMap { Int($0) } ?? 0)
    }
    let ends = Dictionary(theirs.map(place).map { ($0.row, $0.column) }) { max($0, $1) }
    return cells.filter { cell in
      let (row, column) = place(cell)
      let words = cell.split(separator: " ", omittingEmptySubsequences: false)
      return !(words.count == 7 && words[6].isEmpty && words[4] == "-" && column > ends[row] ?? -1)
    }
  }

  /// Every cell that is not a plain blank: row, column, character, colours, attributes, as `terminal.py` writes them.
  var cells: [String] {
    rows.enumerated().flatMap { number, row in
      var column = 0
      var cells: [String] = []
      for run in row.runs {
        for character in run.text {
          if character != " " || run.style != .plain {
            cells.append("\(number) \(column) \(character) \(run.style.described)")
          }
          column += run.isWide ? 2 : 1
        }
      }
      return cells
    }
  }
}

extension CellStyle {
  fileprivate var described: String {
    let letters: [(Attributes, String)] = [
      (.curlyUnderline, "C"), (.doubleUnderline, "D"), (.bold, "b"), (.conceal, "c"), (.dim, "d"), (.italic, "i"),
      (.blink, "k"), (.overline, "o"), (.reverse, "r"), (.strike, "s"), (.underline, "u"),
    ]
    let on = letters.filter { attributes.contains($0.0) }.map(\.1).joined()
    return "\(Self.described(foreground)) \(Self.described(background)) \(on)"
  }

  private static func described(_ color: TerminalColor) -> String {
    switch color {
    case .standard: return "-"
    case .indexed(let index): return "i\(index)"
    case .rgb(let red, let green, let blue):
      return "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }
}
