import ArgumentParser
import Bytes
import Foundation
import Gateway
import Model
import Pipeline
import Policy
import Replay

/// `exhibit gateway`
struct GatewayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gateway",
    abstract: "Stand in the path of clients: record, judge, hold for approval.",
    discussion: """
        exhibit gateway check --config gateway.yaml
        exhibit gateway --config gateway.yaml
        exhibit gateway token ci-agent
        exhibit gateway ca NAME --certificate ca.pem --key ca.key

      SIGHUP reads policy, tokens and limits anew; SIGTERM lets sessions end and stops.
      """,
    subcommands: [GatewayRun.self, GatewayCheck.self, GatewayToken.self, GatewayAuthority.self],
    defaultSubcommand: GatewayRun.self)
}

/// `--config FILE`
struct GatewayOption: ParsableArguments {
  @Option(
    name: .customLong("config"), help: ArgumentHelp("The gateway's configuration, a YAML file.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var file: String
}

/// `exhibit gateway check`
struct GatewayCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Read the configuration and all that it names, and say what is wrong.",
    discussion: "  exhibit gateway check --config gateway.yaml")

  @OptionGroup var option: GatewayOption

  func run() throws {
    let configuration = try GatewayConfiguration(file: option.file)
    for warning in configuration.warnings { StandardError.line("warning: \(TerminalText.oneLine(warning))") }
    let listeners = configuration.listeners.map { "\($0.name) at \($0.address) to \($0.leadsTo)" }
    StandardOutput.write("\(option.file): can be used: \(listeners.joined(separator: ", "))\n")
  }
}

extension GatewayConfiguration {
  /// Reads the approvals of a folder as `check` does.
  static func approvals(
    _ folder: String, _ policyFile: String, _ policy: PolicyDocument, _ seen: ([UInt8]) -> Timestamp?
  ) throws -> (approvals: StandingApprovals, problems: [String]) {
    let base = URL(filePath: policyFile).deletingLastPathComponent()
    let read = try withoutActuallyEscaping(seen) { seen in
      try ApprovalFolder(URL(filePath: folder), policy: policy, base: base, asOf: nil, seen: seen)
    }
    return (StandingApprovals(policy: policy, shelf: read.shelf, trust: read.trust), read.problems)
  }
}
