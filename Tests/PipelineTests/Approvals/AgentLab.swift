import Foundation
import TestKit
import Testing

/// A real ssh-agent in a folder, or a program in its place.
final class AgentLab {
  static let programs = ["/usr/bin/ssh-agent", "/usr/bin/ssh-add", "/usr/bin/ssh-keygen", "/usr/bin/python3"]
  static let isPossible = programs.allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
  static let absence: Comment = "ssh-agent, ssh-add, ssh-keygen or python3 is not here"

  let folder: URL
  private let server = Process()
  var socket: String { path("agent.sock") }

  /// Starts ssh-agent, or in its place a program that does with its one connection what the Python in `answers` says.
  init(_ folder: URL, answers: String? = nil) throws {
    self.folder = folder
    if let answers {
      let script =
        "import socket, time\ns = socket.socket(socket.AF_UNIX)\ns.bind('agent.sock')\ns.listen(4)\n"
        + "c = s.accept()[0]\nquestion = c.recv(4096)\n" + answers + "\n"
      server.setUnblocked("/usr/bin/python3", ["-c", script])
    } else {
      server.setUnblocked("/usr/bin/ssh-agent", ["-D", "-a", path("agent.sock")])
    }
    server.currentDirectoryURL = folder
    server.standardInput = FileHandle.nullDevice
    server.standardOutput = FileHandle.nullDevice
    server.standardError = FileHandle.nullDevice
    try server.run()
    for _ in 0..<500 where !FileManager.default.fileExists(atPath: socket) { usleep(10_000) }
    try #require(FileManager.default.fileExists(atPath: socket), "no agent")
    // The socket is there a moment before it is listened to.
    usleep(50_000)
  }

  func end() {
    if server.isRunning { server.terminate() }
    server.waitUntilExit()
  }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  @discardableResult
  func run(_ program: String, _ arguments: [String], input: String = "/dev/null") throws -> (code: Int32, text: String)
  {
    let process = Process()
    process.setUnblocked("/usr/bin/" + program, arguments)
    process.currentDirectoryURL = folder
    process.environment = ["PATH": "/usr/bin:/bin", "HOME": folder.path, "SSH_AUTH_SOCK": socket]
    try Data().write(to: folder.appending(path: "out"))
    process.standardInput = try FileHandle(forReadingFrom: URL(filePath: input))
    process.standardOutput = try FileHandle(forWritingTo: folder.appending(path: "out"))
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOf: folder.appending(path: "out"), encoding: .utf8))
  }
}
