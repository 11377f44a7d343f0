/// Captured text made safe for a terminal: the only way that it gets there.
///
/// Control characters, C1 and ESC included, bidirectional controls and zero-width characters become visible marks, so that
/// a capture can neither move the cursor nor hide or reorder what a person reads.
public enum TerminalText {
  /// One line: line breaks and tabs are shown as `\n`, `\r`, `\t`.
  public static func oneLine(_ text: String) -> String { safe(text, keepsLines: false) }

  /// Lines: line feeds stay, tabs become spaces up to the next multiple of eight.
  public static func lines(_ text: String) -> String { safe(text, keepsLines: true) }

  private static func safe(_ text: String, keepsLines: Bool) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return text }
    var out = String.UnicodeScalarView()
    var column = 0
    for scalar in text.unicodeScalars {
      let mark: String
      switch scalar.value {
      case 0x0a where keepsLines:
        out.append(scalar)
        column = 0
        continue
      case 0x09 where keepsLines: mark = String(repeating: " ", count: 8 - column % 8)
      case 0x0a: mark = "\\n"
      case 0x0d: mark = "\\r"
      case 0x09: mark = "\\t"
      case 0..<0x20, 0x7f..<0xa0: mark = "\\x" + hex(scalar.value, 2)
      case 0xad, 0x61c, 0x180e, 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f, 0xfeff, 0xfff9...0xfffb,
        0xe000...0xf8ff, 0xe0000...0xe0fff:
        mark = "\\u{" + hex(scalar.value, 4) + "}"
      default:
        out.append(scalar)
        column += CharacterWidth.of(scalar)
        continue
      }
      out.append(contentsOf: mark.unicodeScalars)
      column += mark.unicodeScalars.count
    }
    return String(out)
  }

  private static func hex(_ value: UInt32, _ width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// Columns that a line takes.
  public static func width(_ line: String) -> Int {
    line.unicodeScalars.reduce(0) { $0 + CharacterWidth.of($1) }
  }

  /// The beginning of a line that fits `width` columns, with `…` when something is left out.
  public static func truncated(_ line: String, width: Int) -> String {
    if line.utf8.count <= width || TerminalText.width(line) <= width { return line }
    var out = String.UnicodeScalarView()
    var used = 0
    for scalar in line.unicodeScalars {
      let next = CharacterWidth.of(scalar)
      guard used + next <= max(0, width - 1) else { break }
      out.append(scalar)
      used += next
    }
    return String(out) + "…"
  }
}
