import Foundation
import Model
import TestKit
import Testing

@testable import Decryption

/// All live connections, played once.
enum LivePeers {
  static let openssl = "/usr/bin/openssl"
  static let python = "/usr/bin/python3"

  static var isPresent: Bool {
    [openssl, python].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
  }

  static let absence: Comment = "openssl or python3 is not here"

  /// The answer, or why there is none.
  static let played = Result {
    try TemporaryFolder.with { folder in
      let plan = folder.appending(path: "plan.json")
      let out = folder.appending(path: "out.json")
      let script = folder.appending(path: "peers.py")
      try Data(PeerScript.source.utf8).write(to: script)
      try JSONEncoder().encode(Plan(folder: folder.path, cases: LiveCatalog.all)).write(to: plan)
      let process = Process()
      process.setUnblocked(python, [script.path, plan.path, out.path])
      try process.run()
      process.waitUntilExit()
      return try JSONDecoder().decode(LiveAnswer.self, from: Data(contentsOf: out))
    }
  }

  private struct Plan: Encodable {
    var folder: String
    var cases: [LiveCase]
  }

  /// The run of a case; nil where the local openssl refuses a case that it may refuse.
  static func run(_ live: LiveCase) throws -> LiveRun? {
    let run = try #require(try played.get().cases.first { $0.name == live.name })
    if let error = run.error {
      if live.isOptional { return nil }
      Issue.record("\(live.name): \(error)")
      return nil
    }
    return run
  }

  /// A connection of a case that must be there.
  static func connection(_ live: LiveCase, _ index: Int = 0) throws -> (wire: Wire, keys: KeyRing, text: PlainText) {
    let run = try #require(try run(live), "\(live.name) was not played")
    return (Wire(run.connections[index]), KeyRing(text: run.keys), PlainText(live.connections[index].steps))
  }
}

extension KeyRing {
  init(text: String) {
    self.init()
    let bytes = Array(text.utf8)
    _ = add(bytes.span)
  }
}

/// What each end said, by the plan.
struct PlainText: Equatable {
  var client: [UInt8] = []
  var server: [UInt8] = []

  init() {}

  init(_ steps: [LiveCase.Step]) {
    for step in steps {
      guard let text = step.text else { continue }
      let bytes = Array(String(repeating: text, count: step.times ?? 1).utf8)
      if step.from == "client" { client += bytes } else { server += bytes }
    }
  }
}
