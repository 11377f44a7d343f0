import Foundation
import TestKit

/// A psql that waits for what it is told.
final class LivePsql {
  private let process = Process()
  private let (input, output) = (Pipe(), Pipe())
  private var text = ""

  init(_ gateway: RunningGateway, _ more: [String: String] = [:]) throws {
    process.executableURL = (ScratchPostgres.binaries ?? URL(filePath: "/usr/bin")).appending(path: "psql")
    process.arguments = ["-X", "-A", "-t"]
    process.environment = gateway.environment.merging(more) { $1 }
    process.standardInput = input
    process.standardOutput = output
    process.standardError = output
    try process.run()
  }

  deinit { if process.isRunning { process.terminate() } }

  /// Says something, and waits for a line.
  func expect(_ statement: String, _ line: String) throws {
    try input.fileHandleForWriting.write(contentsOf: Data("\(statement);\n".utf8))
    while !text.contains("\(line)\n") {
      let data = output.fileHandleForReading.availableData
      guard !data.isEmpty else { throw RunningGateway.Failure(description: "psql ended: \(text)") }
      text += String(decoding: data, as: UTF8.self)
    }
    text = ""
  }

  /// Says something as the last, and gives all that came.
  func end(_ statement: String) throws -> String {
    try input.fileHandleForWriting.write(contentsOf: Data("\(statement);\n".utf8))
    try input.fileHandleForWriting.close()
    text += String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return text
  }
}
