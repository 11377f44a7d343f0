import Foundation
import Model
import TestKit

@testable import Parsers

/// Real rsync at work, with what passed between its two ends and what it says of it itself.
struct RsyncLab {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// One run: the server's command line, the bytes, and rsync's own lines.
  struct Run {
    var command: String
    var pieces: [(direction: Direction, bytes: [UInt8])] = []
    var told: [String]

    /// As a channel of SSH carries it.
    func conversation(status: UInt32 = 0) -> SSHConversation {
      var conversation = SSHConversation.running(command)
      for piece in pieces {
        // A channel's packets are no longer than its window.
        for start in stride(from: 0, to: piece.bytes.count, by: 16_384) {
          let part = Array(piece.bytes[start..<min(start + 16_384, piece.bytes.count)])
          if piece.direction == .fromClient { conversation.ask(part) } else { conversation.reply(part) }
        }
      }
      conversation.closeSession(status: status)
      return conversation
    }
  }

  static var isPossible: Bool {
    ["/usr/bin/rsync", "/usr/bin/python3"].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
  }

  let folder: URL
  private let log: URL

  init(_ folder: URL) throws {
    self.folder = folder
    log = folder.appending(path: "relay.log")
    // rsync gives the command as words that are quoted already.
    let relay = GitRelays.ssh.replacing("command = sys.argv[-1]", with: "command = \" \".join(sys.argv[2:])")
      // Its ends do not wait until they can be written to.
      .replacing("while data:", with: "while data and select.select([], [target], []):")
    try Data(relay.utf8).write(to: folder.appending(path: "relay.py"))
  }

  /// Runs rsync in the folder; `far:` is the other host.
  func run(_ arguments: [String]) throws -> Run {
    let process = Process()
    process.currentDirectoryURL = folder
    let shell = "/usr/bin/python3 \(folder.path)/relay.py"
    process.setUnblocked("/usr/bin/rsync", ["-e", shell, "--out-format=%i %n%L"] + arguments)
    var environment = ProcessInfo.processInfo.environment
    environment["RELAY_LOG"] = log.path
    environment["LC_ALL"] = "C.UTF-8"
    process.environment = environment
    let (output, errors) = (folder.appending(path: "output"), folder.appending(path: "errors"))
    for file in [output, errors] { try Data().write(to: file) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw try Failure(description: "\(arguments): " + String(contentsOf: errors, encoding: .utf8))
    }
    let lines = try String(contentsOf: output, encoding: .utf8).split(separator: "\n").map(String.init)
    var run = Run(command: "", told: lines.map(Self.unquoted))
    let bytes = try [UInt8](Data(contentsOf: log))
    try FileManager.default.removeItem(at: log)
    var index = 0
    while index + 5 <= bytes.count {
      let count = bytes[(index + 1)..<(index + 5)].reduce(0) { $0 << 8 | Int($1) }
      let piece = Array(bytes[(index + 5)..<(index + 5 + count)])
      switch bytes[index] {
      case 2: run.command = String(decoding: piece.prefix { $0 != 0 }, as: UTF8.self)
      case let kind: run.pieces.append((kind == 0 ? .fromClient : .fromServer, piece))
      }
      index += 5 + count
    }
    return run
  }

  /// rsync writes `\#303` for bytes that its terminal does not show.
  private static func unquoted(_ line: String) -> String {
    var bytes: [UInt8] = []
    var rest = Substring(line)
    while let first = rest.first {
      if rest.hasPrefix("\\#"), let byte = UInt8(rest.dropFirst(2).prefix(3), radix: 8) {
        bytes.append(byte)
        rest = rest.dropFirst(5)
      } else {
        bytes += Array(String(first).utf8)
        rest = rest.dropFirst()
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
