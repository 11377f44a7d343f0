/// A page of Markdown that never grows beyond its limit: rows that find no room are counted.
struct MarkdownPage {
  private(set) var text = ""

  mutating func line(_ line: String = "") { text += line + "\n" }

  /// A table of as many rows as `budget` bytes hold, and a line on those left out. `count` rows there are in all.
  mutating func table(
    _ columns: [String], _ rows: some Sequence<[String]>, of count: Int, budget: Int, more: (Int) -> String
  ) {
    guard count > 0 else { return }
    line("| \(columns.joined(separator: " | ")) |")
    line("|\(columns.map { _ in " --- |" }.joined())")
    var (written, room) = (0, budget)
    for row in rows {
      let line = "| \(row.joined(separator: " | ")) |"
      guard line.utf8.count < room else { break }
      room -= line.utf8.count + 1
      written += 1
      self.line(line)
    }
    line()
    if written < count {
      line(more(count - written))
      line()
    }
  }

  /// Points of a list, as many as `budget` bytes hold.
  mutating func list(_ items: [String], budget: Int) {
    var (written, room) = (0, budget)
    for item in items {
      guard item.utf8.count + 3 < room else { break }
      room -= item.utf8.count + 3
      written += 1
      line("- \(item)")
    }
    if written < items.count { line("- and \(Figures.count(items.count - written)) more") }
    line()
  }
}
