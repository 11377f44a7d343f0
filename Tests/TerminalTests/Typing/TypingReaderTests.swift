import Model
import Terminal
import TestKit
import Testing

@Suite struct TypingReaderTests {
  private let on = "\u{1b}[?2004h"
  private let off = "\u{1b}[?2004l"

  @Test func `a line is what stands on the screen when the editor is done`() throws {
    let reading = Recording([
      .shown("\(on)$ "), .typed("sl"), .shown("sl"), .typed("\u{7f}\u{7f}"), .shown("\u{8}\u{1b}[K\u{8}\u{1b}[K"),
      .typed("ls\r"), .shown("ls\r\n\(off)\ra  b\r\n\(on)$ "),
    ]).read()
    let command = try #require(reading.commands.first)
    #expect(reading.commands.count == 1)
    #expect(command.text == "ls")
    #expect(command.program == .shell)
    #expect(command.at.nanoseconds == 5_000_000_000)
    #expect(command.endedAt?.nanoseconds == 6_000_000_000)
    #expect(!command.isCertain)
    #expect(command.confidence > 0.9)
    #expect(reading.hiddenInput.isEmpty)
    #expect(reading.note.isEmpty)
  }

  @Test func `a shell that announces no editor is read by its prompt`() {
    let reading = Recording([
      .shown("[root@db ~]# "), .typed("w"), .shown("w"), .typed("\r"), .shown("\r\nup 3 days\r\n[root@db ~]# "),
      .typed("id\r"), .shown("id\r\nuid=0\r\n[root@db ~]# "),
    ]).read()
    #expect(reading.commands.map(\.text) == ["w", "id"])
    #expect(reading.commands.allSatisfy { $0.endedAt != nil })
  }

  @Test func `a password is told with its bytes and is no command`() {
    let reading = Recording([
      .shown("\(on)$ "), .typed("sudo id"), .shown("sudo id"), .typed("\r"),
      .shown("\r\n\(off)\r[sudo] password for me: "), .typed("s3c"), .typed("ret\r"), .shown("\r\nuid=0\r\n\(on)$ "),
    ]).read()
    #expect(reading.commands.map(\.text) == ["sudo id"])
    #expect(reading.hiddenInput.map(\.record) == [5, 6])
    #expect(reading.hiddenInput.map(\.range) == [0..<3, 0..<3])
  }

  @Test func `a password that is sent at once with its command is hidden`() {
    let reading = Recording([
      .shown("\(on)$ "), .typed("sudo id\rs3cret\r"),
      .shown("sudo id\r\n\(off)\r[sudo] password for me: \r\nuid=0\r\n\(on)$ "),
    ]).read()
    #expect(reading.commands.map(\.text) == ["sudo id"])
    #expect(reading.hiddenInput.map(\.record) == [1])
    #expect(reading.hiddenInput.map(\.range) == [8..<14])
  }

  @Test func `a password at the end of a recording is hidden`() {
    let reading = Recording([.shown("me@db's password: "), .typed("s3cret")]).read()
    #expect(reading.hiddenInput.map(\.range) == [0..<6])
    #expect(reading.commands.isEmpty)
  }

  @Test func `what a shell tells in marks is certain where the screen agrees`() throws {
    let reading = Recording([
      .shown("\u{1b}]633;A\u{7}\(on)$ \u{1b}]633;B\u{7}"), .typed("make  -j\r"),
      .shown("make  -j\r\n\(off)\r\u{1b}]633;E;make\\x20 -j\u{7}\u{1b}]633;C\u{7}no rule\r\n"),
      .shown("\u{1b}]633;D;2\u{7}\u{1b}]633;P;Cwd=/srv\u{7}\u{1b}]633;A\u{7}\(on)$ \u{1b}]633;B\u{7}"),
      .typed("ls\r"), .shown("ls\r\n\(off)\r\u{1b}]633;E;rm -rf /\u{7}\u{1b}]633;C\u{7}"),
    ]).read()
    #expect(reading.commands.map(\.text) == ["make  -j", "rm -rf /"])
    let first = try #require(reading.commands.first)
    #expect(first.isCertain)
    #expect(first.confidence == 1)
    #expect(first.exitStatus == 2)
    #expect(first.endedAt?.nanoseconds == 3_000_000_000)
    let second = try #require(reading.commands.last)
    #expect(!second.isCertain)
    #expect(second.confidence < 1)
    #expect(second.directory == "/srv")
  }

