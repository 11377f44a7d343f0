import Model
import Terminal
import TestKit
import Testing

@testable import Replay

/// What a captured program wrote never reaches the person's terminal but as characters with a shape.
@Suite struct HostileTerminalTests {
  private static let pieces: [String] = [
    "\u{1b}]52;c;aGFja2Vk\u{7}", "\u{1b}]0;\u{202e}title\u{9b}31m\u{7}", "\u{1b}]2;\u{1b}\\", "\u{1b}P+q544e\u{1b}\\",
    "\u{1b}P1;2|payload\u{1b}\\", "\u{1b}[21t", "\u{1b}[c", "\u{1b}[6n", "\u{1b}[5n", "\u{1b}Z", "\u{1b}[?2004h",
    "\u{1b}[200~", "\u{1b}[?1000h\u{1b}[?1006h", "\u{1b}[8;500;500t", "\u{1b}[?1049h", "\u{1b}[?1049l", "\u{1b}c",
    "\u{9b}2J", "\u{9d}52;c;x\u{9c}", "\u{90}q\u{9c}", "\u{85}", "\u{84}", "\u{8d}", "\u{202e}evil\u{202c}",
    "\u{2066}x\u{2069}",
    "\u{200b}\u{feff}\u{ad}", "a\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}", "\u{301}", "👩\u{200d}🚀",
    "🏴\u{e0067}\u{e007f}",
    "\u{e0b0}", "\u{fffe}", "\u{2028}\u{2029}", "\u{1b}[38;2;999;-1;7m", "\u{1b}[4:3m", "\u{1b}[5;8m", "\u{1b}[?5h",
    "\u{1b}[?25l", "\u{1b}]8;;http://evil\u{7}link\u{1b}]8;;\u{7}", "\u{1b}_apc\u{1b}\\", "\u{1b}^pm\u{1b}\\",
    "\u{1b}X sos\u{1b}\\", "\u{1b}[1;1H", "\u{1b}[999;999H", "\u{1b}[100b", "\u{1b}#8", "\u{1b}(0qqq\u{1b}(B", "\r\n",
    "\t",
    "\u{0}\u{7}\u{8}\u{c}\u{e}\u{f}", "\u{7f}", "漢字", "é", "ﷺ", "שלום", "\u{1112}\u{1161}\u{11ab}", "🇩🇪", "plain text ",
    "\u{1b}[7;1;3;9;53m", "\u{1b}[48;5;300m", "\u{1b}[2J", "\u{1b}[", "\u{1b}", "\u{1b}]0;unfinished",
  ]
  private static let sizes = [
    "80x24", "1x1", "65535x65535", "999999999999999999999x2", "0x0", "-1x5", "200x2", "3x90", "x",
  ]

  @Test func `whatever is captured, only the player's own sequences come out`() throws {
    let seed: UInt64 = 20_261_121
    var generator = SeededGenerator(seed: seed)
    for round in 0..<60 {
      var written: [(Double, [UInt8])] = []
      var resized: [(Double, String)] = []
      for second in 1...12 {
        var bytes = (0..<8).flatMap { _ in Array((Self.pieces.randomElement(using: &generator) ?? "").utf8) }
        if second % 4 == 0 {
          // Raw C1 controls and bytes that are no UTF-8.
          bytes += (0..<20).map { _ in UInt8.random(in: 0...255, using: &generator) }
        }
        written.append((Double(second), bytes))
        if second % 3 == 0 { resized.append((Double(second) + 0.5, Self.sizes.randomElement(using: &generator) ?? "")) }
      }
      let typed = (0..<3).map { (Double($0 * 3), Hostile.statements.randomElement(using: &generator) ?? "") }
      let story = TerminalStory(
        size: Self.sizes.randomElement(using: &generator) ?? "80x24", written: written, resized: resized, typed: typed)
      let depth = ColourDepth.allCases.randomElement(using: &generator) ?? .direct
      // The bench records whatever is not in the list.
      var bench = try PlayerBench(
        story.story, columns: Int.random(in: 20...160, using: &generator),
        rows: Int.random(in: 3...50, using: &generator),
        colours: depth)
      for second in 0...14 {
        bench.player.seek(to: .time(TerminalStory.at(Double(second))))
        try bench.draw()
        // What the captured program wrote changed nothing but the place it is drawn in: the status line stands below.
        let status = bench.status
        #expect(status.hasPrefix(" ‖ paused") || status.hasPrefix(" ■ end"), "round \(round), seed \(seed): \(status)")
        #expect(bench.window.title.isEmpty)
        #expect(!bench.window.isBracketedPaste && !bench.window.isMouseReported)
      }
      try bench.type("/e\r")
      try bench.type("nNzzJLKH0]][[")
      try bench.resize(
        columns: Int.random(in: 20...160, using: &generator), rows: Int.random(in: 3...50, using: &generator))
    }
  }

