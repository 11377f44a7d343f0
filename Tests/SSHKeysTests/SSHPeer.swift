import Foundation
import TestKit
import Testing

@testable import SSHKeys

/// OpenSSH's own programs in a folder that goes with its test.
struct SSHPeer {
  static let program = "/usr/bin/ssh-keygen"
  static let isPresent = [program, "/bin/bash"].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
  static let absence: Comment = "ssh-keygen is not here"

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  let folder: URL

  static func with<Result>(_ body: (SSHPeer) throws -> Result) throws -> Result {
    try TemporaryFolder.with { try body(SSHPeer(folder: $0)) }
  }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  func write(_ bytes: some Sequence<UInt8>, to name: String) throws {
    let file = folder.appending(path: name)
    try Data(bytes).write(to: file)
    // ssh-keygen does not take a private key that others can read.
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
  }

  func write(_ text: String, to name: String) throws { try write(text.utf8, to: name) }

  func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appending(path: name))) }

  func readText(_ name: String) throws -> String { String(decoding: try read(name), as: UTF8.self) }

  /// Runs ssh-keygen for each list of arguments, one after the other, with a file as input.
  func exits(_ runs: [(arguments: [String], input: String)]) throws -> [Int32] {
    let lines = runs.map { run in
      let words = ([Self.program] + run.arguments).map { "'" + $0.replacing("'", with: "'\\''") + "'" }
      return words.joined(separator: " ") + " < '\(path(run.input))' >out 2>err; echo $?"
    }
    let output = try shell(lines.joined(separator: "\n"))
    let codes = output.split(separator: "\n").compactMap { Int32($0) }
    guard codes.count == runs.count else { throw Failure(description: "\(codes.count) of \(runs.count) runs answered") }
    return codes
  }

  /// Runs ssh-keygen once; it must not fail.
  @discardableResult
  func keygen(_ arguments: String..., input: String? = nil) throws -> String {
    try write("", to: "nothing")
    guard try exits([(arguments, input ?? "nothing")]) == [0] else {
      throw Failure(description: "ssh-keygen \(arguments): \(try readText("err"))")
    }
    return try readText("out")
  }

  private func shell(_ script: String) throws -> String {
    try write(script, to: "script")
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = [path("script")]
    process.currentDirectoryURL = folder
    process.environment = ["PATH": "/usr/bin:/bin", "HOME": folder.path, "TZ": "UTC", "LC_ALL": "C.UTF-8"]
    let answer = path("answer")
    try Data().write(to: URL(filePath: answer))
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: answer))
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return try readText("answer")
  }
}
