extension TypingReader {
  /// What the screen shows of an edited line.
  struct ScreenLine {
    var text: String
    var prompt: String
    /// The prompt's end was seen, not guessed from the look of the line.
    var isPromptKnown: Bool
  }

  /// Reads a line that ends on `last` or wherever its wrapped rows end. `end` is the cursor behind the text, where that is
  /// known: blanks before it were typed. `keyed` is what the keys say the text is, for a prompt that nobody saw end.
  func read(_ open: EditSession, last: UInt64, end: TerminalPlace?, keyed: String?) -> ScreenLine? {
    if let anchor = open.anchor, anchor.isMarked || !open.isAhead, !anchor.prompt.isEmpty || anchor.isMarked {
      if let line = locate(anchor.prompt, last: last, hint: anchor.place.line, first: open.openedAtPlace.line) {
        return screenLine(line, anchor.place.column, last: last, end: end, right: anchor.right, isKnown: true)
      }
      // The prompt was drawn anew in another form, as when it tells the mode of vi.
      if anchor.place.line <= last, keyed == nil || anchor.isMarked {
        return screenLine(anchor.place.line, anchor.place.column, last: last, end: end, right: nil, isKnown: false)
      }
    }
    for prompt in prompts.suffix(6).reversed() {
      let right = open.anchor?.prompt == prompt.text ? open.anchor?.right : nil
      guard let line = locate(prompt.text, last: last, hint: nil, first: open.openedAtPlace.line),
        let row = emulator.cellRow(line), let column = columns(of: prompt.text, in: row)
      else { continue }
      return screenLine(line, column, last: last, end: end, right: right, isKnown: true)
    }
    if let anchor = open.anchor, !anchor.prompt.isEmpty,
      let line = locate(anchor.prompt, last: last, hint: anchor.place.line, first: open.openedAtPlace.line)
    {
      return screenLine(line, anchor.place.column, last: last, end: end, right: anchor.right, isKnown: true)
    }
    return readByLook(open, last: last, end: end, keyed: keyed)
  }

  /// The line without a known prompt: what the keys say stands at its end, or the first sign of a prompt is taken.
  private func readByLook(_ open: EditSession, last: UInt64, end: TerminalPlace?, keyed: String?) -> ScreenLine? {
    var line = last
    while line > 0, last - line < UInt64(Self.rowLimit), emulator.cellRow(line - 1)?.continues == true { line -= 1 }
    guard let row = emulator.cellRow(line) else { return nil }
    if let keyed, !keyed.isEmpty {
      let whole = screenLine(line, 0, last: last, end: end, right: nil, isKnown: false)
      if let whole, whole.text.hasSuffix(keyed) {
        return ScreenLine(text: keyed, prompt: String(whole.text.dropLast(keyed.count)), isPromptKnown: false)
      }
    }
    guard let column = promptColumns(row) else { return nil }
    return screenLine(line, column, last: last, end: end, right: nil, isKnown: false)
  }

  /// The nearest line at or above `last` that begins with a prompt.
  private func locate(_ prompt: String, last: UInt64, hint: UInt64?, first: UInt64) -> UInt64? {
    guard !prompt.isEmpty else { return hint }
    var line = last
    var steps = 0
    while steps <= Self.searchLimit {
      if let row = emulator.cellRow(line), columns(of: prompt, in: row) != nil {
        if line == hint || line == 0 || emulator.cellRow(line - 1)?.continues != true { return line }
      }
      guard line > 0, line > first || line > emulator.topLine else { return nil }
      line -= 1
      steps += 1
    }
    return nil
  }

  /// Columns that a prompt covers in a row; nil where the row does not begin with it.
  func columns(of prompt: String, in row: CellRow) -> Int? {
    var rest = prompt[...]
    var column = 0
    while let character = rest.first {
      guard column < row.cells.count else { return nil }
      if row[column].isRightHalf {
        column += 1
        continue
      }
      let cell = emulator.text(row, column..<column + 1)
      guard rest.hasPrefix(cell), !cell.isEmpty else { return nil }
      _ = character
      rest = rest.dropFirst(cell.count)
      column += 1
    }
    if column < row.cells.count, row[column].isRightHalf { column += 1 }
    return column
  }

  /// Columns up to the first sign of a shell with a blank behind it.
  private func promptColumns(_ row: CellRow) -> Int? {
    var isSign = false
    for column in 0..<min(row.cells.count, 200) {
      let text = emulator.text(row, column..<column + 1)
      if isSign, text == " " { return column + 1 }
      if let character = text.first { isSign = PromptShape.shellSigns.contains(character) }
    }
    return nil
  }

  private func screenLine(
    _ first: UInt64, _ column: Int, last: UInt64, end: TerminalPlace?, right: (column: Int, text: String)?,
    isKnown: Bool
  ) -> ScreenLine? {
    guard let head = emulator.cellRow(first), first <= last || last + 1 == first else { return nil }
    var text = ""
    var line = first
    while line - first < UInt64(Self.rowLimit), text.utf8.count < Self.textLimit {
      guard let row = emulator.cellRow(line) else { break }
      let start = line == first ? column : 0
      var shown = emulator.shownCount(row)
      if line == first, let right, right.column < shown, emulator.text(row, right.column..<shown) == right.text {
        shown = right.column
        while shown > start, row[shown - 1].glyph == 0 || row[shown - 1].glyph == 0x20 { shown -= 1 }
      }
      let isFull = row.continues || shown >= row.cells.count
      if row.continues {
        // A wide character that found no room left the last cell blank.
        shown = row.cells.count
        if shown > 1, row[shown - 1].glyph == 0 { shown -= 1 }
      } else if let end, end.line == line, end.column > shown {
        shown = min(end.column, row.cells.count)
      }
      if shown > start { text += emulator.text(row, start..<shown) }
      guard line < last || row.continues else { break }
      if !isFull { text += "\n" }
      line += 1
    }
    while text.hasSuffix("\n") { text.removeLast() }
    return ScreenLine(text: text, prompt: emulator.text(head, 0..<column), isPromptKnown: isKnown)
  }
}
