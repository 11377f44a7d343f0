import Foundation
import Model
import Terminal
import TestKit
import Testing

/// Sessions of real shells, typed at by a script, with what the shells themselves say they were told.
enum LiveTyping {
  struct Session: Decodable, CustomTestStringConvertible {
    var name: String
    var shell: String
    var columns: Int
    var rows: Int
    var records: [Record]
    /// The shell's own history, in its order.
    var truth: [String]
    /// Secrets that were typed where nothing is echoed.
    var hidden: [String]
    /// Lines entered at other programs' prompts, where those keep a history.
    var others: [String: [String]]?

    var testDescription: String { name }
    var size: TerminalSize { TerminalSize(columns: columns, rows: rows) }

    struct Record: Decodable {
      var at: Int64
      var kind: String
      var bytes: [UInt8]

      init(from decoder: any Decoder) throws {
        var parts = try decoder.unkeyedContainer()
        at = try parts.decode(Int64.self)
        kind = try parts.decode(String.self)
        bytes = Array(try parts.decode(Data.self))
      }
    }

    var stream: [StreamRecord] {
      records.map { record in
        let kind: StreamRecord.Kind = record.kind == "input" ? .input : record.kind == "resize" ? .resize : .output
        return StreamRecord(
          at: Timestamp(nanoseconds: record.at), direction: kind == .output ? .fromServer : .fromClient, kind: kind,
          bytes: record.bytes)
      }
    }
  }

  private struct Answer: Decodable { var sessions: [Session] }

  static let python = "/usr/bin/python3"
  static var isPresent: Bool {
    [python, "/bin/bash", "/usr/bin/zsh", "/usr/bin/vim", "/usr/bin/less", "/usr/bin/sqlite3"]
      .allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
  }
  static let absence: Comment = "python3, bash, zsh, vim, less or sqlite3 is not here"

  /// All sessions, played once.
  static let played = Result {
    try TemporaryFolder.with { folder in
      if let kept = ProcessInfo.processInfo.environment["EXHIBIT_TYPED"] {
        return try JSONDecoder().decode(Answer.self, from: Data(contentsOf: URL(filePath: kept))).sessions
      }
      let script = folder.appending(path: "typed.py")
      let out = folder.appending(path: "out.json")
      try Data(TypingScript.source.utf8).write(to: script)
      let process = Process()
      process.setUnblocked(python, [script.path, out.path])
      try process.run()
      process.waitUntilExit()
      return try JSONDecoder().decode(Answer.self, from: Data(contentsOf: out)).sessions
    }
  }
}
