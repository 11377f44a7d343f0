extension Emulator {
  /// A control sequence by its final byte (ECMA-48 §5.4; xterm's ctlseqs for those with a marker).
  mutating func sequence(_ final: UInt8) {
    if let intermediate = parser.intermediates.first {
      if intermediate == 0x21, final == 0x70, parser.marker == 0 { softReset() }
      return
    }
    switch parser.marker {
    case 0: plainSequence(final)
    case 0x3F: privateSequence(final)
    default: break
    }
  }

  private mutating func privateSequence(_ final: UInt8) {
    switch final {
    case 0x68, 0x6C:
      for index in parser.parameters.indices { setPrivateMode(parser.parameter(index), final == 0x68) }
    // DECSED and DECSEL: no cell is ever protected here.
    case 0x4A: eraseInDisplay(parser.parameter(0))
    case 0x4B: eraseInLine(parser.parameter(0))
    default: break
    }
  }

  private mutating func plainSequence(_ final: UInt8) {
    let columns = size.columns
    switch final {
    case 0x40: edit { $0.insertBlanks($2.count(), at: $1, style: $3) }
    case 0x41, 0x6B: moveUp(parser.count())
    case 0x42, 0x65: moveDown(parser.count())
    case 0x43, 0x61: move(toColumn: column + parser.count())
    case 0x44, 0x6A: move(toColumn: column - parser.count())
    case 0x45:
      moveDown(parser.count())
      move(toColumn: 0)
    case 0x46:
      moveUp(parser.count())
      move(toColumn: 0)
    case 0x47, 0x60: move(toColumn: parser.count() - 1)
    case 0x48, 0x66: move(toRow: parser.count() - 1, column: parser.count(1) - 1)
    case 0x49: tab(parser.count())
    case 0x4A: eraseInDisplay(parser.parameter(0))
    case 0x4B: eraseInLine(parser.parameter(0))
    case 0x4C: changeLines { $0.scrollDown($2, in: $1) }
    case 0x4D: changeLines { $0.removeRows($2, in: $1) }
    case 0x50: edit { $0.delete($2.count(), at: $1, style: $3) }
    case 0x53: scrollUp(parser.count())
    // With five parameters it is xterm's highlight tracking.
    case 0x54, 0x5E: if parser.parameters.count < 2 { scrollDown(parser.count(), in: margins) }
    case 0x58: edit { $0.erase($1..<min($1 + $2.count(), columns), style: $3) }
    case 0x5A: tabBack(parser.count())
    case 0x62: repeatLast(parser.count())
    case 0x64: move(toRow: parser.count() - 1, column: column)
    case 0x67: clearTabStops(parser.parameter(0))
    case 0x68, 0x6C:
      for index in parser.parameters.indices { setMode(parser.parameter(index), final == 0x68) }
    case 0x6D: setStyle()
    case 0x72: setMargins()
    case 0x73: if !modes.hasSideMargins { saveCursor() }
    case 0x74: manipulateWindow()
    case 0x75: restoreCursor()
    default: break
    }
  }

  /// Changes the cursor's row at the cursor.
  private mutating func edit(_ change: (inout CellRow, Int, ControlParser, CellStyle) -> Void) {
    isWrapPending = false
    change(&rows[row], column, parser, pen.erased)
  }

  /// IL and DL: between the cursor and the bottom margin, if the cursor is between the margins; it goes to the line's
  /// home position (ECMA-48 §8.3.32, §8.3.67).
  private mutating func changeLines(_ change: (inout Emulator, Range<Int>, Int) -> Void) {
    guard margins.contains(row) else { return }
    change(&self, row..<margins.upperBound, parser.count())
    move(toColumn: 0)
  }

  private mutating func moveUp(_ count: Int) {
    let bound = row >= margins.lowerBound ? margins.lowerBound : 0
    row = max(row - count, bound)
    isWrapPending = false
  }

  private mutating func moveDown(_ count: Int) {
    let bound = row < margins.upperBound ? margins.upperBound - 1 : size.rows - 1
    row = min(row + count, bound)
    isWrapPending = false
  }

  private mutating func move(toColumn target: Int) {
    column = min(max(target, 0), size.columns - 1)
    isWrapPending = false
  }

  /// CUP and its kin: rows count from the top margin in origin mode and stay between the margins.
  mutating func move(toRow target: Int, column: Int) {
    let bounds = modes.isOrigin ? margins : 0..<size.rows
    row = min(bounds.lowerBound + target, bounds.upperBound - 1)
    move(toColumn: column)
  }

  /// REP: up to a row of it, as tmux does; no program asks for more, and a few bytes are not to fill screens.
  private mutating func repeatLast(_ count: Int) {
    guard lastScalar != 0 else { return }
    for _ in 0..<min(count, size.columns) { put(lastScalar) }
  }

  private mutating func clearTabStops(_ which: Int) {
    switch which {
    case 0: tabStops[column] = false
    case 3: tabStops = Array(repeating: false, count: size.columns)
    default: break
    }
  }

  /// DECSTBM: two rows at least; the cursor goes home.
  private mutating func setMargins() {
    let top = parser.count() - 1
    let bottom = min(parser.parameter(1) == 0 ? size.rows : parser.parameter(1), size.rows)
    guard top + 1 < bottom else { return }
    margins = top..<bottom
    move(toRow: 0, column: 0)
  }

  /// Of xterm's window operations only the stack of titles: a program brings back what it found.
  private mutating func manipulateWindow() {
    guard parser.parameter(1) != 1 else { return }
    switch parser.parameter(0) {
    case 22: if titles.count < 10 { titles.append(title) }
    case 23: if let last = titles.popLast() { title = last }
    default: break
    }
  }

  /// ED (ECMA-48 §8.3.39).
  mutating func eraseInDisplay(_ which: Int) {
    switch which {
    case 0:
      eraseInLine(0)
      eraseRows(row + 1..<size.rows)
    case 1:
      eraseRows(0..<row)
      eraseInLine(1)
    case 2: eraseRows(0..<size.rows)
    // xterm's 3 forgets the lines above the screen. They were seen, so they stay.
    default: break
    }
  }

  private mutating func eraseRows(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    let blank = blankRow()
    for row in range { rows[row] = blank }
  }

  /// EL (ECMA-48 §8.3.41).
  ///
  /// To the end of a row that is full nothing is erased: `grep --color` and top send it behind every match and line,
  /// and xterm's reading of it, that the cursor stands on the last character, loses text that VTE and tmux keep.
  mutating func eraseInLine(_ which: Int) {
    if which == 0, isWrapPending { return }
    isWrapPending = false
    switch which {
    case 0: rows[row].erase(column..<size.columns, style: pen.erased)
    case 1: rows[row].erase(0..<column + 1, style: pen.erased)
    case 2: rows[row].erase(0..<size.columns, style: pen.erased)
    default: break
    }
  }
}
