import Model
import Terminal
import TestKit
import Testing

@testable import Replay

/// The player over a captured terminal, as a person sees it.
@Suite struct TerminalViewTests {
  private let story = TerminalStory(
    text: [
      (1, "\u{1b}]0;deploy@db\u{7}$ "), (2, "ls"), (3, "\r\nREPORT.txt  日本.txt\r\n$ "), (60, "vi\r\n"),
      (61, "\u{1b}[?1049h\u{1b}[2J\u{1b}[5;7Hin the editor"), (62, "\u{1b}[?1049l$ "), (63, "false\r\n$ "),
      (90, "exit\r\n"),
    ], typed: [(2.5, "ls"), (60, "vi"), (63, "false")], exit: 91)

  private func bench(columns: Int = 120, rows: Int = 40) throws -> PlayerBench {
    try PlayerBench(story.story, columns: columns, rows: rows)
  }

  @Test func `the screen in the frame is what the emulator has at that moment`() throws {
    var bench = try bench()
    let payload = try #require(story.story.records(of: TerminalStory.shell))
    let index = ScreenIndex(records: payload.bytes, size: .standard)
    try bench.type(" ")
    for second in [0.5, 1, 2, 3, 59, 60, 61, 62, 91] {
      bench.player.seek(to: .time(TerminalStory.at(second)))
      try bench.draw()
      let screen = index.screen(at: TerminalStory.at(second))
      #expect(bench.boxed(columns: 80, rows: 24) == screen.rows.map(\.text), "at \(second)")
      let cursor = bench.window.cursor
      #expect(cursor.isVisible)
      #expect((cursor.row, cursor.column) == (screen.cursor.row + 1, screen.cursor.column + 1), "at \(second)")
    }
    #expect(bench.status.contains("■ end"))
    #expect(bench.status.contains("exit 0"))
  }

  @Test func `the frame has the title and the size, and the commands stand beside it`() throws {
    var bench = try bench()
    bench.player.seek(to: .time(TerminalStory.at(61)))
    try bench.draw()
    let lines = bench.lines
    #expect(lines[0].hasPrefix("┌─ deploy@db ──"))
    #expect(lines[0].contains(" 80×24, alternate ─┐ Commands  2 of 3"))
    #expect(lines[25].hasPrefix("└──"))
    #expect(lines[1].hasSuffix("│   00:02   ls"))
    #expect(lines[2].hasSuffix("│ ▶ 01:00 ◆ vi"))
    #expect(lines[3].hasSuffix("│   01:03 ✗ false"))
    #expect(lines[38].contains("◆"))
    #expect(lines[38].contains("✗"))
  }

  @Test func `playing waits, skips idle time and says how much`() throws {
    var bench = try bench()
    try bench.pass(seconds: 1.5)
    #expect(bench.boxed(columns: 80, rows: 24)[0] == "$")
    try bench.pass(seconds: 1)
    #expect(bench.boxed(columns: 80, rows: 24)[0] == "$ ls")
    try bench.pass(seconds: 2)
    #expect(bench.boxed(columns: 80, rows: 24)[2] == "$ vi")
    #expect(bench.status.contains("idle skipped: 56.0 s"), "\(bench.status)")
    try bench.pass(seconds: 10)
    #expect(bench.status.contains("■ end"))
    #expect(bench.player.wait == nil)
  }

  @Test func `space pauses, i waits for idle time, plus and minus change the speed`() throws {
    var bench = try bench()
    try bench.type(" ")
    #expect(bench.status.contains("‖ paused"))
    try bench.pass(seconds: 10)
    #expect(bench.boxed(columns: 80, rows: 24)[0] == "")
    try bench.type("i+++ ")
    #expect(!bench.status.contains("skip idle"))
    #expect(bench.status.contains("8×"))
    try bench.pass(seconds: 0.5)
    #expect(bench.boxed(columns: 80, rows: 24)[2] == "$")
    try bench.pass(seconds: 6)
    #expect(bench.boxed(columns: 80, rows: 24)[2] == "$")
    try bench.pass(seconds: 1.2)
    #expect(bench.boxed(columns: 80, rows: 24)[4].hasPrefix("      in the editor"))
    try bench.type("-")
    #expect(bench.status.contains("4×"))
  }

  @Test func `arrows move five seconds, and stops at the ends`() throws {
    var bench = try bench()
    try bench.press(.right)
    #expect(bench.status.contains("00:05/01:31"), "\(bench.status)")
    #expect(bench.status.contains("‖ paused"))
    try bench.press(.left)
    try bench.press(.left)
    #expect(bench.status.contains("00:00/01:31"))
    try bench.type("G")
    #expect(bench.status.contains("01:31/01:31"))
    try bench.press(.right)
    #expect(bench.status.contains("01:31/01:31"))
    try bench.type("gg")
    #expect(bench.status.contains("00:00/01:31"))
    try bench.type("...")
    #expect(bench.boxed(columns: 80, rows: 24)[2] == "$")
    try bench.type(",")
    #expect(bench.boxed(columns: 80, rows: 24)[0] == "$ ls")
  }

