extension Emulator {
  /// A control character of C0 (ECMA-48 §5.2).
  mutating func control(_ byte: UInt8) {
    switch byte {
    case 0x08:
      if column > 0 { column -= 1 }
      isWrapPending = false
    case 0x09: tab(1)
    case 0x0A, 0x0B, 0x0C:
      index()
      if modes.isNewLine { returnCarriage() }
    case 0x0D: returnCarriage()
    case 0x0E: charsets.active = 1
    case 0x0F: charsets.active = 0
    default: break
    }
  }

  private mutating func returnCarriage() {
    column = 0
    isWrapPending = false
  }

  mutating func tab(_ count: Int) {
    for _ in 0..<min(count, size.columns) {
      guard column < size.columns - 1 else { return }
      repeat { column += 1 } while column < size.columns - 1 && !tabStops[column]
    }
  }

  mutating func tabBack(_ count: Int) {
    isWrapPending = false
    for _ in 0..<min(count, size.columns) {
      guard column > 0 else { return }
      repeat { column -= 1 } while column > 0 && !tabStops[column]
    }
  }

  /// An escape sequence by its final byte; what came between stands in `parser.intermediates`.
  mutating func escape(_ final: UInt8) {
    if let intermediate = parser.intermediates.first {
      guard parser.intermediates.count == 1 else { return }
      switch intermediate {
      case 0x28...0x2B: designate(Int(intermediate) - 0x28, final)
      case 0x23 where final == 0x38: showAlignmentPattern()
      default: break
      }
      return
    }
    switch final {
    case 0x37: saveCursor()
    case 0x38: restoreCursor()
    case 0x3D: modes.isApplicationKeypad = true
    case 0x3E: modes.isApplicationKeypad = false
    case 0x44: index()
    case 0x45:
      index()
      returnCarriage()
    case 0x48: tabStops[column] = true
    case 0x4D: reverseIndex()
    case 0x4E: charsets.single = 2
    case 0x4F: charsets.single = 3
    case 0x63: reset()
    case 0x6E: charsets.active = 2
    case 0x6F: charsets.active = 3
    default: break
    }
  }

  private mutating func designate(_ number: Int, _ final: UInt8) {
    switch final {
    case 0x30: charsets[number] = .graphics
    case 0x41: charsets[number] = .british
    default: charsets[number] = .ascii
    }
  }

  /// DECALN: the screen full of E.
  private mutating func showAlignmentPattern() {
    margins = 0..<size.rows
    let line = CellRow(
      cells: Array(repeating: Cell(glyph: 0x45, style: .plain), count: size.columns), continues: false)
    rows = Array(repeating: line, count: size.rows)
    (row, column, isWrapPending) = (0, 0, false)
  }

  mutating func saveCursor() {
    let saved = SavedCursor(
      row: row, column: column, isWrapPending: isWrapPending, pen: pen, charsets: charsets, isOrigin: modes.isOrigin)
    if modes.isAlternate { savedAlternate = saved } else { savedPrimary = saved }
  }

  mutating func restoreCursor() {
    let saved = modes.isAlternate ? savedAlternate : savedPrimary
    row = min(saved.row, size.rows - 1)
    column = min(saved.column, size.columns - 1)
    isWrapPending = saved.isWrapPending && column == size.columns - 1
    pen = saved.pen
    charsets = saved.charsets
    modes.isOrigin = saved.isOrigin
  }

  /// RIS: as switched on. Lines above the screen stay: they were seen.
  private mutating func reset() {
    if modes.isAlternate { swap(&rows, &hiddenRows) }
    let wasBracketed = modes.isBracketedPaste
    let wasAlternate = modes.isAlternate
    modes = TerminalModes()
    softReset()
    rows = Array(repeating: CellRow(columns: size.columns), count: size.rows)
    hiddenRows = rows
    savedAlternate = SavedCursor()
    (row, column, isWrapPending) = (0, 0, false)
    tabStops = Self.standardTabStops(size.columns)
    titles = []
    if wasAlternate { mark(.alternateScreen(false)) }
    if wasBracketed { mark(.bracketedPaste(false)) }
  }

  /// DECSTR (VT510 manual).
  mutating func softReset() {
    modes.inserts = false
    modes.isOrigin = false
    modes.wraps = true
    modes.showsCursor = true
    modes.isApplicationCursor = false
    modes.isApplicationKeypad = false
    margins = 0..<size.rows
    pen = .plain
    charsets = Charsets()
    if modes.isAlternate { savedAlternate = SavedCursor() } else { savedPrimary = SavedCursor() }
  }
}
