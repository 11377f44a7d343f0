import Model
import TestKit

/// A session of SSH: a shell with a terminal, a command without one, a file, a forwarding and a push.
struct RemoteStory {
  static let session = "ses-55a000000001"
  static let child = "ses-55a000000002"
  let story = MemoryCase("remote-2026-11-20")

  static func at(_ seconds: Double) -> Timestamp { ContractorStory.at(seconds) }

  /// Colours, a title, a clipboard, a bidirectional control, a C1 control and a character that is cut in two.
  static let shown: [[UInt8]] = [
    Array("\u{1b}]0;root@db\u{7}\u{1b}[32m$\u{1b}[0m ".utf8), Array("ls\r\n".utf8),
    Array("\u{1b}[1mapp\u{1b}[0m  caf".utf8) + [0xC3], [0xA9] + Array("  \u{202E}txt\u{9B}31m\r\n".utf8),
    Array("\u{1b}]52;c;aGk=\u{7}$ exit\r\n".utf8),
  ]

  init(push: StoredPayload? = nil, secondTerminal: Bool = false) {
    story.add(
      Session(
        id: Self.session, protocolName: "ssh", client: "10.0.0.7:50000", server: "10.0.0.9:22", user: "deploy",
        target: "db.internal", isEncrypted: true, isDecrypted: true, startedAt: Self.at(0), endedAt: Self.at(60)))
    story.add(
      Session(
        id: Self.child, parentID: Self.session, protocolName: "postgres", client: "10.0.0.7:50000",
        server: "10.0.0.5:5432", startedAt: Self.at(31), endedAt: Self.at(40)))
    var shell = action(1, "shell", "shell on db.internal", from: 1, until: 12, code: "0")
    shell.parameters = #"["LANG=C.UTF-8","terminal xterm-256color 80x24"]"#
    var records: [StreamRecord] = []
    for (index, bytes) in Self.shown.enumerated() {
      records.append(
        StreamRecord(at: Self.at(2 + Double(index)), direction: .fromServer, kind: .output, bytes: bytes))
    }
    records.append(StreamRecord(at: Self.at(8), direction: .fromClient, kind: .resize, bytes: Array("100x30".utf8)))
    records.append(StreamRecord(at: Self.at(12), direction: .fromServer, kind: .exit, bytes: Array("0".utf8)))
    story.add(shell, records: .records(records))
    if secondTerminal {
      var second = action(9, "shell", "shell on db.internal", from: 20, until: 22, code: "0")
      second.parameters = #"["terminal xterm 80x24"]"#
      story.add(second, records: .records(Array(records.prefix(1))))
    }
    var typed = action(2, "shell", "ls /nowhere \u{202E}", from: 3, until: 4, code: "2", status: .error)
    (typed.parentID, typed.isInferred) = ("\(Self.session).1", true)
    story.add(typed)
    let lines = [
      StreamRecord(at: Self.at(14.1), direction: .fromServer, kind: .output, bytes: Array("one\ntwo\n".utf8)),
      StreamRecord(at: Self.at(14.2), direction: .fromServer, kind: .errorOutput, bytes: Array("bad\u{1b}[2J\n".utf8)),
      StreamRecord(at: Self.at(14.3), direction: .fromServer, kind: .exit, bytes: Array("3".utf8)),
    ]
    story.add(
      action(3, "exec", "cat list", from: 14, until: 14.5, code: "3", status: .error), records: .records(lines))
    var file = action(4, "sftp", "put /srv/app.yml", from: 20, until: 21)
    file.effect = .write
    file.parameters = #"["mode 644","written 1234 bytes","sha256 9f86d081"]"#
    story.add(file)
    var forward = action(5, "forward", "direct-tcpip 10.0.0.5:5432 from 127.0.0.1:4000", from: 30, until: 41)
    forward.resources = [Resource("execute", "forward", "10.0.0.5:5432")]
    story.add(forward)
    guard let push else { return }
    var pushed = action(6, "git", "git push git.internal/shop.git refs/heads/main", from: 50, until: 51)
    (pushed.verb, pushed.effect) = ("git push", .write)
    let none = String(repeating: "0", count: 40)
    pushed.parameters = #"["\#(none) \#(String(repeating: "a", count: 40)) refs/heads/main"]"#
    story.add(pushed, request: push)
  }

  private func action(
    _ number: Int, _ kind: String, _ text: String, from: Double, until: Double, code: String? = nil,
    status: Action.Status = .ok
  ) -> Action {
    Action(
      id: "\(Self.session).\(number)", sessionID: Self.session, sequence: number, startedAt: Self.at(from),
      endedAt: Self.at(until), kind: kind, verb: kind, text: text, effect: .execute, status: status, code: code)
  }
}
