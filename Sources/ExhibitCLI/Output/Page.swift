import Replay

/// Names and values, one pair a line, for `exhibit show`.
struct Page {
  private var pairs: [(name: String, value: String)] = []

  mutating func add(_ name: String, _ value: String?) {
    guard let value, !value.isEmpty else { return }
    pairs.append((name, value))
  }

  /// On a terminal, lines are wrapped to its columns.
  func print(columns: Int? = WrappedText.columns) {
    let width = pairs.reduce(0) { max($0, $1.name.count) }
    for pair in pairs {
      let name = pair.name + String(repeating: " ", count: width - pair.name.count)
      let lines = TerminalText.lines(pair.value).split(separator: "\n", omittingEmptySubsequences: false)
        .flatMap { WrappedText.lines(of: String($0), columns: columns.map { max(1, $0 - width - 2) }) }
      for (index, line) in lines.enumerated() {
        StandardOutput.write((index == 0 ? name : String(repeating: " ", count: width)) + "  " + line + "\n")
      }
    }
  }
}