  @Test func `no scalar of Unicode gets out of a cell that could control a terminal`() {
    for value in [0...0x2FFFF, 0xE0000...0xE0FFF, 0x10FFF0...0x10FFFF].joined() {
      guard let scalar = Unicode.Scalar(UInt32(value)) else { continue }
      for cell in [String(scalar), "x" + String(scalar)] {
        let (text, _) = ScreenPainter.shown(Substring(cell), width: 1)
        if text.unicodeScalars.contains(where: TerminalText.isHidden) || text.isEmpty {
          Issue.record("U+\(String(value, radix: 16)) gets through")
        }
      }
    }
  }

  @Test func `a wide character that is cut through at an edge leaves a blank`() {
    var terminal = Emulator(size: TerminalSize(columns: 10, rows: 1))
    terminal.write(Array("a漢字b".utf8))
    let row = terminal.screen.rows[0]
    for (columns, wanted) in [(0..<2, "a "), (0..<3, "a漢"), (2..<6, " 字b"), (4..<6, " b"), (3..<5, "字")] {
      let text = ScreenPainter(depth: .direct, columns: columns, origin: 0).text(of: row)
      #expect(text == wanted, "\(columns)")
    }
  }

  @Test func `cells stand in their columns whatever terminals think of their width`() {
    var terminal = Emulator(size: TerminalSize(columns: 20, rows: 1))
    terminal.write(Array("→x🇩🇪y\u{1112}\u{1161}z".utf8))
    let row = terminal.screen.rows[0]
    let text = ScreenPainter(depth: .direct, columns: 0..<20, origin: 3).text(of: row)
    #expect(text.hasPrefix("→\u{1b}[5Gx"))
    // The columns of x, y and z are told outright.
    var column = 0
    for run in row.runs {
      for cell in run.cells {
        if ["x", "y", "z"].contains(cell) {
          #expect(text.contains("\u{1b}[\(column + 4)G\(cell)"), "\(text.debugDescription)")
        }
        column += run.isWide ? 2 : 1
      }
    }
  }

  @Test func `a huge screen is drawn in a small window at once`() throws {
    let story = TerminalStory(size: "1000x1000", text: [(1, String(repeating: "漢", count: 300_000)), (2, "x")])
    var bench = try PlayerBench(story.story, columns: 40, rows: 10)
    try bench.type("G")
    #expect(bench.status.contains("■ end"))
  }

  @Test func `colours that become one stay readable`() {
    let reduction = ColourReduction(depth: .sixteen)
    let (front, back) = reduction.reduced(.rgb(1, 1, 1), on: .rgb(9, 9, 9))
    #expect(front != back)
    #expect(reduction.reduced(.indexed(4), on: .indexed(4)) == (.indexed(4), .indexed(4)))
    #expect(ColourReduction(depth: .indexed).reduced(.rgb(255, 0, 0)) == .indexed(196))
    #expect(ColourReduction(depth: .indexed).reduced(.rgb(118, 118, 118)) == .indexed(243))
    #expect(reduction.reduced(.indexed(196)) == .indexed(9))
    #expect(ColourReduction(depth: .none).reduced(.indexed(1)) == .standard)
  }

  @Test func `the person's terminal says what it can show`() {
    func depth(_ environment: [String: String]) -> ColourDepth { ColourDepth(environment: environment) }
    #expect(depth(["TERM": "xterm-256color"]) == .indexed)
    #expect(depth(["TERM": "xterm-256color", "COLORTERM": "truecolor"]) == .direct)
    #expect(depth(["TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"]) == .none)
    #expect(depth(["TERM": "xterm-256color", "NO_COLOR": ""]) == .indexed)
    #expect(depth(["TERM": "linux"]) == .sixteen)
    #expect(depth(["TERM": "vt100"]) == .none)
    #expect(depth(["TERM": "dumb", "COLORTERM": "truecolor"]) == .none)
    #expect(depth([:]) == .none)
    #expect(!ColourDepth.isAddressable("dumb"))
    #expect(ColourDepth.isAddressable("xterm"))
  }
}
