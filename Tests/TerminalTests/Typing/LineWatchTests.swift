import Testing

@testable import Terminal

/// What a shell would run, by its marks and its screen.
@Suite struct LineWatchTests {
  private static let prompt = "\u{1b}]133;A\u{7}$ \u{1b}]133;B\u{7}"

  private func watch(_ output: String = prompt, columns: Int = 40) -> LineWatch {
    var watch = LineWatch(size: TerminalSize(columns: columns, rows: 8))
    _ = watch.receive(Array(output.utf8))
    return watch
  }

  @Test func `stages follow the marks`() {
    var watch = watch("")
    #expect(watch.stage == .unmarked)
    let steps: [(String, LineWatch.Stage, [String])] = [
      ("\u{1b}]133;A\u{7}$ ", .prompt, []), ("\u{1b}]133;B\u{7}", .editing, []), ("ls -la", .editing, []),
      ("\r\n\u{1b}]133;C\u{7}total 0\r\n", .running, ["ls -la"]), ("\u{1b}]133;D;0\u{7}", .prompt, []),
      (Self.prompt, .editing, []),
    ]
    for (output, stage, begun) in steps {
      #expect(watch.receive(Array(output.utf8)) == begun, "\(output)")
      #expect(watch.stage == stage, "\(output)")
    }
    watch.enter(nil)
    #expect(watch.stage == .entered)
  }

  @Test func `a line counts when the screen shows what was typed`() {
    var watch = watch()
    #expect(watch.reading(isStill: false) == .line(""))
    watch.type(Array("rm -rf x".utf8))
    #expect(watch.reading(isStill: false) == .unsettled && watch.isKnownByKeys)
    _ = watch.receive(Array("rm -r".utf8))
    #expect(watch.reading(isStill: false) == .unsettled)
    _ = watch.receive(Array("f x".utf8))
    #expect(watch.reading(isStill: false) == .line("rm -rf x"))
    // Blanks at the end are known by the keys.
    watch.type(Array("  ".utf8))
    _ = watch.receive(Array("  ".utf8))
    #expect(watch.reading(isStill: false) == .line("rm -rf x  "))
  }

  @Test func `what only the shell knows is read when nothing moves`() {
    var watch = watch()
    watch.type(Array("\u{1b}[A".utf8))
    _ = watch.receive(Array("echo earlier".utf8))
    #expect(!watch.isKnownByKeys && watch.reading(isStill: false) == .unsettled)
    #expect(watch.reading(isStill: true) == .line("echo earlier"))
  }

  @Test func `wrapped rows are one line, and wide characters are read whole`() {
    var watch = watch(columns: 20)
    let text = "echo one two three four naïve 漢字 five six seven"
    watch.type(Array(text.utf8))
    _ = watch.receive(Array(text.utf8))
    #expect(watch.reading(isStill: false) == .line(text))
    #expect(watch.reading(isStill: true) == .line(text))
  }

  @Test func `what a shell suggests behind the cursor is not run`() {
    var watch = watch()
    watch.type(Array("git s".utf8))
    _ = watch.receive(Array("git s\u{1b}[90mtatus --short\u{1b}[0m\u{1b}[13D".utf8))
    #expect(watch.reading(isStill: false) == .line("git s"))
  }

  @Test func `a prompt that is drawn anew moves the line with it`() {
    var watch = watch()
    watch.type(Array("ls \t".utf8))
    _ = watch.receive(Array("ls \r\n\u{1b}[Hfirst\r\n\(Self.prompt)ls first".utf8))
    #expect(watch.reading(isStill: true) == .line("ls first"))
    var other = self.watch()
    other.type(Array("\u{1b}[A\u{c}".utf8))
    _ = other.receive(Array("ls\u{1b}[H\u{1b}[2J\(Self.prompt)ls".utf8))
    #expect(other.reading(isStill: true) == .line("ls"))
  }

  @Test func `what cannot be known is said to be so`() {
    var watch = watch()
    watch.type(Array("echo !!".utf8))
    _ = watch.receive(Array("echo !!".utf8))
    guard case .unreadable = watch.reading(isStill: true) else {
      Issue.record("a line that the history changes")
      return
    }
    guard case .unreadable = self.watch("").reading(isStill: true) else {
      Issue.record("no prompt")
      return
    }
    var full = self.watch()
    _ = full.receive(Array("\u{1b}[?1049h~".utf8))
    guard case .unreadable = full.reading(isStill: true) else {
      Issue.record("a full screen")
      return
    }
  }

