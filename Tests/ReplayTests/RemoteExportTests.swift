import Foundation
import Model
import TestKit
import Testing

@testable import Replay

struct RemoteExportTests {
  private func exported(_ id: String, of remote: RemoteStory, action: String? = nil) throws -> String {
    let whole = try #require(ExportCatalog.export(id))
    let export = try action.map { try #require(whole.only($0)) } ?? whole
    var text = ""
    try export.export(try #require(remote.story.session(id: RemoteStory.session)), from: remote.story) { text += $0 }
    return text
  }

  private func hidden(_ text: String) -> [UInt32] {
    text.unicodeScalars.filter { $0 != "\n" && TerminalText.isHidden($0) }.map(\.value)
  }

  /// The data of the output events of a cast.
  private func output(_ cast: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    for line in cast.split(separator: "\n").dropFirst() {
      let event = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any])
      if event[1] as? String == "o" { bytes += Array(try #require(event[2] as? String).utf8) }
    }
    return bytes
  }

  @Test(arguments: ["asciicast", "asciicast3"])
  func `a cast holds what the terminal showed, byte for byte`(_ id: String) throws {
    let cast = try exported(id, of: RemoteStory())
    #expect(try output(cast) == RemoteStory.shown.flatMap(\.self))
    #expect(hidden(cast).isEmpty)
    let head = try #require(cast.split(separator: "\n").first)
    #expect(head.contains(id == "asciicast" ? #""version":2,"width":80,"height":24"# : #""version":3"#))
    #expect(head.contains("xterm-256color"))
    #expect(cast.contains(#","r","100x30"]"#))
    #expect(cast.contains(#""m","ls /nowhere \u202e"]"#))
    #expect(cast.contains(id == "asciicast" ? #""m","exit status 0"]"# : #""x","0"]"#))
  }

  @Test func `a command without a terminal is named by its action, and its lines return`() throws {
    let cast = try exported("asciicast", of: RemoteStory(), action: "\(RemoteStory.session).3")
    #expect(try output(cast) == Array("one\r\ntwo\r\nbad\u{1b}[2J\r\n".utf8))
    #expect(cast.contains(#""command":"cat list""#))
  }

  @Test func `of several terminals one must be named`() throws {
    let remote = RemoteStory(secondTerminal: true)
    let error = #expect(throws: ReplayError.self) { try exported("asciicast", of: remote) }
    #expect(error?.description.hasSuffix("name its action: ses-55a000000001.1, ses-55a000000001.9") == true)
    #expect(try exported("asciicast", of: remote, action: "\(RemoteStory.session).9").contains("root@db"))
    #expect(throws: ReplayError.self) { try exported("asciicast", of: remote, action: "\(RemoteStory.session).4") }
  }

  private static let asciinema = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .map { "\($0)/asciinema" }.first(where: FileManager.default.isExecutableFile)

  @Test(.enabled(if: RemoteExportTests.asciinema != nil, "asciinema is not here"))
  func `asciinema gives back the bytes that the terminal showed`() throws {
    let cast = try exported("asciicast", of: RemoteStory())
    let folder = try ScratchFolder()
    try folder.write(cast, to: "session.cast")
    // It insists on a terminal, which must not add anything of its own.
    let command = "stty -opost; \(try #require(Self.asciinema)) cat session.cast"
    let run = try folder.run("/usr/bin/script", ["-qec", command, "/dev/null"])
    #expect(run.status == 0)
    #expect(run.output == RemoteStory.shown.flatMap(\.self))
  }

  @Test func `the text has a terminal as it was at its end, and a command with its output and exit status`() throws {
    let text = try exported("text", of: RemoteStory())
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines.contains("               │ $ ls"))
    #expect(lines.contains { $0.hasPrefix("               │ app  café  ") })
    #expect(lines.contains("               │ $ exit"))
    #expect(lines.contains { $0.contains("exec> cat list") })
    #expect(lines.contains { $0.hasSuffix("│ one") })
    #expect(lines.contains { $0.hasSuffix("err│ bad") })
    #expect(lines.contains { $0.contains("exit status 3") })
    #expect(lines.contains { $0.contains("✗   $ ls /nowhere \\u{202e}  (typed, as the screen tells)") })
    #expect(lines.contains { $0.contains("◆ sftp  put /srv/app.yml  mode 644  written 1234 bytes  sha256 9f86d081") })
    #expect(lines.contains { $0.contains("session ses-55a000000002: postgres to 10.0.0.5:5432") })
    #expect(hidden(text).isEmpty)
    let shell = try exported("text", of: RemoteStory(), action: "\(RemoteStory.session).1")
    #expect(shell.contains("$ exit") && shell.contains("/nowhere") && !shell.contains("cat list"))
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/git"), "git is not here"))
  func `git am makes the same files of the patches of a push`() throws {
    let folder = try ScratchFolder()
    func git(_ repository: String, _ arguments: [String]) throws -> [UInt8] {
      let settings = [
        "-C", repository, "-c", "user.name=Zoë Ähm", "-c", "user.email=zoe@example.org", "-c", "core.autocrlf=false",
      ]
      let run = try folder.run("/usr/bin/git", settings + arguments)
      #expect(run.status == 0, "\(String(decoding: run.output, as: UTF8.self))")
      return run.output
    }
    _ = try git(".", ["init", "-q", "-b", "main", "one"])
    _ = try git(".", ["init", "-q", "-b", "main", "two"])
    let contents: [(String, [UInt8], String)] = [
      ("plain.txt", Array("one\ntwo\nthree\n".utf8), "Add a plain file\n\nWith a body.\n\nFrom here on: it is plain"),
      ("crlf.txt", Array("a\r\nb\r\n".utf8), "Lines of Windows"),
      ("hostile.sh", Array("echo \u{1b}]0;x\u{7}\n# \u{202E}\n".utf8), "Subject\n\n---\nFrom: mallory <m@example.org>"),
      ("latin.txt", [0x63, 0x61, 0x66, 0xE9, 0x0A], "Größer\n\nFrom: mallory <m@example.org>"),
      ("with space.txt", Array("x".utf8), "No line feed at the end"),
      ("plain.txt", Array("one\nzwei\nthree\n".utf8), "Change it"),
    ]
    for (name, bytes, message) in contents {
      try folder.write(bytes, to: "one/\(name)")
      _ = try git("one", ["add", "-A"])
      _ = try git("one", ["commit", "-q", "--cleanup=verbatim", "-m", message])
    }
    let history = try git("one", ["log", "-p", "--format=raw", "--full-index", "--no-renames"])
    let remote = RemoteStory(push: .bytes(history))
    let patch = try exported("patch", of: remote)
    #expect(hidden(patch.replacingOccurrences(of: "\t", with: "")).isEmpty)
    try folder.write(patch, to: "push.mbox")
    _ = try git("two", ["am", "-q", "../push.mbox"])
    #expect(try git("two", ["rev-parse", "HEAD^{tree}"]) == git("one", ["rev-parse", "HEAD^{tree}"]))
    let authors = ["log", "--format=%an <%ae> %at %s"]
    #expect(try git("two", authors) == git("one", authors))
    let text = try exported("text", of: remote)
    #expect(text.contains("  M plain.txt\n") && text.contains("  A with space.txt\n"))
    #expect(text.contains("refs/heads/main  created at aaaaaaaaaaaa"))
    #expect(hidden(text).isEmpty)
  }

  @Test func `what a push does not hold makes git refuse, and is said`() throws {
    let id = String(repeating: "b", count: 40)
    let history = """
      commit \(id)
      tree \(id)
      author A <a@example.org> 1700000000 +0100
      committer A <a@example.org> 1700000000 +0100

          Large

      diff --git a/big b/big
      new file mode 100644
      index 0000000000000000000000000000000000000000..\(id)
      Content of b/big is not at hand

      """
    let patch = try exported("patch", of: RemoteStory(push: .text(history)))
    #expect(patch.contains("\nBinary files a/big and b/big differ\n"))
    #expect(patch.contains("\nDate: 14 Nov 2023 23:13:20 +0100\n"))
    #expect(patch.contains("Note: the content of binary files is not told, or not at hand"))
    #expect(throws: ReplayError.self) { try exported("patch", of: RemoteStory()) }
  }
}
