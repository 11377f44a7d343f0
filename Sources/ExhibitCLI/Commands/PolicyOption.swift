import ArgumentParser
import Foundation
import Model
import Pipeline
import Policy
import Store

/// `--policy FILE`, and the verdict that it gives.
struct PolicyOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The policy, a YAML file. Without it the built-in one: every change needs an approval.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var policy: String?
  @Option(
    help: ArgumentHelp(
      "The approvals: a folder of requests (*.approval) with their signatures beside them.", valueName: "folder"),
    completion: .directory)
  var approvals: String?
  @Option(
    help: ArgumentHelp(
      "You know that the folder of approvals was like this at that time, by your own clock or repository: they are no later.",
      valueName: "time"))
  var approvalsAsOf: Timestamp?
  @Option(
    help: ArgumentHelp("Who may sign, as ssh-keygen reads it; in place of the policy's file.", valueName: "file"),
    completion: .file())
  var allowedSigners: String?

  func validate() throws {
    if approvals == nil, approvalsAsOf != nil || allowedSigners != nil {
      throw ValidationError("--approvals-as-of and --allowed-signers belong to --approvals")
    }
  }

  /// Judges every action of the case.
  func verdict(on file: CaseFile) throws -> Verdict {
    let policy = try PolicyFile.read(policy)
    let folder = try approvalFolder(policy)
    let book = folder.map { ApprovalBook(policy: policy, shelf: $0.shelf, trust: $0.trust, reading: file) }
    let sessions = try file.sessions()
    let byID = Dictionary(sessions.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let prompts = try ActionPrompts(file)
    var evaluation = PolicyEvaluation(policy: policy, approvals: book, reading: file, hasTranscripts: prompts.isPresent)
    try file.forEachAction(session: nil) { action in
      guard let session = byID[action.sessionID] else { return }
      try evaluation.add(action, in: session, prompt: prompts.facts(of: action.id))
    }
    for anomaly in try file.anomalies() { evaluation.add(anomaly) }
    evaluation.finish(try RuleFacts(file))
    var verdict = evaluation.verdict(
      sources: try file.sources(), incompleteness: try Incompleteness.sentences(sessions: sessions, file: file))
    verdict.approvalNamespace = policy.approvals.namespace
    verdict.approvalProblems = folder?.problems ?? []
    return verdict
  }

  /// The files that say whose signatures count, as far as there are any.
  func trustFiles() throws -> [URL] {
    guard approvals != nil else { return [] }
    let settings = try PolicyFile.read(policy).approvals
    let base = policy.map { URL(filePath: $0).deletingLastPathComponent() } ?? URL(filePath: ".")
    let signers = allowedSigners.map { URL(filePath: $0) } ?? settings.signersFile.map { base.appending(path: $0) }
    let others = [settings.revokedFile, settings.timeStampFile].compactMap { $0.map { base.appending(path: $0) } }
    return [signers].compactMap(\.self) + others
  }

  private func approvalFolder(_ document: PolicyDocument) throws -> ApprovalFolder? {
    guard let approvals else { return nil }
    let base = policy.map { URL(filePath: $0).deletingLastPathComponent() } ?? URL(filePath: ".")
    return try ApprovalFolder(
      URL(filePath: approvals), policy: document, base: base, signersFile: allowedSigners.map { URL(filePath: $0) },
      asOf: approvalsAsOf)
  }
}

/// Reads policies.
enum PolicyFile {
  /// The policy of a file, or the built-in one.
  static func read(_ path: String?) throws -> PolicyDocument {
    guard let path else { return .builtIn }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandError("\(path): cannot be read; check the path and its permissions")
    }
    let name = URL(filePath: path).lastPathComponent
    return try PolicyDocument.parse(yaml: String(decoding: data, as: UTF8.self), name: name)
  }
}

/// An error of the command line itself.
struct CommandError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
