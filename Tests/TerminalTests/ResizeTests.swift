import Terminal
import TestKit
import Testing

@Suite struct ResizeTests {
  @Test func `wrapped lines are laid out anew for another width`() {
    var terminal = emulator("abcdefghijklmnopqrstuvwxyz\r\n$ ls")
    terminal.resize(TerminalSize(columns: 10, rows: 5))
    #expect(terminal.screen.text == "abcdefghij\nklmnopqrst\nuvwxyz\n$ ls")
    #expect(terminal.cursor == CursorState(row: 3, column: 4))
    terminal.resize(TerminalSize(columns: 30, rows: 5))
    #expect(terminal.screen.text == "abcdefghijklmnopqrstuvwxyz\n$ ls")
    #expect(terminal.cursor == CursorState(row: 1, column: 4))
  }

  @Test func `rows without room go above the screen and come back`() {
    var terminal = emulator("1\r\n2\r\n3\r\n4\r\n5")
    terminal.resize(TerminalSize(columns: 20, rows: 2))
    #expect(terminal.screen.text == "4\n5")
    #expect(terminal.scrollbackCount == 3)
    #expect(terminal.cursor == CursorState(row: 1, column: 1))
    terminal.resize(TerminalSize(columns: 20, rows: 5))
    #expect(terminal.screen.text == "1\n2\n3\n4\n5")
    #expect(terminal.scrollbackCount == 0)
  }

  @Test func `blank rows below the cursor go before any other`() {
    var terminal = emulator("1\r\n2")
    terminal.resize(TerminalSize(columns: 20, rows: 2))
    #expect(terminal.screen.text == "1\n2")
    #expect(terminal.scrollbackCount == 0)
  }

  @Test func `the alternate screen is cut and the primary one below it laid out anew`() {
    var terminal = emulator("abcdefghijkl\u{1b}[?1049h\u{1b}[HABCDEFGHIJKL")
    terminal.resize(TerminalSize(columns: 6, rows: 4))
    #expect(terminal.screen.text == "ABCDEF")
    terminal.write(Array("\u{1b}[?1049l".utf8))
    #expect(terminal.screen.text == "abcdef\nghijkl")
    #expect(terminal.screen.size == TerminalSize(columns: 6, rows: 4))
  }

  @Test func `wide characters are not cut when lines are laid out anew`() {
    var terminal = emulator("漢字漢字", columns: 8)
    terminal.resize(TerminalSize(columns: 3, rows: 5))
    #expect(terminal.screen.text == "漢\n字\n漢\n字")
    terminal.resize(TerminalSize(columns: 8, rows: 5))
    #expect(terminal.screen.text == "漢字漢字")
  }

  @Test func `where one column is left nothing is shown of wide characters`() {
    var terminal = emulator("a漢b", columns: 8)
    terminal.resize(TerminalSize(columns: 1, rows: 5))
    #expect(terminal.screen.text == "a\n\n\nb")
    #expect(terminal.screen.rows.allSatisfy { $0.runs.allSatisfy { !$0.isWide } })
  }

  @Test func `any order of sizes keeps the cursor on the screen`() {
    var random = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: 0...UInt64.max, using: &random)
    var generator = SeededGenerator(seed: seed)
    var terminal = Emulator(size: .standard)
    for _ in 0..<300 {
      let columns = Int.random(in: 1...40, using: &generator)
      let rows = Int.random(in: 1...12, using: &generator)
      terminal.resize(TerminalSize(columns: columns, rows: rows))
      let screen = terminal.screen
      #expect(screen.rows.count == rows, "seed \(seed)")
      #expect(screen.cursor.row < rows && screen.cursor.column < columns, "seed \(seed)")
      #expect(screen.rows.allSatisfy { $0.runs.reduce(0) { $0 + $1.width } <= columns }, "seed \(seed)")
      let text = [
        "漢字 ", "abc", "\r\n", "e\u{301}", "\u{1b}[?1049h", "\u{1b}[?1049l", "\u{1b}7", "\u{1b}8", "\u{1b}[2;4r",
      ]
      for _ in 0..<10 { terminal.write(Array((text.randomElement(using: &generator) ?? "").utf8)) }
    }
  }
}
