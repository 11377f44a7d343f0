/// One line for a terminal: pieces of safe text, each with its style.
struct StyledLine: Sendable, Hashable {
  struct Piece: Sendable, Hashable {
    var text: TerminalText
    var style: Style
  }

  private(set) var pieces: [Piece] = []
  private(set) var width = 0

  init() {}

  init(_ text: some StringProtocol, _ style: Style = .plain) { append(text, style) }

  init(_ text: TerminalText, _ style: Style = .plain) { append(text, style) }

  mutating func append(_ text: some StringProtocol, _ style: Style = .plain) { append(TerminalText(text), style) }

  mutating func append(_ text: TerminalText, _ style: Style = .plain) {
    guard !text.isEmpty else { return }
    pieces.append(Piece(text: text, style: style))
    width += text.width
  }

  mutating func append(_ line: StyledLine) {
    pieces += line.pieces
    width += line.width
  }

  /// Spaces up to a column.
  mutating func pad(to column: Int, _ style: Style = .plain) {
    guard column > width else { return }
    append(String(repeating: " ", count: column - width), style)
  }

  /// With `other` after it.
  static func + (left: StyledLine, right: StyledLine) -> StyledLine {
    var line = left
    line.append(right)
    return line
  }

  /// Without styles and without blanks at its end.
  var plain: String {
    var text = pieces.reduce(into: "") { $0 += $1.text.string }
    while text.utf8.last == 0x20 { text.removeLast() }
    return text
  }

  /// At most `columns` wide; a longer one ends in `…`.
  func truncated(to columns: Int) -> StyledLine {
    guard width > columns else { return self }
    guard columns > 0 else { return StyledLine() }
    var line = split(at: columns - 1).head
    line.append("…", .faint)
    return line
  }

  /// Lines of at most `columns`, all but the first indented; as it is when `columns` is nil.
  func wrapped(to columns: Int?, indent: Int = 0) -> [StyledLine] {
    guard let columns, width > columns else { return [self] }
    // Room for at least one wide character, however narrow the terminal.
    let indent = max(0, min(indent, columns - 8))
    var lines: [StyledLine] = []
    var rest = self
    while rest.width > 0 {
      let room = max(2, columns - (lines.isEmpty ? 0 : indent))
      var (head, tail) = rest.split(at: room)
      if tail.width > 0, let blank = head.lastBlank, blank > room * 2 / 3 { (head, tail) = rest.split(at: blank) }
      // A mark that is wider than the terminal goes out whole; nothing can be done about it.
      if head.width == 0 { (head, tail) = (rest, StyledLine()) }
      var line = StyledLine()
      if !lines.isEmpty { line.pad(to: indent) }
      line.append(head)
      lines.append(line)
      rest = tail
    }
    return lines
  }

  /// The column behind the last blank; nil when there is none.
  private var lastBlank: Int? {
    var column = width
    for piece in pieces.reversed() {
      for run in piece.text.runs.reversed() {
        for scalar in run.text.unicodeScalars.reversed() {
          if scalar == " ", !run.isMark { return column }
          column -= run.isMark ? 1 : CharacterWidth.of(scalar)
        }
      }
    }
    return nil
  }

  private func split(at columns: Int) -> (head: StyledLine, tail: StyledLine) {
    var head = StyledLine()
    var tail = StyledLine()
    for piece in pieces {
      if tail.width > 0 {
        tail.append(piece.text, piece.style)
        continue
      }
      let (first, second) = piece.text.split(at: columns - head.width)
      head.append(first, piece.style)
      tail.append(second, piece.style)
    }
    return (head, tail)
  }

  /// The bytes for a terminal. Marks stand out where there is colour.
  func rendered(isColoured: Bool) -> String {
    guard isColoured else { return plain }
    var out = ""
    for piece in pieces {
      for run in piece.text.runs {
        var code = piece.style.code.description
        if run.isMark, run.text != "…", piece.style != .bar { code += code.isEmpty ? "7" : ";7" }
        if code.isEmpty { out += run.text } else { out += "\u{1b}[\(code)m\(run.text)\u{1b}[0m" }
      }
    }
    return out
  }
}