  @Test func `commands are gone to, forth and back`() throws {
    var bench = try bench()
    try bench.type("]")
    #expect(bench.status.contains("00:02/"))
    try bench.type("c")
    #expect(bench.status.contains("01:00/"))
    try bench.press(.down)
    #expect(bench.status.contains("01:03/"))
    try bench.type("]")
    #expect(bench.status.contains("no further command"))
    // Back to where the one that runs began, then to the one before.
    try bench.press(.right)
    try bench.type("[")
    #expect(bench.status.contains("01:03/"))
    try bench.type("C")
    #expect(bench.status.contains("01:00/"))
    try bench.press(.up)
    #expect(bench.status.contains("00:02/"))
    try bench.type("[")
    #expect(bench.status.contains("no earlier command"))
  }

  @Test func `a search finds what only a full-screen program showed, and marks it`() throws {
    var bench = try bench()
    try bench.type("/THE EDIT")
    #expect(bench.status.hasPrefix("/THE EDIT"))
    try bench.press(.enter)
    #expect(bench.status.contains("1 of 1 for /THE EDIT"))
    let row = bench.window.screen.rows[5]
    #expect(row.text.contains("in the editor"))
    #expect(row.runs.contains { $0.text == "the edit" && $0.style.background == .indexed(3) })
    try bench.press(.escape)
    #expect(!bench.window.screen.rows[5].runs.contains { $0.style.background == .indexed(3) })
    try bench.type("/nowhere to be seen\r")
    #expect(bench.status.contains("never to be read on this terminal"))
    try bench.type("n")
    #expect(bench.status.contains("search first"))
    try bench.type("/$\rn")
    #expect(bench.status.contains(" of "))
    try bench.type("/日本\r")
    let wide = bench.window.screen.rows.flatMap(\.runs).filter { $0.style.background == .indexed(3) }
    #expect(wide.map(\.text) == ["日本"])
  }

  @Test func `a place is gone to by its time, distance or share`() throws {
    var bench = try bench()
    try bench.type("g50%\r")
    #expect(bench.status.contains("00:45/01:31"), "\(bench.status)")
    try bench.type("g+10\r")
    #expect(bench.status.contains("00:55/"))
    try bench.type("g3\r")
    #expect(bench.status.contains("01:00/"))
    try bench.type("gend\r")
    #expect(bench.status.contains("■ end"))
    try bench.type("gnonsense\r")
    #expect(bench.status.contains("neither an action"))
  }

  @Test func `t goes to the transcript and back, at the same time of the session`() throws {
    var bench = try PlayerBench(story.story, terminal: nil)
    #expect(bench.status.contains("t screen"))
    bench.player.seek(to: .time(TerminalStory.at(61.5)))
    try bench.type(" t")
    #expect(bench.boxed(columns: 80, rows: 24)[4] == "      in the editor")
    #expect(bench.status.contains("‖ paused"))
    #expect(bench.status.contains("t transcript"))
    try bench.type("]t")
    #expect(bench.status.contains("‖ paused"))
    #expect(bench.lines.contains { $0.contains("$ false") })
    try bench.type("?")
    #expect(bench.lines.contains { $0.contains("a terminal of the session as its user saw it") })
    try bench.type("xt?")
    #expect(bench.lines.contains { $0.contains("search all that was ever to be read") })
    try bench.type("xq")
    #expect(bench.player.isFinished)
  }

  @Test func `a command that was typed opens its terminal where it was typed`() throws {
    var bench = try PlayerBench(story.story, terminal: "\(TerminalStory.session).3")
    #expect(bench.status.contains("01:00/"))
    var other = try PlayerBench(story.story, terminal: nil)
    #expect(try !other.player.showTerminal(of: "\(TerminalStory.session).99"))
    try other.draw()
  }

  @Test func `a session without a terminal says so`() throws {
    let story = ContractorStory().story
    let session = try #require(story.sessions().first)
    var bench = try PlayerBench(story, of: session.id, terminal: nil)
    #expect(!bench.status.contains("t screen"))
    try bench.type("t")
    #expect(bench.status.contains("no terminal was recorded"))
  }

  @Test func `a shell that kubectl exec opened is a terminal too`() throws {
    var bench = try PlayerBench(HTTPStory().story, of: HTTPStory.cluster, terminal: nil)
    try bench.type("t")
    try bench.type("G")
    #expect(bench.lines[0].contains(" 80×24 "))
    #expect(bench.boxed(columns: 80, rows: 24)[0] == "$ ls")
    #expect(bench.status.contains("exit 2"))
  }

