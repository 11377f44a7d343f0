import ArgumentParser
import Foundation
import Model
import Policy
import Store

/// `--policy FILE`, and the verdict that it gives.
struct PolicyOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The policy, a YAML file. Without it the built-in one: every change needs an approval.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var policy: String?

  func document() throws -> PolicyDocument {
    guard let policy else { return .builtIn }
    guard let data = FileManager.default.contents(atPath: policy) else {
      throw CommandError("\(policy): cannot be read; check the path and its permissions")
    }
    let name = URL(filePath: policy).lastPathComponent
    return try PolicyDocument.parse(yaml: String(decoding: data, as: UTF8.self), name: name)
  }

  /// Judges every action of the case.
  func verdict(on file: CaseFile) throws -> Verdict {
    var evaluation = PolicyEvaluation(policy: try document())
    let sessions = try file.sessions()
    let byID = Dictionary(sessions.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    try file.forEachAction(session: nil) { action in
      guard let session = byID[action.sessionID] else { return }
      evaluation.add(action, in: session)
    }
    for anomaly in try file.anomalies() { evaluation.add(anomaly) }
    return evaluation.verdict(
      sources: try file.sources(), incompleteness: try Incompleteness.sentences(sessions: sessions, file: file))
  }
}

/// An error of the command line itself.
struct CommandError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
