import ArgumentParser
import Foundation
import Model
import Policy
import Replay
import Store

/// `exhibit policy`
struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Try policies before they are switched on.",
    discussion: """
        exhibit policy test policy-cases.yaml
        exhibit policy try incident.exhibit --policy new.yaml --against production.yaml
      """, subcommands: [PolicyTest.self, PolicyTry.self])
}

/// `exhibit policy test`
struct PolicyTest: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Hold a policy against cases that say what it must decide.",
    discussion: """
      Exit code 0: all as expected. 1: some are not.

        exhibit policy test policy-cases.yaml
      """)

  @Argument(help: "YAML files of cases.", completion: .file(extensions: ["yaml", "yml"])) var files: [String]

  func run() throws {
    var failed = 0
    var count = 0
    for file in files {
      guard let data = FileManager.default.contents(atPath: file) else { throw CommandError("\(file): cannot be read") }
      let (name, cases) = try PolicyCase.parse(yaml: String(decoding: data, as: UTF8.self), name: file)
      let place = URL(filePath: file).deletingLastPathComponent().appending(path: name).path
      let policy = try PolicyFile.read(place)
      for item in cases {
        count += 1
        guard let failure = item.failure(under: policy) else { continue }
        failed += 1
        StandardOutput.write("\(file):\(item.line): \(TerminalText.oneLine(item.name)): \(failure)\n")
      }
    }
    StandardOutput.write(
      failed == 0
        ? "\(Quantity.of(count, "case")), all as expected\n"
        : "\(failed) of \(Quantity.of(count, "case")) not as expected\n")
    if failed > 0 { throw ExitCode(1) }
  }
}

/// `exhibit policy try`
struct PolicyTry: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "try", abstract: "Tell what a policy would have said of a case, beside another policy.",
    discussion: """
        exhibit policy try incident.exhibit --policy new.yaml
        exhibit policy try incident.exhibit --policy new.yaml --against production.yaml --format json
      """)

  @Argument(help: "The case.", completion: .file(extensions: ["exhibit"])) var path: String
  @Option(help: ArgumentHelp("The policy to try.", valueName: "file"), completion: .file(extensions: ["yaml", "yml"]))
  var policy: String
  @Option(
    help: ArgumentHelp("The policy to compare with; the built-in one without it.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var against: String?
  @OptionGroup var list: FormatOption

  func run() throws {
    let (new, old) = (try PolicyFile.read(policy), try PolicyFile.read(against))
    let file = try CaseFile(path, .read)
    let sessions = Dictionary(try file.sessions().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let prompts = try ActionPrompts(file)
    var writer = ListWriter(
      [
        .init("before"), .init("after"), .init("rule_before"), .init("rule_after"), .init("action_id"),
        .init("user"), .init("text", limit: 70),
      ], list.format)
    var (same, changed) = (0, [String: Int]())
    var reader = ActionFactReader(file)
    try file.forEachAction(session: nil) { action in
      guard let session = sessions[action.sessionID] else { return }
      let prompt = prompts.facts(of: action.id)
      let (before, after) = (
        try old.decide(action, in: session, prompt: prompt, reading: &reader),
        try new.decide(action, in: session, prompt: prompt, reading: &reader)
      )
      guard before.outcome != after.outcome else {
        same += 1
        return
      }
      changed["\(PolicyCase.word(before.outcome)) → \(PolicyCase.word(after.outcome))", default: 0] += 1
      writer.write([
        .text(PolicyCase.word(before.outcome)), .text(PolicyCase.word(after.outcome)), .text(before.rule),
        .text(after.rule),
        .text(action.id), .text(action.identity.user), .text(action.text),
      ])
    }
    writer.finish(empty: "both say the same of every action")
    let parts = changed.sorted { $0.key < $1.key }.map { "\(Quantity.count($0.value)) \($0.key)" }
    StandardError.line(
      "\(old.name) → \(new.name): \(([Quantity.count(same) + " the same"] + parts).joined(separator: ", "))")
  }
}