  @Test func `Tab goes from terminal to terminal`() throws {
    let remote = RemoteStory(secondTerminal: true)
    var bench = try PlayerBench(remote.story, of: RemoteStory.session, terminal: "\(RemoteStory.session).1")
    try bench.press(.tab)
    #expect(bench.status.contains("terminal 2 of 2"))
    try bench.press(.tab)
    #expect(bench.status.contains("terminal 1 of 2"))
  }

  @Test func `a smaller window shows the part with the cursor and says what it leaves out`() throws {
    let story = TerminalStory(
      size: "100x40",
      text: [(1, (1...39).map { "line \($0)\r\n" }.joined()), (2, "\u{1b}[2;90Hright"), (3, "\u{1b}[1;1H")])
    var bench = try PlayerBench(story.story, columns: 60, rows: 12)
    try bench.type(" ")
    bench.player.seek(to: .time(TerminalStory.at(1)))
    try bench.draw()
    #expect(bench.lines[0].hasPrefix("│line 31"))
    #expect(bench.lines[0].hasSuffix("▲"))
    #expect(bench.lines[8].hasPrefix("│line 39"))
    #expect(bench.lines[9].hasSuffix("›"))
    #expect(bench.status.contains("rows 31–40/40"), "\(bench.status)")
    bench.player.seek(to: .time(TerminalStory.at(2)))
    try bench.draw()
    #expect(bench.lines[0].hasPrefix("‹"))
    #expect(bench.lines[0].hasSuffix("right ▲"))
    bench.player.seek(to: .time(TerminalStory.at(3)))
    try bench.draw()
    #expect(bench.lines[0].hasPrefix("│line 1"))
    #expect(bench.lines[9].hasSuffix("▼"))
    try bench.type("J")
    #expect(bench.lines[0].hasPrefix("│line 5"))
    try bench.type("L")
    #expect(bench.lines[0].hasPrefix("‹"))
    #expect(!bench.window.cursor.isVisible)
    try bench.type("0")
    #expect(bench.lines[0].hasPrefix("│line 1"))
    #expect(bench.window.cursor.isVisible)
  }

  @Test func `z gives the screen all rows`() throws {
    var bench = try PlayerBench(
      TerminalStory(text: [(1, (1...24).map { "line \($0)" }.joined(separator: "\r\n"))], exit: 2).story, columns: 80,
      rows: 24)
    try bench.type("G")
    #expect(bench.lines[0] == "line 3")
    try bench.type("z")
    #expect(bench.lines == (1...24).map { "line \($0)" })
    try bench.type("/")
    #expect(bench.status.hasPrefix("/"))
    try bench.press(.escape)
    try bench.type("z")
    #expect(bench.status.contains("■ end"))
  }

  @Test func `both terminals may change their size`() throws {
    let story = TerminalStory(
      written: [(1, Array("one\r\ntwo".utf8)), (3, Array("\r\nthree".utf8))], resized: [(2, "40x10"), (4, "90x30")])
    var bench = try PlayerBench(story.story)
    for (second, size) in [(1.0, (80, 24)), (2, (40, 10)), (4, (90, 30))] {
      bench.player.seek(to: .time(TerminalStory.at(second)))
      try bench.draw()
      #expect(bench.lines[0].contains(" \(size.0)×\(size.1) "))
      for (columns, rows) in [(200, 60), (60, 20), (20, 3), (120, 40)] {
        try bench.resize(columns: columns, rows: rows)
        #expect(bench.status.contains("‖") || bench.status.contains("■"))
        #expect(bench.lines.contains { $0.contains("two") } || rows == 3)
      }
    }
  }

  @Test func `what is shown again is not written again`() throws {
    var bench = try bench()
    try bench.type(" ")
    #expect(try bench.draw() == "")
    try bench.type("]")
    #expect(try bench.draw() == "")
  }

  @Test func `without colours there are none, and attributes stay`() throws {
    let story = TerminalStory(text: [(1, "\u{1b}[1;31;48;5;99mbold\u{1b}[0m \u{1b}[38;2;1;2;3mrgb\u{1b}[0m")])
    for (depth, wanted) in [
      (ColourDepth.none, ["\u{1b}[1mbold", "rgb"]), (.sixteen, ["\u{1b}[1;31;104mbold", "\u{1b}[30mrgb"]),
      (.indexed, ["\u{1b}[1;31;48;5;99mbold", "\u{1b}[38;5;16mrgb"]),
      (.direct, ["\u{1b}[1;31;48;5;99mbold", "\u{1b}[38;2;1;2;3mrgb"]),
    ] {
      var bench = try PlayerBench(story.story, colours: depth)
      bench.player.seek(to: .time(TerminalStory.at(1)))
      let out = try bench.draw()
      for text in wanted { #expect(out.contains(text), "\(depth): \(out.debugDescription)") }
      if depth == .none { #expect(!out.contains("38;") && !out.contains(";31") && !out.contains("48;")) }
    }
  }
}
