import Bytes
import Terminal
import Testing

/// An emulator that was fed with `text`.
func emulator(_ text: String, columns: Int = 20, rows: Int = 5) -> Emulator {
  var emulator = Emulator(size: TerminalSize(columns: columns, rows: rows))
  emulator.write(Array(text.utf8))
  return emulator
}

/// What an emulator shows that was fed with `text`.
func shown(_ text: String, columns: Int = 20, rows: Int = 5) -> String {
  var emulator = emulator(text, columns: columns, rows: rows)
  return emulator.screen.text
}

@Suite struct EmulatorTests {
  @Test func `text wraps at the margin and goes on in the next row`() {
    var terminal = emulator("abcdefghijklmnopqrstuvwxyz")
    #expect(terminal.line(0) == "abcdefghijklmnopqrst")
    #expect(terminal.line(1) == "uvwxyz")
    #expect(terminal.screen.rows[0].continues)
    #expect(!terminal.screen.rows[1].continues)
  }

  @Test func `the last column is written without going to the next row`() {
    let terminal = emulator("abcdefghijklmnopqrst")
    #expect(terminal.cursor == CursorState(row: 0, column: 19))
    #expect(shown("abcdefghijklmnopqrst\r\nx") == "abcdefghijklmnopqrst\nx")
    #expect(shown("abcdefghijklmnopqrst\u{8}X") == "abcdefghijklmnopqrXt")
    #expect(shown("\u{1b}[?7labcdefghijklmnopqrstuvw") == "abcdefghijklmnopqrsw")
  }

  @Test func `lines that leave the top are kept above the screen`() {
    var terminal = emulator("1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7", rows: 3)
    #expect(terminal.screen.text == "5\n6\n7")
    #expect(terminal.scrollbackCount == 4)
    #expect(terminal.scrollbackRows.map(\.text) == ["1", "2", "3", "4"])
    let first = terminal.takeScrolledOff()
    #expect(first.rows.map(\.text) == ["1", "2", "3", "4"])
    #expect(first.missed == 0)
    terminal.write(Array("\r\n8".utf8))
    #expect(terminal.takeScrolledOff().rows.map(\.text) == ["5"])
    #expect(terminal.takeScrolledOff().rows.isEmpty)
    #expect(terminal.topLine == 5)
  }

  @Test func `lines kept above the screen are bounded and what was missed is counted`() {
    var options = EmulatorOptions()
    options.scrollbackLimit = 3
    var terminal = Emulator(size: TerminalSize(columns: 10, rows: 2), options: options)
    for number in 0..<10 { terminal.write(Array("\(number)\r\n".utf8)) }
    let taken = terminal.takeScrolledOff()
    #expect(taken.rows.map(\.text) == ["6", "7", "8"])
    #expect(taken.missed == 6)
    #expect(terminal.topLine == 9)
  }

