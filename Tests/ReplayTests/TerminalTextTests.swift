import TestKit
import Testing

@testable import Replay

struct TerminalTextTests {
  @Test func `characters without a shape become marks`() {
    #expect(TerminalText.oneLine("a\u{1b}[2Jb") == "a\\x1b[2Jb")
    #expect(TerminalText.oneLine("\u{0}\u{7f}\u{85}\u{9b}31m") == "\\x00\\x7f\\x85\\x9b31m")
    #expect(TerminalText.oneLine("\u{202e}x\u{200b}\u{feff}\u{2066}") == "\\u{202e}x\\u{200b}\\u{feff}\\u{2066}")
    #expect(TerminalText.oneLine("a\tb\nc\r") == "a\\tb\\nc\\r")
    #expect(TerminalText.oneLine("\u{a0}\u{ad}\u{fe0f}\u{e000}\u{e0067}") == "\\xa0\\xad\\u{fe0f}\\u{e000}\\u{e0067}")
    #expect(TerminalText.oneLine("Grüße, 日本語, 🚀") == "Grüße, 日本語, 🚀")
  }

  @Test func `no scalar of Unicode gets out that could control a terminal`() {
    for value in [0...0x2FFFF, 0xE0000...0xE0FFF, 0x10FFF0...0x10FFFF].joined() {
      guard let scalar = Unicode.Scalar(UInt32(value)) else { continue }
      let shown = TerminalText.oneLine("x" + String(scalar))
      let isSafe = shown.unicodeScalars.allSatisfy { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: false
        default: !scalar.properties.isDefaultIgnorableCodePoint
        }
      }
      if !isSafe { Issue.record("U+\(String(value, radix: 16)) gets through") }
    }
  }

  @Test func `lines keep their breaks and tabs become spaces`() {
    #expect(TerminalText.lines("a\tb\n\t日\tc\u{1b}") == "a       b\n        日      c\\x1b")
  }

  @Test func `a character takes the columns that terminals give it`() {
    #expect(TerminalText("日本語").width == 6)
    #expect(TerminalText("e\u{301}").width == 1)
    #expect(TerminalText("🚀").width == 2)
    #expect(TerminalText("─◆✗╱│").width == 5)
    #expect(TerminalText("ｆｕｌｌ").width == 8)
    #expect(TerminalText("한글").width == 4)
    #expect(TerminalText("\u{1112}\u{1161}\u{11ab}").width == 2)
    #expect(TerminalText("\u{1b}").width == 4)
  }

  @Test func `combining marks stand on captured characters only and do not pile up`() {
    #expect(TerminalText.oneLine("\u{301}x") == "\\u{0301}x")
    #expect(TerminalText.oneLine("x\u{1b}\u{301}") == "x\\x1b\\u{0301}")
    let pile = "x" + String(repeating: "\u{301}", count: 6)
    #expect(
      TerminalText.oneLine(pile).unicodeScalars.elementsEqual(
        "x\u{301}\u{301}\u{301}\\u{0301}\\u{0301}\\u{0301}".unicodeScalars))
  }

  @Test func `a text is cut at a column, marks and wide characters stay whole`() {
    #expect(TerminalText("abcdef", limit: 6).string == "abcdef")
    #expect(TerminalText("abcdefg", limit: 6).string == "abcde…")
    #expect(TerminalText("日本語", limit: 5).string == "日本…")
    #expect(TerminalText("日本語", limit: 4).string == "日…")
    #expect(TerminalText("ab\u{1b}cd", limit: 5).string == "ab…")
    #expect(TerminalText("abc", limit: 0).string == "")
    #expect(TerminalText("abc", limit: 1).string == "…")
    for limit in 0..<80 {
      for text in Hostile.statements { #expect(TerminalText(text, limit: limit).width <= limit) }
    }
  }

  @Test func `a line wraps without losing or changing anything`() {
    for text in Hostile.statements + ["", "日本語 日本語 日本語 日本語 日本語"] {
      let line = StyledLine(text)
      for columns in [20, 33, 80] {
        let wrapped = line.wrapped(to: columns, indent: 4)
        #expect(wrapped.allSatisfy { $0.width <= columns })
        let joined = wrapped.enumerated().map { index, part in
          let text = part.pieces.map(\.text.string).joined()
          return index == 0 ? text : String(text.dropFirst(4))
        }.joined()
        #expect(joined == line.pieces.map(\.text.string).joined())
      }
    }
  }

  @Test func `colour is written only where it is wanted`() {
    var line = StyledLine("a\u{1b}b", .error)
    line.append(" plain")
    #expect(line.rendered(isColoured: false) == "a\\x1bb plain")
    #expect(
      line.rendered(isColoured: true)
        == "\u{1b}[31ma\u{1b}[0m\u{1b}[31;7m\\x1b\u{1b}[0m\u{1b}[31mb\u{1b}[0m plain")
  }

  @Test func `what was searched for is made visible, capitals or not`() {
    let line = StyledLine("SET Card_Pan = card_pan").highlighting("card_PAN")
    #expect(line.pieces.filter { $0.style == .found }.map(\.text.string) == ["Card_Pan", "card_pan"])
    #expect(line.plain == "SET Card_Pan = card_pan")
    #expect(StyledLine("nothing").highlighting("x") == StyledLine("nothing"))
  }
}
