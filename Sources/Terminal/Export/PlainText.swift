extension Emulator {
  /// The lines kept above the screen and the screen itself as plain text; what was wrapped at the margin is one line.
  ///
  /// Of lines that are no longer kept the first line tells how many they were.
  public var plainText: String {
    let gone = topLine > UInt64(scrollback.count) ? topLine - UInt64(scrollback.count) : 0
    var text = gone > 0 ? "[\(gone) earlier lines are not kept]\n" : ""
    // Blank lines wait until something follows them.
    var blanks = 0
    var line = ""
    for row in scrollback.lines + rows {
      line += row.rendering(clusters).text
      if row.continues { continue }
      if line.isEmpty {
        blanks += 1
      } else {
        text += String(repeating: "\n", count: blanks) + line + "\n"
        (blanks, line) = (0, "")
      }
    }
    if !line.isEmpty { text += String(repeating: "\n", count: blanks) + line + "\n" }
    return text
  }
}