  @Test func `what runs that was not entered is told as the screen has it`() {
    var watch = watch()
    let begun = watch.receive(
      Array("echo ahead\r\n\u{1b}]133;C\u{7}ahead\r\n\u{1b}]133;D;0\u{7}\(Self.prompt)make\r\n\u{1b}]133;C\u{7}x".utf8))
    #expect(begun == ["echo ahead", "make"])
  }

  @Test func `a line that is shown in part is not taken for what is shown of it`() {
    func isUnreadable(_ watch: LineWatch) -> Bool {
      if case .unreadable = watch.reading(isStill: true) { true } else { false }
    }
    // An editor that scrolls sideways: the prompt and the beginning are gone.
    var left = self.watch(columns: 20)
    left.type(Array("rm -rf / # padding padding".utf8))
    _ = left.receive(Array("rm -rf / # \r<padding padding   ".utf8))
    #expect(isUnreadable(left))
    // The same from the history, which keys do not tell.
    var recalled = self.watch(columns: 20)
    recalled.type(Array("\u{1b}[A".utf8))
    _ = recalled.receive(Array("\r<padding padding   ".utf8))
    #expect(isUnreadable(recalled))
    var right = self.watch(columns: 20)
    right.type(Array("\u{1b}[A\u{1}".utf8))
    _ = right.receive(Array("echo padding pad>\r\u{1b}[2C".utf8))
    #expect(isUnreadable(right))
    // Keys that mean something else to this shell.
    var other = self.watch()
    other.type(Array("abc".utf8))
    _ = other.receive(Array("xyz".utf8))
    #expect(isUnreadable(other))
  }

  @Test func `what was typed ahead makes the next line one that keys do not tell`() {
    var watch = self.watch("\(Self.prompt)sleep 1\r\n\u{1b}]133;C\u{7}")
    watch.type(Array("rm x".utf8))
    _ = watch.receive(Array("\u{1b}]133;D;0\u{7}\(Self.prompt)".utf8))
    // Its echo has not come yet.
    #expect(!watch.isKnownByKeys && watch.reading(isStill: false) == .unsettled)
    _ = watch.receive(Array("rm x".utf8))
    #expect(watch.reading(isStill: true) == .line("rm x"))
  }

  @Test func `any cut of the output gives the same`() {
    let output = Array("\(Self.prompt)one two\r\n\u{1b}]133;C\u{1b}\\out\r\n\u{1b}]133;D\u{7}\(Self.prompt)three".utf8)
    for cut in 0...output.count {
      var watch = LineWatch(size: TerminalSize(columns: 30, rows: 6))
      let begun = watch.receive(Array(output[..<cut])) + watch.receive(Array(output[cut...]))
      watch.type([0x09])
      #expect(begun == ["one two"] && watch.reading(isStill: true) == .line("three"), "\(cut)")
    }
  }

  @Test func `lines that the shell wants more of are one with those before`() {
    for more in [
      "\u{1b}]133;A;k=s\u{7}> \u{1b}]133;B\u{7}", "\u{1b}]133;P;k=s\u{7}> \u{1b}]133;B\u{7}",
      "\u{1b}]633;F\u{7}> \u{1b}]633;G\u{7}",
    ] {
      var watch = watch()
      watch.type(Array("for x in a; do".utf8))
      _ = watch.receive(Array("for x in a; do".utf8))
      watch.enter("for x in a; do")
      _ = watch.receive(Array("\r\n\(more)".utf8))
      #expect(watch.stage == .editing && watch.earlierCount == 1)
      watch.type(Array("rm $x; done".utf8))
      _ = watch.receive(Array("rm $x; done".utf8))
      #expect(watch.reading(isStill: false) == .line("for x in a; do\nrm $x; done"), "\(more)")
      let begun = watch.receive(Array("\r\n\u{1b}]133;C\u{7}".utf8))
      #expect(begun == ["for x in a; do\nrm $x; done"], "\(more)")
      _ = watch.receive(Array("\u{1b}]133;D\u{7}\(Self.prompt)".utf8))
      #expect(watch.reading(isStill: false) == .line("") && watch.earlierCount == 0)
    }
    // One that was typed ahead.
    var other = watch()
    _ = other.receive(Array("echo '\r\n\u{1b}]133;A;k=s\u{7}> \u{1b}]133;B\u{7}".utf8))
    other.type(Array("x'".utf8))
    _ = other.receive(Array("x'".utf8))
    #expect(other.earlierCount == 1 && other.reading(isStill: true) == .line("echo '\nx'"))
  }
}
