import Terminal
import TestKit
import Testing

@Suite struct SplitTests {
  static let texts: [String] = [
    "漢字 é e\u{301} 😀\r\n\u{1b}[1;38;2;10;20;30mcolour\u{1b}[0m\u{1b}[5;10H\u{1b}[2J\u{1b}]0;title\u{7}x\u{1b}]133;D;1\u{1b}\\y",
    "\u{1b}[?1049h\u{1b}[2;4r\u{1b}[3;1Hone\ntwo\nthree\u{1b}[r\u{1b}[?1049l\u{1b}(0qqq\u{1b}(B\u{1b}[4hinsert\u{1b}[4l",
    "\u{1b}P1$r\u{1b}\\a\u{1b}[12\u{8}3mb\u{1b}[31\u{18}c\u{1b}]0;un\u{1b}[31mended\u{1b}k name\u{1b}\\d\u{c2}\u{9b}1m",
  ]

  @Test(arguments: texts) func `any cut gives the same screen, marks and lines`(_ text: String) {
    let bytes = Array(text.utf8)
    var whole = Emulator(size: TerminalSize(columns: 12, rows: 5))
    whole.write(bytes)
    let marks = whole.takeMarks()
    for cut in 0...bytes.count {
      var pieces = Emulator(size: TerminalSize(columns: 12, rows: 5))
      pieces.write(Array(bytes[..<cut]))
      pieces.write(Array(bytes[cut...]))
      #expect(pieces.screen == whole.screen)
      #expect(pieces.takeMarks() == marks)
      #expect(pieces.byteCount == whole.byteCount)
    }
  }

  @Test func `no bytes of any kind make it fail`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    let alphabet = Array(
      "\u{1b}[]0123456789;:?>!$ #()*+ABCDEHIJKLMPSTXZ@abcdefghlmnrstux\\\r\n\t\u{8}\u{7}漢e\u{301}".utf8)
    for _ in 0..<200 {
      var terminal = Emulator(
        size: TerminalSize(
          columns: Int.random(in: 1...30, using: &generator), rows: Int.random(in: 1...9, using: &generator)))
      let bytes = (0..<2000).map { _ in
        Int.random(in: 0..<20, using: &generator) == 0
          ? UInt8.random(in: 0...255, using: &generator) : alphabet.randomElement(using: &generator) ?? 0
      }
      terminal.write(bytes)
      let screen = terminal.screen
      #expect(screen.rows.allSatisfy { $0.runs.reduce(0) { $0 + $1.width } <= terminal.size.columns }, "seed \(seed)")
    }
  }
}