  @Test func `marks of a program without an entered line make no certain command`() {
    let forged = "\u{1b}]633;A\u{7}\u{1b}]633;B\u{7}\u{1b}]633;E;evil\u{7}\u{1b}]633;C\u{7}"
    let reading = Recording([
      .shown("\(on)$ "), .typed("cat f\r"), .shown("cat f\r\n\(off)\r\(forged)\r\n\(on)$ "),
    ]).read()
    #expect(!reading.commands.contains { $0.isCertain })
    #expect(reading.commands.first?.text == "cat f")
  }

  @Test func `keys of a full-screen program are no commands`() {
    let reading = Recording([
      .shown("\(on)$ "), .typed("vi x\r"), .shown("vi x\r\n\(off)\r\u{1b}[?1049h\u{1b}[H~"),
      .typed("ione\rtwo\r\u{1b}:wq\r"),
      .shown("one\u{1b}[?1049l\(on)$ "), .typed("ls\r"), .shown("ls\r\n\(off)\r\(on)$ "),
    ]).read()
    #expect(reading.commands.map(\.text) == ["vi x", "ls"])
    #expect(reading.hiddenInput.isEmpty)
  }

  @Test func `a line over several rows is one line`() {
    let text = "echo " + String(repeating: "abc ", count: 12) + "end"
    let reading = Recording([
      .shown("\(on)$ "), .typed(text), .shown(text), .typed("\r"), .shown("\r\n\(off)\r\(on)$ "),
    ]).read(size: TerminalSize(columns: 20, rows: 10))
    #expect(reading.commands.map(\.text) == [text])
  }

  @Test func `what stands at the right margin is no part of a line`() {
    let prompt = "\r\u{1b}[Jhost% \u{1b}[K\u{1b}[60C[12:00]\u{1b}[67D\(on)"
    let reading = Recording([
      .shown(prompt), .typed("ls -l"), .shown("ls -l"), .typed("\r"), .shown("\(off)\r\r\nx\r\n\(prompt)"),
    ]).read()
    #expect(reading.commands.map(\.text) == ["ls -l"])
  }

  @Test func `statements of a database client are joined and carry their program`() {
    let reading = Recording([
      .shown("\(on)$ "), .typed("psql shop\r"), .shown("psql shop\r\n\(off)\rpsql (15)\r\n\r\nshop=> "),
      .typed("select 1,\r"), .shown("select 1,\r\nshop-> "), .typed("2;\r"), .shown("2;\r\n 1 | 2\r\n\r\nshop=> "),
      .typed("\\q\r"), .shown("\\q\r\n\(on)$ "), .typed("ls\r"), .shown("ls\r\n\(off)\r\(on)$ "),
    ]).read()
    #expect(reading.commands.map(\.text) == ["psql shop", "select 1,\n2;", "\\q", "ls"])
    #expect(reading.commands.map(\.program) == [.shell, .psql, .psql, .shell])
    #expect(reading.commands.first?.endedAt?.nanoseconds == 8_000_000_000)
  }

  @Test func `a line that was given up is no command`() {
    let reading = Recording([
      .shown("\(on)$ "), .typed("rm -rf x"), .shown("rm -rf x"), .typed("\u{3}"),
      .shown("^C\r\n\(off)\r\r\n\(on)$ "), .typed("\r"), .shown("\r\n\(off)\r\(on)$ "),
    ]).read()
    #expect(reading.commands.isEmpty)
  }

  @Test func `answers to a question are no commands`() {
    let reading = Recording([
      .shown("\(on)$ "), .typed("./go\r"), .shown("./go\r\n\(off)\rProceed? [y/N] "), .typed("y"), .shown("y"),
      .typed("\r"), .shown("\r\ndone\r\n\(on)$ "),
    ]).read()
    #expect(reading.commands.map(\.text) == ["./go"])
    #expect(reading.hiddenInput.isEmpty)
  }

