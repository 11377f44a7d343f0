/// One terminal: fed with what a program wrote, shows what a person saw.
///
/// A value, so that a copy is a keyframe: rows are shared until one side changes them. It does what xterm does where
/// ECMA-48 and the VT series leave a choice; `docs/formats/terminal.md` lists what is understood. No input can make it
/// fail, hang or grow past its bounds.
public struct Emulator: Sendable {
  public private(set) var size: TerminalSize
  public let options: EmulatorOptions
  /// Bytes written so far.
  public internal(set) var byteCount: UInt64 = 0
  /// What OSC 0 or 2 said last.
  public internal(set) var title = ""

  var rows: [CellRow]
  /// The blank row that was made last.
  var blank: CellRow
  /// The rows of the screen that is not shown.
  var hiddenRows: [CellRow]
  var modes = TerminalModes()
  var row = 0
  var column = 0
  /// The last column was written: the next character goes to the next row (VT100 "autowrap").
  var isWrapPending = false
  var pen = CellStyle.plain
  /// Rows that scroll; the whole screen unless DECSTBM said otherwise.
  var margins: Range<Int>
  var tabStops: [Bool]
  var charsets = Charsets()
  var savedPrimary = SavedCursor()
  var savedAlternate = SavedCursor()
  var scrollback: Scrollback
  var clusters = ClusterTable()
  var parser = ControlParser()
  var titles: [String] = []
  /// The scalar that REP repeats; 0 when there is none.
  var lastScalar: UInt32 = 0
  var marks: [TerminalMark] = []
  /// The prompt that began last asks for more of a command.
  var isInContinuation = false
  /// Marks that came while too many waited to be taken.
  public internal(set) var lostMarkCount = 0

  public init(size: TerminalSize, options: EmulatorOptions = EmulatorOptions()) {
    self.size = size
    self.options = options
    blank = CellRow(columns: size.columns)
    rows = Array(repeating: blank, count: size.rows)
    hiddenRows = rows
    margins = 0..<size.rows
    tabStops = Self.standardTabStops(size.columns)
    scrollback = Scrollback(limit: options.scrollbackLimit)
  }

  static func standardTabStops(_ columns: Int) -> [Bool] { (0..<columns).map { $0 > 0 && $0 % 8 == 0 } }

  /// What is seen now. Rows that did not change since the last time are not made again.
  public var screen: Screen {
    mutating get {
      for index in rows.indices { _ = rows[index].render(clusters) }
      return Screen(
        size: size, rows: rows.map { $0.rendering(clusters) }, cursor: cursor, title: title, isAlternate: isAlternate,
        isReversed: modes.isReversed)
    }
  }

  public var cursor: CursorState { CursorState(row: row, column: column, isVisible: modes.showsCursor) }
  /// A full-screen program has the screen to itself.
  public var isAlternate: Bool { modes.isAlternate }
  /// Pasted text is announced to the program (DEC mode 2004): a line editor is reading.
  public var isBracketedPaste: Bool { modes.isBracketedPaste }
  /// Arrow keys send `ESC O A` instead of `ESC [ A` (DECCKM).
  public var isApplicationCursor: Bool { modes.isApplicationCursor }
  /// The numeric keys send sequences of their own (DECNKM, DECKPAM).
  public var isApplicationKeypad: Bool { modes.isApplicationKeypad }
  /// The program is told of clicks or movements.
  public var isMouseReported: Bool { modes.mouse != 0 }
  /// Lines that are kept above the screen.
  public var scrollbackCount: Int { scrollback.count }
  /// Number of the screen's first line, counted from the first that the terminal ever had.
  public var topLine: UInt64 { scrollback.total }

  /// Text of a row, trailing blanks left out; empty for a row that is not there.
  public func line(_ row: Int) -> String { rows.indices.contains(row) ? rows[row].rendering(clusters).text : "" }

  /// All lines kept above the screen, from the oldest.
  public var scrollbackRows: [ScreenRow] { scrollback.lines.map { $0.rendering(clusters) } }

  /// `takeScrolledOff` would give lines.
  public var hasScrolledOff: Bool { scrollback.untaken > 0 }

  /// Lines that left the screen at the top since the last call; `missed` were already out of bounds.
  public mutating func takeScrolledOff() -> (rows: [ScreenRow], missed: Int) {
    let taken = scrollback.take()
    return (taken.rows.map { $0.rendering(clusters) }, taken.missed)
  }

  /// The marks since the last call, in their order.
  public mutating func takeMarks() -> [TerminalMark] {
    defer { marks.removeAll() }
    return marks
  }

  mutating func setSize(_ size: TerminalSize) { self.size = size }
}
