import Foundation
import TestKit
import Testing

/// The program as its users meet it.
@Suite struct CommandLineTests {
  struct Outcome {
    var code: Int32
    var out: String
    var error: String
  }

  private let story = Checkout.root.appending(path: "samples/story/evidence.tar.gz").path
  private let policy = Checkout.root.appending(path: "samples/policies/production.yaml").path

  /// The executable beside the test bundle.
  private static var executable: URL {
    get throws {
      let bundle = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
      let beside = [bundle, Checkout.root.appending(path: ".build/debug")].map { $0.appending(path: "exhibit") }
      return try #require(beside.first { FileManager.default.isExecutableFile(atPath: $0.path) })
    }
  }

  private func exhibit(_ arguments: String..., input: Data? = nil, environment: [String: String] = [:]) throws
    -> Outcome
  {
    try TemporaryFolder.with { folder in
      let process = Process()
      process.executableURL = try Self.executable
      process.arguments = arguments
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

  private func withStory(_ body: (String) throws -> Void) throws {
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "shop.exhibit").path
      let outcome = try exhibit("ingest", story, "--case", path)
      try #require(outcome.code == 0, "\(outcome.error)")
      try body(path)
    }
  }

  @Test func `the story is judged: exit code 1, and the reports are written`() throws {
    try withStory { path in
      let folder = URL(filePath: path).deletingLastPathComponent()
      let junit = folder.appending(path: "junit.xml").path
      let check = try exhibit("check", "--case", path, "--policy", policy, "--junit", junit)
      #expect(check.code == 1)
      #expect(check.out.contains("changes were not approved"))
      #expect(check.out.contains("ALTER TABLE customers ADD COLUMN card_pan text"))
      #expect(FileManager.default.fileExists(atPath: junit))
      let html = folder.appending(path: "report.html").path
      #expect(try exhibit("report", "--case", path, "--html", html).code == 0)
      let findings = try exhibit("findings", "--case", path, "--format", "json")
      #expect(findings.out.contains("unfiltered"))
    }
  }

  @Test func `the same evidence again adds nothing`() throws {
    try withStory { path in
      let before = try exhibit("actions", "--case", path, "--format", "json").out
      let again = try exhibit("ingest", story, "--case", path)
      #expect(again.code == 0)
      #expect(again.out.contains("nothing new"))
      #expect(try exhibit("actions", "--case", path, "--format", "json").out == before)
    }
  }

  @Test func `the same evidence gives the same report, byte for byte`() throws {
    try withStory { first in
      try withStory { second in
        var reports: [Data] = []
        for path in [first, second] {
          let html = path + ".html"
          _ = try exhibit("report", "--case", path, "--html", html)
          reports.append(try Data(contentsOf: URL(filePath: html)))
        }
        #expect(reports[0] == reports[1])
      }
    }
  }

  @Test func `lists are JSON lines and CSV`() throws {
    try withStory { path in
      for verb in ["sources", "sessions", "actions"] {
        let json = try exhibit(verb, "--case", path, "--format", "json")
        let lines = json.out.split(separator: "\n")
        #expect(!lines.isEmpty)
        for line in lines { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        let csv = try exhibit(verb, "--case", path, "--format", "csv")
        #expect(csv.out.hasPrefix("id,"))
      }
      let blame = try exhibit("blame", "customers.card_pan", "--case", path, "--format", "json")
      #expect(blame.out.split(separator: "\n").count == 2)
      #expect(try exhibit("search", "card_pan", "--case", path).out.contains("ALTER TABLE"))
    }
  }

  @Test func `standard input is read`() throws {
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "a.exhibit").path
      let outcome = try exhibit("ingest", "-", "--case", path, input: try Data(contentsOf: URL(filePath: story)))
      #expect(outcome.code == 0, "\(outcome.error)")
      #expect(outcome.out.contains("7 sessions"))
    }
  }

  @Test func `bad input: one clear line, exit code 3, and nothing left behind`() throws {
    try TemporaryFolder.with { folder in
      let text = folder.appending(path: "notes.txt")
      try Data("dear diary".utf8).write(to: text)
      let empty = folder.appending(path: "empty.pcap")
      try Data().write(to: empty)
      let path = folder.appending(path: "a.exhibit").path
      for input in [text.path, empty.path, folder.appending(path: "missing").path] {
        let outcome = try exhibit("ingest", input, "--case", path)
        #expect(outcome.code == 3, "\(input)")
        #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
        #expect(outcome.error.contains(URL(filePath: input).lastPathComponent))
        #expect(!FileManager.default.fileExists(atPath: path))
      }
      let notACase = try exhibit("sessions", "--case", text.path)
      #expect(notACase.code == 3)
      #expect(notACase.error.split(separator: "\n").count == 1)
      let usage = try exhibit("ingest", "--case", path)
      #expect(usage.code == 3)
      let policy = folder.appending(path: "p.yaml")
      try Data("version: 1\nrulez: 4".utf8).write(to: policy)
    }
    try withStory { path in
      try TemporaryFolder.with { folder in
        let policy = folder.appending(path: "p.yaml")
        try Data("version: 1\nrulez: 4".utf8).write(to: policy)
        let outcome = try exhibit("check", "--case", path, "--policy", policy.path)
        #expect(outcome.code == 3)
        #expect(outcome.error.contains("p.yaml:2:"))
      }
    }
  }

  @Test func `a full disk: one line, and the case is as it was`() throws {
    guard FileManager.default.isWritableFile(atPath: "/dev/full") else { return }
    try withStory { path in
      let outcome = try exhibit("report", "--case", path, "--html", "/dev/full/x.html")
      #expect(outcome.code == 3)
      #expect(outcome.error.split(separator: "\n").count == 1)
    }
  }
}
