import Terminal
import Testing

@Suite struct MarkTests {
  private func marks(_ text: String) -> [TerminalMark] {
    var terminal = emulator(text)
    return terminal.takeMarks()
  }

  @Test func `a shell's marks come with their place`() {
    let marks = marks("\u{1b}]133;A\u{7}$ \u{1b}]133;B\u{7}ls\r\n\u{1b}]133;C\u{7}a\r\n\u{1b}]133;D;2\u{1b}\\")
    #expect(marks.map(\.kind) == [.promptStart, .commandStart, .commandExecuted, .commandFinished(status: 2)])
    #expect(marks.map(\.offsets) == [0..<8, 10..<18, 22..<30, 33..<44])
    #expect(marks.map(\.line) == [0, 0, 1, 2])
    #expect(marks.map(\.column) == [0, 2, 0, 0])
  }

  @Test func `VS Code's marks carry the command line and properties`() {
    let marks = marks(
      "\u{1b}]633;E;echo a\\x3b b\\\\c\\x0ad;nonce\u{7}\u{1b}]633;P;Cwd=/home/x\u{7}\u{1b}]633;P;IsWindows=False\u{7}")
    #expect(
      marks.map(\.kind) == [
        .commandLine("echo a; b\\c\nd"), .workingDirectory("/home/x"), .property("IsWindows", "False"),
      ])
  }

  @Test func `directories, links, notices and the clipboard are told`() {
    let marks = marks(
      "\u{1b}]7;file://h/tmp\u{7}\u{1b}]8;;http://a/b;c\u{7}x\u{1b}]8;;\u{7}\u{1b}]9;done\u{7}\u{1b}]52;c;aGk=\u{7}\u{1b}]52;c;?\u{7}"
    )
    #expect(
      marks.map(\.kind) == [
        .workingDirectory("file://h/tmp"), .hyperlink("http://a/b;c"), .hyperlink(nil), .notification("done"),
        .clipboard("aGk="),
      ])
  }

  @Test func `programs that take the screen or read lines are told`() {
    let marks = marks("\u{1b}[?2004h$ \u{1b}[?2004l\u{1b}[?1049h\u{1b}[?1049l")
    #expect(
      marks.map(\.kind) == [
        .bracketedPaste(true), .bracketedPaste(false), .alternateScreen(true), .alternateScreen(false),
      ])
    #expect(marks.map(\.offsets) == [0..<8, 10..<18, 18..<26, 26..<34])
  }

  @Test func `marks are bounded and the lost ones counted`() {
    var options = EmulatorOptions()
    options.markLimit = 2
    options.stringLimit = 4
    var terminal = Emulator(size: .standard, options: options)
    terminal.write(Array("\u{1b}]0;abcdef\u{7}\u{1b}]0;b\u{7}\u{1b}]0;c\u{7}".utf8))
    #expect(terminal.lostMarkCount == 1)
    #expect(terminal.takeMarks().map(\.kind) == [.title("ab"), .title("b")])
    #expect(terminal.title == "c")
  }
}
