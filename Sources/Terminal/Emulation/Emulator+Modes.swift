extension Emulator {
  /// A mode of ECMA-48 §7.
  mutating func setMode(_ number: Int, _ isOn: Bool) {
    switch number {
    case 4: modes.inserts = isOn
    case 20: modes.isNewLine = isOn
    default: break
    }
  }

  /// A private mode of DEC or xterm.
  mutating func setPrivateMode(_ number: Int, _ isOn: Bool) {
    switch number {
    case 1: modes.isApplicationCursor = isOn
    case 5: modes.isReversed = isOn
    case 6:
      modes.isOrigin = isOn
      move(toRow: 0, column: 0)
    case 7:
      modes.wraps = isOn
      if !isOn { isWrapPending = false }
    case 9, 1000, 1002, 1003: modes.mouse = isOn ? UInt16(number) : 0
    case 25: modes.showsCursor = isOn
    case 47: showAlternate(isOn)
    case 66: modes.isApplicationKeypad = isOn
    case 69: modes.hasSideMargins = isOn
    case 1047:
      // Cleared when it is left, so that it is blank when it comes back.
      if !isOn, modes.isAlternate { blankScreen() }
      showAlternate(isOn)
    case 1048: if isOn { saveCursor() } else { restoreCursor() }
    case 1049:
      if isOn {
        saveCursor()
        showAlternate(true)
        blankScreen()
      } else {
        showAlternate(false)
        restoreCursor()
      }
    case 2004:
      if modes.isBracketedPaste != isOn { mark(.bracketedPaste(isOn)) }
      modes.isBracketedPaste = isOn
    default: break
    }
  }

  private mutating func showAlternate(_ isOn: Bool) {
    guard modes.isAlternate != isOn else { return }
    modes.isAlternate = isOn
    swap(&rows, &hiddenRows)
    mark(.alternateScreen(isOn))
  }

  private mutating func blankScreen() {
    rows = Array(repeating: blankRow(), count: size.rows)
  }
}
