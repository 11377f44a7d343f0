import Foundation
import TestKit
import Testing

/// The program, run as its users run it.
enum ExhibitProcess {
  struct Outcome {
    var code: Int32
    var out: String
    var error: String
  }

  /// The executable beside the test bundle.
  static var executable: URL {
    get throws {
      let bundle = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
      let beside = [bundle, Checkout.root.appending(path: ".build/debug")].map { $0.appending(path: "exhibit") }
      return try #require(beside.first { FileManager.default.isExecutableFile(atPath: $0.path) })
    }
  }

  static func run(
    _ arguments: [String], input: Data? = nil, environment: [String: String] = [:], program: String? = nil
  ) throws -> Outcome {
    try TemporaryFolder.with { folder in
      let process = Process()
      process.setUnblocked(try program ?? executable.path, arguments)
      process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
      let (out, error) = (folder.appending(path: "out"), folder.appending(path: "error"))
      for file in [out, error] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
      process.standardOutput = try FileHandle(forWritingTo: out)
      process.standardError = try FileHandle(forWritingTo: error)
      let source = folder.appending(path: "in")
      try (input ?? Data()).write(to: source)
      process.standardInput = try FileHandle(forReadingFrom: source)
      try process.run()
      process.waitUntilExit()
      return Outcome(
        code: process.terminationStatus, out: String(decoding: try Data(contentsOf: out), as: UTF8.self),
        error: String(decoding: try Data(contentsOf: error), as: UTF8.self))
    }
  }
}
