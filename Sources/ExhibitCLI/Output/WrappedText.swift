import Replay

/// Text in lines that fit a terminal.
enum WrappedText {
  /// Narrower than this, nothing is wrapped.
  static let leastColumns = 40

  /// Columns of the terminal that is written to; nil where it is none, so that files and pipes get whole lines.
  static var columns: Int? {
    guard StandardOutput.isTerminal else { return nil }
    let columns = PlayerScreen.size.columns
    return columns >= leastColumns ? columns : nil
  }

  /// A line cut between words, each part indented as the line is. A word that is too long stays whole.
  static func lines(of line: String, columns: Int?) -> [String] {
    guard let columns, columns >= 1, TerminalText.width(line) > columns else { return [line] }
    let indent = String(line.prefix { $0 == " " })
    var lines: [String] = []
    var current = indent
    var isEmpty = true
    for word in line.dropFirst(indent.count).split(separator: " ", omittingEmptySubsequences: false) {
      if !isEmpty, TerminalText.width(current) + 1 + TerminalText.width(String(word)) > columns {
        lines.append(current)
        (current, isEmpty) = (indent, true)
      }
      current += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return lines + [current]
  }
}