  @Test func `the alternate screen hides the primary one and gives it back`() {
    for mode in [47, 1047, 1049] {
      var terminal = emulator("one\r\ntwo\u{1b}[?\(mode)h\u{1b}[H\u{1b}[2Jfull screen")
      #expect(terminal.isAlternate)
      #expect(terminal.screen.text == "full screen")
      terminal.write(Array("\r\n\n\n\n\n\n\u{1b}[?\(mode)l".utf8))
      #expect(!terminal.isAlternate)
      #expect(terminal.screen.text == "one\ntwo")
      #expect(terminal.scrollbackCount == 0)
      if mode == 1049 { #expect(terminal.cursor == CursorState(row: 1, column: 3)) }
    }
  }

  @Test func `a character may come in pieces and what is wrong is shown as such`() {
    var terminal = Emulator(size: .standard)
    for byte in Array("aé漢😀z".utf8) { terminal.write([byte]) }
    #expect(terminal.line(0) == "aé漢😀z")
    #expect(terminal.cursor.column == 7)
    var other = Emulator(size: .standard)
    other.write([0x61, 0xE2, 0x82, 0x62, 0xFF, 0xC0, 0xED, 0xA0, 0x80, 0x63])
    #expect(other.line(0) == "a\u{FFFD}b\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}c")
  }

  @Test func `wide characters take two columns and are never cut in half`() {
    #expect(shown("漢字", columns: 3) == "漢\n字")
    #expect(shown("漢字\u{1b}[1;2Hx") == " x字")
    #expect(shown("漢字\u{1b}[1;3Hx") == "漢x")
    #expect(shown("漢字\u{1b}[1;1H\u{1b}[P") == " 字")
    #expect(shown("漢字\u{1b}[1;2H\u{1b}[@") == "   字")
    #expect(shown("漢", columns: 1).isEmpty)
    var terminal = emulator("a漢b")
    #expect(terminal.screen.rows[0].runs.map(\.width) == [1, 2, 1])
    #expect(terminal.screen.rows[0].runs.map(\.isWide) == [false, true, false])
  }

  @Test func `marks are drawn over the character before them`() {
    var terminal = emulator("e\u{301}x\u{1b}[1;20Ho\u{308}")
    #expect(terminal.line(0) == "e\u{301}x                 o\u{308}")
    #expect(terminal.cursor.column == 19)
    #expect(shown("\u{301}a") == "a")
    terminal = emulator("a" + String(repeating: "\u{301}", count: 100_000))
    #expect(terminal.line(0).unicodeScalars.count == 8)
  }

  @Test func `the characters for lines and the British set are shown`() {
    #expect(shown("\u{1b}(0lqk\u{1b}(B lqk") == "┌─┐ lqk")
    #expect(shown("\u{1b})0a\u{e}x\u{f}x") == "a│x")
    #expect(shown("\u{1b}(A#") == "£")
    #expect(shown("\u{1b}*0\u{1b}Nqq") == "─q")
  }

  @Test func `insertion and deletion stay within margins`() {
    let lines = "1\r\n2\r\n3\r\n4\r\n5"
    #expect(shown(lines + "\u{1b}[2;4r\u{1b}[2H\u{1b}[L") == "1\n\n2\n3\n5")
    #expect(shown(lines + "\u{1b}[2;4r\u{1b}[2H\u{1b}[M") == "1\n3\n4\n\n5")
    #expect(shown(lines + "\u{1b}[2;4r\u{1b}[5H\u{1b}[M") == "1\n2\n3\n4\n5")
    #expect(shown(lines + "\u{1b}[2;4r\u{1b}[S") == "1\n3\n4\n\n5")
    #expect(shown(lines + "\u{1b}[2;4r\u{1b}[T") == "1\n\n2\n3\n5")
    #expect(shown(lines + "\u{1b}[2;4r\u{1b}[4H\n") == "1\n3\n4\n\n5")
    #expect(shown(lines + "\u{1b}[2;4r\u{1b}[2H\u{1b}M") == "1\n\n2\n3\n5")
    #expect(shown("abc\u{1b}[1;2H\u{1b}[2@") == "a  bc")
    #expect(shown("abcdef\u{1b}[1;2H\u{1b}[2P") == "adef")
    #expect(shown("abcdef\u{1b}[1;2H\u{1b}[2X") == "a  def")
    #expect(shown("abc\u{1b}[1;2H\u{1b}[4hXY\u{1b}[4l") == "aXYbc")
  }

  @Test func `erasing goes up to the cursor or from it on`() {
    let lines = "aaa\r\nbbb\r\nccc\u{1b}[2;2H"
    #expect(shown(lines + "\u{1b}[K") == "aaa\nb\nccc")
    #expect(shown(lines + "\u{1b}[1K") == "aaa\n  b\nccc")
    #expect(shown(lines + "\u{1b}[2K") == "aaa\n\nccc")
    #expect(shown(lines + "\u{1b}[J") == "aaa\nb")
    #expect(shown(lines + "\u{1b}[1J") == "\n  b\nccc")
    #expect(shown(lines + "\u{1b}[2J") == "")
    #expect(shown(lines + "\u{1b}#8", columns: 2, rows: 2) == "EE\nEE")
  }

  @Test func `tabs are set, taken and followed both ways`() {
    #expect(shown("a\tb") == "a       b")
    #expect(shown("\u{1b}[3g\u{1b}[5G\u{1b}H\r\tx") == "    x")
    #expect(shown("\t\t\u{1b}[Zx") == "        x")
    #expect(shown("\u{1b}[2Ix") == "                x")
  }

  @Test func `the cursor is moved, kept and brought back`() {
    #expect(emulator("\u{1b}[3;7H").cursor == CursorState(row: 2, column: 6))
    #expect(emulator("\u{1b}[99;99H").cursor == CursorState(row: 4, column: 19))
    #expect(emulator("\u{1b}[3;7H\u{1b}7\u{1b}[H\u{1b}8").cursor == CursorState(row: 2, column: 6))
    #expect(emulator("\u{1b}[3;7H\u{1b}[s\u{1b}[H\u{1b}[u").cursor == CursorState(row: 2, column: 6))
    #expect(emulator("\u{1b}[2;4r\u{1b}[?6h\u{1b}[9;1H").cursor == CursorState(row: 3, column: 0))
    #expect(emulator("\u{1b}[?25l").cursor.isVisible == false)
    #expect(shown("ab\u{1b}[3b") == "abbbb")
  }

  @Test func `modes and titles are told`() {
    var terminal = emulator("\u{1b}[?2004h\u{1b}[?1h\u{1b}=\u{1b}[?1000h\u{1b}]0;vim: a\u{7f}.txt\u{7}")
    #expect(terminal.isBracketedPaste)
    #expect(terminal.isApplicationCursor)
    #expect(terminal.isApplicationKeypad)
    #expect(terminal.isMouseReported)
    #expect(terminal.title == "vim: a.txt")
    terminal.write(Array("\u{1b}[22;0t\u{1b}]2;two\u{1b}\\\u{1b}[23;0tx\u{1b}kthree\u{1b}\\y".utf8))
    #expect(terminal.title == "three")
    #expect(terminal.line(0) == "xy")
    terminal.write(Array("\u{1b}c".utf8))
    #expect(!terminal.isBracketedPaste)
    #expect(terminal.line(0).isEmpty)
  }

  @Test func `strings that are not shown and sequences that are not known leave no trace`() {
    #expect(shown("a\u{1b}P1$r0m\u{1b}\\b\u{1b}_x\u{1b}\\c\u{1b}^y\u{1b}\\d\u{1b}Xz\u{1b}\\e") == "abcde")
    #expect(
      shown("a\u{1b}[>4;2mb\u{1b}[=5uc\u{1b}[1$zd\u{1b}[?12he\u{1b}[1;2;3;4;5Tf\u{1b}%Gg\u{1b}[0 qh") == "abcdefgh")
    #expect(shown("\u{1b}[99999999999999999999;1Hx") == "\n\n\n\nx")
    #expect(shown("\u{1b}[1;2;3:4:5;<mx") == "x")
  }
}
