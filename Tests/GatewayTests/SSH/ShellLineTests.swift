import Foundation
import Model
import Store
import TestKit
import Testing

@testable import Gateway

/// Lines that are typed into a shell behind the gateway.
@Suite(.serialized, .enabled(if: ScratchSSHD.isPresent, Comment(rawValue: ScratchSSHD.absence))) struct ShellLineTests {
  private static let policy = """
    version: 1
    rules:
      - { id: shells, when: { kind: shell, verb: [SHELL, exit] }, then: allow }
      - { id: reads, when: { effect: [read, session] }, then: allow }
      - { id: no-rm, when: { verb: rm }, then: deny }
      - { id: touch, when: { verb: touch }, then: allow }
      - { id: zsh, when: { kind: exec, verb: zsh }, then: allow }
    default: require-approval
    approvals: { signers: allowed_signers, namespace: test }
    """

  @Test func `a line that a rule forbids does not run, and the shell goes on`() throws {
    try TemporaryFolder.with { folder in
      let signer = try Signer("carol", in: folder)
      let typed = try TypedSession(policy: Self.policy, approvals: true, files: ["allowed_signers": try signer.line])
      let kept = typed.path("kept")
      try "x".write(toFile: kept, atomically: true, encoding: .utf8)
      let shown = try typed.type([
        (#"ready[$#] "#, "echo one\r"), (#"one\s+one\s.*ready[$#] "#, "rm -f \(kept)\r"),
        (#"refused by policy.*no-rm.*ready[$#] "#, "touch \(typed.path("made"))\r"),
        // From the history, changed in its middle.
        (#"ready[$#] "#, "\u{1b}[A\u{1}\u{1b}[C\u{1b}[C\u{1b}[C\u{1b}[C\u{1b}[C2"), ("2", "\u{7f}"),
        // Two lines at once, the second of which is forbidden.
        ("", "\u{5}\u{15}echo two\rrm -f \(kept)\r"), (#"two\s+two\s.*refused by policy.*ready[$#] "#, "exit 0\r"),
      ])
      #expect(shown.contains("status 0"), "\(shown)")
      #expect(FileManager.default.fileExists(atPath: kept) && typed.exists("made"), "\(shown)")
      try typed.shell.gateway.stop()
      let found = try typed.shell.gateway.ingest()
      var lines: [String] = []
      for session in try found.sessions() {
        try found.forEachAction(session: session.id) { action in
          if action.kind == "shell", action.parentID != nil { lines.append("\(action.text) \(action.status.rawValue)") }
        }
      }
      #expect(
        lines == [
          "echo one ok", "rm -f \(kept) denied", "touch \(typed.path("made")) ok", "echo two ok",
          "rm -f \(kept) denied",
          "exit 0 ok",
        ], "\(lines)")
      let verdicts = try typed.shell.verdicts()
      #expect(verdicts.filter { $0.hasPrefix("denied no-rm rm -f ") }.count == 2, "\(verdicts)")
    }
  }

  private func with(
    _ policy: String = policy, mode: String = "judged", isMarked: Bool = true,
    _ body: (TypedSession, Signer) throws -> Void
  ) throws -> TypedSession {
    try TemporaryFolder.with { folder in
      let signer = try Signer("carol", in: folder)
      let typed = try TypedSession(
        policy: policy, mode: mode, isMarked: isMarked, approvals: true, files: ["allowed_signers": try signer.line])
      try body(typed, signer)
      try typed.shell.gateway.stop()
      return typed
    }
  }

  /// Each line that was typed, with what became of it.
  private func lines(_ typed: TypedSession) throws -> [String] {
    let found = try typed.shell.gateway.ingest()
    var lines: [String] = []
    for session in try found.sessions() {
      try found.forEachAction(session: session.id) { action in
        if action.kind == "shell", action.parentID != nil { lines.append("\(action.text) \(action.status.rawValue)") }
      }
    }
    return lines
  }

  @Test func `a line waits for people and runs when they signed, another is given up by ^C`() throws {
    let typed = try with { typed, signer in
      let file = typed.path("log")
      try typed.start(
        "held",
        [
          (#"ready[$#] "#, "cp /etc/hostname \(file)\r"),
          (#"waits for an approval.*ready[$#] "#, "mv \(file) \(file).2\r"),
          (#"waits for an approval"#, "\u{3}"), (#"ready[$#] "#, "echo still here\r"),
          (#"still here\s+still here\s.*ready[$#] "#, "exit 0\r"),
        ])
      let held = try #require(typed.shell.waiting().first)
      #expect(held.text == "cp /etc/hostname \(file)" && held.type == "SSH", "\(held)")
      #expect(!typed.exists("log"))
      let core = typed.shell.gateway.gateway.core
      let posted = try #require(held.posted)
      let desk = try #require(core.approvals)
      // So long that the client is told that it waits.
      Thread.sleep(forTimeInterval: 2)
      let armored = try signer.sign(posted.text, as: "approval@test")
      _ = try desk.take(Array(armored.utf8), reason: "", under: posted, at: core.now())
      core.lookAtApprovals()
      let ended = typed.shell.said("held")
      #expect(ended.text.contains("status 0"), "\(ended)")
      #expect(typed.exists("log") && !typed.exists("log.2"), "\(ended)")
    }
    let found = try lines(typed)
    #expect(
      found == [
        "cp /etc/hostname \(typed.path("log")) ok", "mv \(typed.path("log")) \(typed.path("log")).2 denied",
        "echo still here ok", "exit 0 ok",
      ], "\(found)")
    let verdicts = try typed.shell.verdicts()
    #expect(verdicts.contains { $0.hasPrefix("approved default cp ") }, "\(verdicts)")
    #expect(verdicts.contains { $0.hasPrefix("withdrawn default mv ") }, "\(verdicts)")
  }

  @Test func `what cannot be known is refused, what a program reads is its own`() throws {
    let typed = try with { typed, _ in
      let shown = try typed.type([
        (#"ready[$#] "#, "echo first\r"), (#"first\s+first\s.*ready[$#] "#, "echo !!\r"),
        (#"another line of it.*ready[$#] "#, "read word; echo got $word\r"), ("", "rm is no command here\r"),
        (#"got rm is no command here\s.*ready[$#] "#, "exit 0\r"),
      ])
      #expect(shown.contains("status 0"), "\(shown)")
    }
    let found = try lines(typed)
    #expect(
      found.contains("read word; echo got $word ok") && !found.contains { $0.hasPrefix("echo !! ok") }, "\(found)")
  }

  @Test func `typed ahead of the prompt a line is judged when it begins to run`() throws {
    let typed = try with { typed, _ in
      let kept = typed.path("kept")
      try "x".write(toFile: kept, atomically: true, encoding: .utf8)
      let shown = try typed.type([
        (#"ready[$#] "#, "sleep 3\r"), (#"sleep 3\s"#, ""), ("", "sleep 9; rm -f \(kept)\r"),
        (#"refused by policy.*no-rm.*ready[$#] "#, "exit 0\r"),
      ])
      #expect(shown.contains("status 0"), "\(shown)")
      #expect(FileManager.default.fileExists(atPath: kept))
    }
    _ = try lines(typed)
    let verdicts = try typed.shell.verdicts()
    #expect(verdicts.contains { $0.hasPrefix("denied no-rm sleep 9; rm -f ") }, "\(verdicts)")
  }

  @Test func `a shell without marks is recorded, and a strict listener takes nothing for it`() throws {
    for mode in ["judged", "strict"] {
      let typed = try with(mode: mode, isMarked: false) { typed, _ in
        let kept = typed.path("kept")
        try "x".write(toFile: kept, atomically: true, encoding: .utf8)
        let shown = try typed.type(
          mode == "judged"
            ? [(#"ready[$#] "#, "rm -f \(kept)\r"), (#"kept\s.*ready[$#] "#, "exit 0\r")]
            : [(#"ready[$#] "#, "rm -f \(kept)\r"), (#"does not say where its prompt is.*ready[$#] "#, "\u{4}")])
        #expect(shown.contains("status"), "\(shown)")
        #expect(FileManager.default.fileExists(atPath: kept) == (mode == "strict"), "\(mode): \(shown)")
      }
      _ = typed
    }
  }

  @Test func `what a strict listener's client types while a command runs waits for the prompt`() throws {
    _ = try with(mode: "strict") { typed, _ in
      let kept = typed.path("kept")
      try "x".write(toFile: kept, atomically: true, encoding: .utf8)
      let shown = try typed.type([
        (#"ready[$#] "#, "sleep 3\r"), (#"sleep 3\s"#, ""), ("", "rm -f \(kept)\r"),
        (#"refused by policy.*no-rm.*ready[$#] "#, "exit 0\r"),
      ])
      #expect(shown.contains("status 0"), "\(shown)")
      #expect(FileManager.default.fileExists(atPath: kept))
    }
  }

  @Test func `a command of several lines is judged as a whole, and nothing of it runs before`() throws {
    let typed = try with { typed, _ in
      let kept = typed.path("kept")
      try "x".write(toFile: kept, atomically: true, encoding: .utf8)
      let shown = try typed.type([
        (#"ready[$#] "#, "for f in one two; do\r"), (#"> "#, "echo got $f\r"), (#"> "#, "done\r"),
        (#"got one\s+got two\s.*ready[$#] "#, "if true; then\r"), (#"> "#, "rm -f \(kept)\r"), (#"> "#, "fi\r"),
        (#"refused by policy.*no-rm.*ready[$#] "#, "cat <<EOF\r"), (#"> "#, "a text\r"), (#"> "#, "EOF\r"),
        (#"a text\s.*ready[$#] "#, "exit 0\r"),
      ])
      #expect(shown.contains("status 0"), "\(shown)")
      #expect(FileManager.default.fileExists(atPath: kept))
    }
    let found = try lines(typed)
    let kept = typed.path("kept")
    #expect(
      found == [
        "for f in one two; do\necho got $f\ndone ok", "if true; then\nrm -f \(kept)\nfi denied",
        "cat <<EOF\na text\nEOF ok", "exit 0 ok",
      ], "\(found)")
  }

  @Test func `keys that run something other than the line are refused`() throws {
    let typed = try with { typed, _ in
      let kept = typed.path("kept")
      try "x".write(toFile: kept, atomically: true, encoding: .utf8)
      let shown = try typed.type([
        // Readline takes the comment sign away and runs what is left.
        (#"ready[$#] "#, "#rm -f \(kept)\u{1b}1\u{1b}#"),
        (#"a key that runs something other.*ready[$#] "#, "rm -f \(kept)\u{18}\u{5}"),
        (#"a key that runs something other.*ready[$#] "#, "echo $(rm -f \(kept))\u{1b}\u{5}"),
        (#"before it is entered.*ready[$#] "#, "echo two\u{18}(\r"),
        (#"two\s+two\s.*ready[$#] "#, "rm -f \(kept)\u{18})\u{18}e"),
        (#"a key that runs something other.*ready[$#] "#, "echo /etc/hostn\t\r"),
        (#"/etc/hostname\s+/etc/hostname\s.*ready[$#] "#, "exit 0\r"),
      ])
      #expect(shown.contains("status 0"), "\(shown)")
      #expect(FileManager.default.fileExists(atPath: kept), "\(shown)")
    }
    _ = try lines(typed)
    let verdicts = try typed.shell.verdicts()
    #expect(verdicts.filter { $0.hasPrefix("denied lines") }.count == 4, "\(verdicts)")
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/zsh"), "zsh is not here"))
  func `zsh is looked into as bash is, and its Tab runs nothing`() throws {
    let typed = try with { typed, _ in
      let kept = typed.path("kept")
      try "x".write(toFile: kept, atomically: true, encoding: .utf8)
      let shown = try typed.type(
        [
          (#"ready[%#] "#, "echo one\r"), (#"one\s+one\s.*ready[%#] "#, "rm -f \(kept)\r"),
          (#"refused by policy.*no-rm.*ready[%#] "#, "echo $(rm -f \(kept))\t"),
          (#"before it is entered.*ready[%#] "#, "for f in a; do\r"), (#"> "#, "echo got $f\r"), (#"> "#, "done\r"),
          (#"got a\s.*ready[%#] "#, "exit 0\r"),
        ], command: "zsh -i")
      #expect(shown.contains("status 0"), "\(shown)")
      #expect(FileManager.default.fileExists(atPath: kept), "\(shown)")
    }
    let found = try lines(typed)
    #expect(found.contains("rm -f \(typed.path("kept")) denied"), "\(found)")
  }
}
