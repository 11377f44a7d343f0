/// Captured text made safe for a terminal: the only way that it gets there.
///
/// Control characters (ESC and the C1 set included), bidirectional controls, zero-width and other characters without a
/// shape of their own become visible marks: `\x1b`, `\u{202e}`. So a capture can neither move the cursor, nor hide, nor
/// reorder what a person reads, and its width is known, so that columns stay in line.
public struct TerminalText: Sendable, Hashable {
  /// A stretch of characters as they are, or one mark.
  struct Run: Sendable, Hashable {
    var text: String
    var width: Int
    var isMark: Bool
  }

  /// Combining marks that may stand on one character; more would grow over the lines above and below.
  static let combiningLimit = 3

  private(set) var runs: [Run] = []
  /// Columns that it takes.
  public private(set) var width = 0

  init() {}

  init(runs: [Run]) {
    self.runs = runs
    width = runs.reduce(0) { $0 + $1.width }
  }

  /// One line of at most `limit` columns; what is longer ends in `…`. Line breaks and tabs become marks.
  ///
  /// Cost follows the limit and not the length of the text.
  public init(_ captured: some StringProtocol, limit: Int = .max) {
    var builder = TerminalTextBuilder(limit: limit)
    builder.append(captured)
    self = builder.finish()
  }

  /// The safe text; marks are not told apart.
  public var string: String {
    guard runs.count != 1 else { return runs[0].text }
    return runs.reduce(into: "") { $0 += $1.text }
  }

  public var isEmpty: Bool { runs.isEmpty }

  /// Whether a character shows nothing by itself, or changes how its neighbours are shown.
  public static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20..<0x7f: return false
    case 0..<0x20, 0x7f..<0xa1, 0xad: return true
    case 0xa1...0x34e, 0x4e00...0x9fff, 0xac00...0xd7a3: return false
    default: break
    }
    switch scalar.properties.generalCategory {
    // What a private or unassigned character looks like is up to the font, and its width up to the terminal.
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return true
    case .spaceSeparator: return true
    default: return scalar.properties.isDefaultIgnorableCodePoint
    }
  }

  /// `\n`, `\x1b`, `\u{202e}`.
  public static func mark(for scalar: Unicode.Scalar) -> String {
    switch scalar.value {
    case 0x09: return "\\t"
    case 0x0a: return "\\n"
    case 0x0d: return "\\r"
    case 0..<0x100:
      let digits = String(scalar.value, radix: 16)
      return "\\x" + (digits.count < 2 ? "0" : "") + digits
    default:
      let digits = String(scalar.value, radix: 16)
      return "\\u{" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "}"
    }
  }
}

// MARK: Plain strings

extension TerminalText {
  /// One line, safe: line breaks and tabs are shown as `\n`, `\r`, `\t`.
  public static func oneLine(_ text: String) -> String {
    isPlain(text) ? text : TerminalText(text).string
  }

  /// Lines, safe: line feeds stay, tabs become spaces up to the next multiple of eight.
  public static func lines(_ text: String) -> String {
    if isPlain(text) { return text }
    return splitLines(text).map(\.string).joined(separator: "\n")
  }

  /// The lines of a text, without their line feeds; tabs become spaces.
  static func splitLines(_ text: some StringProtocol) -> [TerminalText] {
    Substring(text).unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      var builder = TerminalTextBuilder(limit: .max, expandsTabs: true)
      builder.append(Substring(line))
      return builder.finish()
    }
  }

  /// Columns that a safe line takes.
  public static func width(_ line: String) -> Int {
    isPlain(line) ? line.utf8.count : line.unicodeScalars.reduce(0) { $0 + CharacterWidth.of($1) }
  }

  /// The beginning of a safe line that fits `width` columns, with `…` when something is left out.
  public static func truncated(_ line: String, width: Int) -> String {
    if line.utf8.count <= width || TerminalText.width(line) <= width { return line }
    return TerminalText(line, limit: width).string
  }

  static func isPlain(_ text: some StringProtocol) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f } }
}
