import ArgumentParser
import Foundation
import Gateway

/// `exhibit relay`
struct RelayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "relay",
    abstract: "Stand close to targets that the gateway cannot reach, and carry its connections to them.",
    discussion: """
        exhibit relay check --config relay.yaml
        exhibit relay --config relay.yaml

      SIGTERM lets connections end and stops.
      """,
    subcommands: [RelayRun.self, RelayCheck.self], defaultSubcommand: RelayRun.self)
}

/// `--config FILE`
struct RelayOption: ParsableArguments {
  @Option(
    name: .customLong("config"), help: ArgumentHelp("The relay's configuration, a YAML file.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var file: String
}

/// `exhibit relay check`
struct RelayCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Read the configuration and all that it names, and say what is wrong.",
    discussion: "  exhibit relay check --config relay.yaml")

  @OptionGroup var option: RelayOption

  func run() throws {
    let configuration = try RelayConfiguration(file: option.file)
    let targets = configuration.targets.map(\.description).joined(separator: ", ")
    StandardOutput.write("\(option.file): can be used: \(configuration.gateway) to \(targets)\n")
  }
}
