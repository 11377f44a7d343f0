import Terminal

/// Draws rows of a captured screen at a place of the terminal in front of the person.
///
/// Nothing captured is copied but characters that have a shape; all sequences are the painter's own: SGR, and moves to a
/// column behind characters about whose width terminals disagree.
struct ScreenPainter {
  /// Stands for a character that has no shape of its own, or that changes how its neighbours are shown.
  static let substitute: Unicode.Scalar = "\u{FFFD}"

  private let colours: ColourReduction
  /// The captured colours are exchanged (DECSCNM).
  var isReversed = false
  /// Columns of the captured screen that are shown.
  var columns: Range<Int>
  /// Column of the person's terminal, from 0, where the first of them is drawn.
  var origin: Int

  init(depth: ColourDepth, columns: Range<Int>, origin: Int) {
    colours = ColourReduction(depth: depth)
    self.columns = columns
    self.origin = origin
  }

  /// The row, for a cursor that stands at `origin`. What is `found` stands out.
  func text(of row: ScreenRow, found: [Range<Int>] = []) -> String {
    var pen = Pen(column: origin)
    var column = 0
    for run in row.runs {
      let width = run.isWide ? 2 : 1
      defer { column += run.width }
      guard column < columns.upperBound, column + run.width > columns.lowerBound else { continue }
      let code = code(of: run.style)
      for (index, cell) in run.cells.enumerated() {
        let place = column + index * width
        guard place + width > columns.lowerBound, place < columns.upperBound else { continue }
        let isFound = found.contains { $0.contains(place) }
        pen.set(isFound ? Self.foundCode(of: colours.depth) : code)
        // Half of a wide character at the edge.
        guard place >= columns.lowerBound, place + width <= columns.upperBound else {
          pen.write(" ", at: origin + max(place, columns.lowerBound) - columns.lowerBound, width: 1, isCertain: true)
          continue
        }
        let (shown, isCertain) = Self.shown(cell, width: width)
        pen.write(shown, at: origin + place - columns.lowerBound, width: width, isCertain: isCertain)
      }
    }
    if isReversed, column < columns.upperBound {
      pen.set(code(of: .plain))
      let start = max(column, columns.lowerBound)
      let blanks = String(repeating: " ", count: columns.upperBound - start)
      pen.write(blanks, at: origin + start - columns.lowerBound, width: blanks.utf8.count, isCertain: true)
    }
    pen.set("")
    return pen.out
  }

  static func move(to column: Int) -> String { "\u{1b}[\(column + 1)G" }

  /// Writes pieces one behind the other, with as few sequences as that needs.
  private struct Pen {
    var out = ""
    private var column: Int
    private var isCertain = true
    private var code = ""

    init(column: Int) { self.column = column }

    mutating func set(_ code: String) {
      guard code != self.code else { return }
      out += code.isEmpty ? "\u{1b}[0m" : self.code.isEmpty ? "\u{1b}[\(code)m" : "\u{1b}[0;\(code)m"
      self.code = code
    }

    mutating func write(_ text: String, at column: Int, width: Int, isCertain: Bool) {
      if !self.isCertain || self.column != column { out += ScreenPainter.move(to: column) }
      out += text
      self.column = column + width
      self.isCertain = isCertain
    }
  }

  // MARK: Characters

  /// A cell's characters as they may be shown, and whether all terminals agree on their width.
  static func shown(_ cell: Substring, width: Int) -> (text: String, isCertain: Bool) {
    guard let base = cell.unicodeScalars.first else { return (String(repeating: " ", count: width), true) }
    if (0x20..<0x7F).contains(base.value), cell.utf8.count == 1 { return (String(cell), true) }
    var text = String.UnicodeScalarView()
    var marks = 0
    var isWithheld = TerminalText.isHidden(base) || CharacterWidth.of(base) == 0
    text.append(base)
    for scalar in cell.unicodeScalars.dropFirst() {
      // Which of two pictures a font shows; the joiners of emoji. Terminals disagree about them.
      if (0xFE00...0xFE0F).contains(scalar.value) || scalar == "\u{200D}" || scalar == "\u{200C}" { continue }
      guard !TerminalText.isHidden(scalar) else {
        isWithheld = true
        break
      }
      marks += 1
      if marks <= TerminalText.combiningLimit { text.append(scalar) }
    }
    if isWithheld { return (String(substitute) + (width == 2 ? " " : ""), false) }
    return (String(text), marks == 0 && isCertain(base.value, width))
  }

  /// Latin, Greek, Cyrillic, lines and blocks are narrow everywhere, CJK is wide.
  private static func isCertain(_ scalar: UInt32, _ width: Int) -> Bool {
    switch scalar {
    case 0xA1..<0x300, 0x370..<0x530, 0x2500..<0x25A0: width == 1
    case 0x3041...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7A3: width == 2
    default: false
    }
  }

  // MARK: Styles

  private static func foundCode(of depth: ColourDepth) -> String { depth == .none ? "7" : Style.found.code.description }

  /// Parameters of SGR; empty for plain text. Concealed text is shown faint: a replay hides nothing.
  private func code(of style: CellStyle) -> String {
    var codes: [String] = []
    var attributes = style.attributes
    if isReversed { attributes.formSymmetricDifference(.reverse) }
    for (attribute, code) in Self.attributes where attributes.contains(attribute) { codes.append(code) }
    let (foreground, background) = colours.reduced(style.foreground, on: style.background)
    if let code = Self.code(foreground, base: 30, bright: 90) { codes.append(code) }
    if let code = Self.code(background, base: 40, bright: 100) { codes.append(code) }
    return codes.joined(separator: ";")
  }

  private static let attributes: [(CellStyle.Attributes, String)] = [
    (.bold, "1"), (.dim, "2"), (.conceal, "2"), (.italic, "3"), (.underline, "4"), (.blink, "5"), (.reverse, "7"),
    (.strike, "9"), (.overline, "53"),
  ]

  private static func code(_ colour: TerminalColor, base: Int, bright: Int) -> String? {
    switch colour {
    case .standard: nil
    case .indexed(let index) where index < 8: "\(base + Int(index))"
    case .indexed(let index) where index < 16: "\(bright + Int(index) - 8)"
    case .indexed(let index): "\(base + 8);5;\(index)"
    case .rgb(let red, let green, let blue): "\(base + 8);2;\(red);\(green);\(blue)"
    }
  }
}
