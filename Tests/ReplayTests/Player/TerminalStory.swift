import Model
import TestKit

@testable import Replay

/// A session of SSH with one shell, of which a test says what was written when.
struct TerminalStory {
  static let session = "ses-7e0000000001"
  static let shell = "\(session).1"
  let story = MemoryCase("terminal-2026-11-20")

  static func at(_ seconds: Double) -> Timestamp { ContractorStory.at(seconds) }

  /// `written` are seconds and bytes, `resized` seconds and sizes, `typed` seconds and commands.
  init(
    size: String = "80x24", written: [(Double, [UInt8])], resized: [(Double, String)] = [],
    typed: [(Double, String)] = [],
    exit: Double? = nil
  ) {
    story.add(
      Session(
        id: Self.session, protocolName: "ssh", client: "10.0.0.7:50000", server: "10.0.0.9:22", user: "deploy",
        target: "db.internal", isEncrypted: true, isDecrypted: true, startedAt: Self.at(0), endedAt: Self.at(1000)))
    var records = written.map { seconds, bytes in
      StreamRecord(at: Self.at(seconds), direction: .fromServer, kind: .output, bytes: bytes)
    }
    records += resized.map { seconds, size in
      StreamRecord(at: Self.at(seconds), direction: .fromClient, kind: .resize, bytes: Array(size.utf8))
    }
    records.sort { $0.at < $1.at }
    if let exit {
      records.append(
        StreamRecord(at: Self.at(exit), direction: .fromServer, kind: .exit, bytes: Array("0".utf8)))
    }
    var shell = Action(
      id: Self.shell, sessionID: Self.session, sequence: 1, startedAt: Self.at(0), endedAt: Self.at(exit ?? 900),
      kind: "shell", verb: "SHELL", text: "shell on db.internal", effect: .execute, status: .ok, code: "0")
    shell.parameters = #"["terminal xterm-256color \#(size)"]"#
    story.add(shell, records: .records(records))
    for (index, (seconds, text)) in typed.enumerated() {
      var command = Action(
        id: "\(Self.session).\(index + 2)", sessionID: Self.session, sequence: index + 2, startedAt: Self.at(seconds),
        endedAt: Self.at(seconds + 1), kind: "shell", verb: "ls", text: text, effect: index == 1 ? .write : .read,
        status: index == 2 ? .error : .ok, code: "0")
      (command.parentID, command.isInferred) = (Self.shell, true)
      story.add(command)
    }
  }

  init(size: String = "80x24", text: [(Double, String)], typed: [(Double, String)] = [], exit: Double? = nil) {
    self.init(size: size, written: text.map { ($0, Array($1.utf8)) }, typed: typed, exit: exit)
  }
}
