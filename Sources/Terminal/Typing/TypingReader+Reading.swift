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
    // Nobody saw this prompt end: first it is sought from where the editor began, then above, as on a cleared screen.
    let first = open.openedAtPlace.line
    if let line = readLearned(open, last: last, end: end, atLeast: first) { return line }
    if let anchor = open.anchor, !anchor.prompt.isEmpty,
      let line = locate(anchor.prompt, last: last, hint: anchor.place.line, first: first)
    {
      return screenLine(line, anchor.place.column, last: last, end: end, right: anchor.right, isKnown: true)
    }
    if let line = readByLook(open, last: last, end: end, keyed: keyed), judge(line.prompt, editor: open.editor) != nil {
      return line
    }
    return readLearned(open, last: last, end: end, atLeast: 0)
  }

  /// The line behind a prompt that was seen before.
  private func readLearned(_ open: EditSession, last: UInt64, end: TerminalPlace?, atLeast: UInt64) -> ScreenLine? {
    for prompt in prompts.suffix(6).reversed() {
      let right = open.anchor?.prompt == prompt.text ? open.anchor?.right : nil
      guard let line = locate(prompt.text, last: last, hint: nil, first: open.openedAtPlace.line), line >= atLeast,
        let row = emulator.cellRow(line), let column = emulator.columns(of: prompt.text, in: row)
      else { continue }
      return screenLine(line, column, last: last, end: end, right: right, isKnown: true)
    }
    return nil
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
      if let row = emulator.cellRow(line), emulator.columns(of: prompt, in: row) != nil {
        // A short prompt may also be text that was wrapped; a long one was drawn anew, as after a change of width.
        let isLong = prompt.count { $0 != " " } >= 4
        if isLong || line == hint || line == 0 || emulator.cellRow(line - 1)?.continues != true { return line }
      }
      guard line > 0, line > first || line > emulator.topLine else { return nil }
      line -= 1
      steps += 1
    }
    return nil
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
    let text = emulator.editedText(TerminalPlace(line: first, column: column), last: last, end: end, right: right)
    return ScreenLine(text: text, prompt: emulator.text(head, 0..<column), isPromptKnown: isKnown)
  }
}