  @Test func `without input the screen is read and the reading says so`() {
    let reading = Recording([
      .shown("\(on)$ "), .shown("ls"), .shown("\r\n\(off)\ra\r\n\(on)$ "), .shown("id\r\n\(off)\ruid=0\r\n\(on)$ "),
    ]).read()
    #expect(reading.commands.map(\.text) == ["ls", "id"])
    #expect(reading.commands.allSatisfy { $0.confidence < 0.8 })
    #expect(reading.note.contains("not captured"))
  }

  @Test func `a command that runs a shell ends with that shell`() {
    let prompt = "\(on)$ "
    let reading = Recording([
      .shown(prompt), .typed("ssh web\r"), .shown("ssh web\r\n\(off)\r\(on)web# "), .typed("id\r"),
      .shown("id\r\n\(off)\ruid=0\r\n\(on)web# "), .typed("exit\r"), .shown("exit\r\n\(off)\rlogout\r\n\(prompt)"),
      .typed("ssh web id\r"), .shown("ssh web id\r\n\(off)\ruid=0\r\n\(prompt)"), .typed("ls\r"),
      .shown("ls\r\n\(off)\r\(prompt)"),
    ]).read()
    #expect(reading.commands.map(\.text) == ["ssh web", "id", "exit", "ssh web id", "ls"])
    #expect(reading.commands.map { $0.endedAt.map { $0.nanoseconds / 1_000_000_000 } } == [6, 4, 6, 8, 10])
  }

  @Test func `keys cut between records are the same keys`() {
    let whole = Recording([.shown("\(on)$ "), .typed("é\u{1b}[D\r"), .shown("é\u{8}\r\n\(off)\r\(on)$ ")])
    var cut = whole.records
    cut.remove(at: 1)
    for (index, byte) in Array("é\u{1b}[D\r".utf8).enumerated() {
      cut.insert(
        StreamRecord(at: Timestamp(nanoseconds: 1_000_000_000), direction: .fromClient, kind: .input, bytes: [byte]),
        at: 1 + index)
    }
    #expect(readTyped(cut, size: .standard).commands == whole.read().commands)
    #expect(whole.read().commands.map(\.text) == ["é"])
  }

  @Test func `noise never makes it fail or grow`() {
    var numbers = SeededGenerator(seed: 77)
    let pieces = [
      on, off, "$ ", "\r\n", "\r", "\n", "ls", "\u{3}", "\u{4}", "\u{1b}[200~", "\u{1b}[201~", "\u{1b}]133;A\u{7}",
      "\u{1b}]133;B\u{7}", "\u{1b}]133;C\u{7}", "\u{1b}]633;E;x\u{7}", "\u{1b}[?1049h", "\u{1b}[?1049l", "\u{1b}[H",
      "\u{1b}[2J", "password: ", "> ", ">>> ", "日本", "!!", "\u{1b}[5000B", "\u{1b}[A", "\u{1b}", "db=> ", "db-> ",
    ]
    for _ in 0..<300 {
      var steps: [Recording.Step] = []
      for _ in 0..<60 {
        let text = (0..<Int.random(in: 1...6, using: &numbers)).map { _ in pieces.randomElement(using: &numbers) ?? "" }
          .joined()
        switch Int.random(in: 0..<8, using: &numbers) {
        case 0: steps.append(.resized(Int.random(in: 1...90, using: &numbers), Int.random(in: 1...30, using: &numbers)))
        case 1..<4: steps.append(.typed(text))
        default: steps.append(.shown(text))
        }
      }
      let recording = Recording(steps)
      let reading = recording.read(size: TerminalSize(columns: 20, rows: 5))
      for command in reading.commands {
        #expect((0...1).contains(command.confidence))
        #expect(command.endedAt.map { $0 >= command.at } ?? true)
      }
      for hidden in reading.hiddenInput {
        #expect(hidden.range.upperBound <= recording.records[hidden.record].bytes.count)
      }
    }
  }
}
