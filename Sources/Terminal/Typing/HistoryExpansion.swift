/// What history expansion (`!!`, `!$`, `^a^b`) made of a line: shells print the new line before they run it.
enum HistoryExpansion {
  /// The line has something that a shell might expand.
  static func mayExpand(_ text: String) -> Bool {
    if text.hasPrefix("^") { return text.dropFirst().contains("^") }
    return pieces(text).count > 1
  }

  /// A printed line can be the expansion of another: what was not to be expanded stands in it in its order.
  static func explains(_ printed: String, _ text: String) -> Bool {
    guard printed != text, !printed.isEmpty else { return false }
    if text.hasPrefix("^") {
      let parts = text.split(separator: "^", omittingEmptySubsequences: false)
      return parts.count > 2 && (parts[2].isEmpty || printed.contains(parts[2]))
    }
    var rest = printed[...]
    let pieces = pieces(text)
    for (index, piece) in pieces.enumerated() {
      if index == 0 {
        guard rest.hasPrefix(piece) else { return false }
        rest = rest.dropFirst(piece.count)
      } else if index == pieces.count - 1 {
        return rest.hasSuffix(piece)
      } else if !piece.isEmpty {
        guard let range = rest.firstRange(of: piece) else { return false }
        rest = rest[range.upperBound...]
      }
    }
    return true
  }

  /// A printed line has an earlier command in it, or its last word.
  static func shares(_ printed: String, _ earlier: String) -> Bool {
    if printed.contains(earlier) { return true }
    return earlier.split(separator: " ").contains { $0.count > 1 && printed.contains($0) }
  }

  /// The shell refused the line: it was not run.
  static func refuses(_ printed: String) -> Bool {
    printed.contains(": event not found") || printed.contains("bad word specifier")
      || printed.contains("substitution failed")
  }

  /// What stands between the designators.
  private static func pieces(_ text: String) -> [Substring] {
    var pieces: [Substring] = []
    var start = text.startIndex
    var index = start
    var isQuoted = false
    while index < text.endIndex {
      let character = text[index]
      let next = text.index(after: index)
      if character == "\\" {
        index = next < text.endIndex ? text.index(after: next) : next
        continue
      }
      if character == "'" { isQuoted.toggle() }
      guard character == "!", !isQuoted, next < text.endIndex, !" \t\n=(\"".contains(text[next]) else {
        index = next
        continue
      }
      pieces.append(text[start..<index])
      index = next
      while index < text.endIndex, !" \t\n;&|<>()\"'".contains(text[index]) { index = text.index(after: index) }
      start = index
    }
    pieces.append(text[start...])
    return pieces
  }
}

extension TypingReader {
  /// A line of output is complete right after a command with `!`.
  mutating func readExpansion() {
    guard let (index, below) = expansion else { return }
    expansion = nil
    guard commands.indices.contains(index), index == commands.count - 1 else { return }
    var text = ""
    var line = below
    while line <= emulator.place.line, line - below < UInt64(Self.rowLimit), let row = emulator.cellRow(line) {
      text += emulator.text(row, 0..<(row.continues ? row.cells.count : emulator.shownCount(row)))
      line += 1
    }
    if HistoryExpansion.refuses(text) {
      commands.removeLast()
      open = open.filter { $0.value != index }
      return
    }
    guard HistoryExpansion.explains(text, commands[index].text) else { return }
    commands[index].text = text
    commands[index].basis += ", expanded from the history"
    let isKnown = commands[..<index].suffix(500).contains { HistoryExpansion.shares(text, $0.text) }
    commands[index].confidence = min(commands[index].confidence, isKnown ? 0.95 : 0.8)
  }
}
