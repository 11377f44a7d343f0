import ArgumentParser
// Takes the place of the C library's allocator, which is slow at what one thread makes and another frees.
import CJemalloc
import Foundation
import Model
import Replay

/// The command `exhibit`.
@main struct Exhibit: ParsableCommand {
  static let version = Product.version

  static let configuration = CommandConfiguration(
    commandName: "exhibit",
    abstract: "Rebuild, replay and judge what was done to production, from captures.",
    discussion: """
      Exhibit reads captures into a case file, which every other command works on:

        exhibit ingest evidence.tar.gz --case shop.exhibit
        exhibit actions --changes --case shop.exhibit
        exhibit check --case shop.exhibit --junit junit.xml
        exhibit report --case shop.exhibit --html report.html

      Exit codes: 0 clean, 1 unapproved changes, 2 evidence does not verify, 3 usage, configuration or input cannot be \
      used, 4 cannot judge.
      """,
    version: version,
    subcommands: [
      Ingest.self, Sources.self, Sessions.self, Actions.self, Prompts.self, Show.self, Why.self, Search.self,
      Replay.self, Blame.self, Reconcile.self,
      Plan.self, Approve.self, Revoke.self, Check.self, Findings.self, Report.self, PolicyCommand.self, Bundle.self,
      Verify.self, LogCommand.self, GatewayCommand.self, RelayCommand.self, ApprovalsCommand.self, HookCommand.self,
    ])

  /// Runs the command and ends with the exit code that docs/cli.md promises.
  static func main() {
    do {
      var command = try hook() ?? parseAsRoot()
      try command.run()
    } catch let code as ExitCode {
      Foundation.exit(code.rawValue)
    } catch {
      finish(error)
    }
  }

  /// What an agent waits for with each call of a tool, without a look at all other commands first: a fifth of its time. Nil for any other
  /// command, and for what has to be told as a mistake.
  private static func hook() -> (any ParsableCommand)? {
    let arguments = CommandLine.arguments
    guard arguments.count > 3, arguments[1] == "hook", let agent = HookAgent(rawValue: arguments[2]) else { return nil }
    let rest = Array(arguments.dropFirst(3))
    return switch agent {
    case .claudeCode: try? HookClaudeCode.parse(rest)
    case .codex: try? HookCodex.parse(rest)
    }
  }

  private static func finish(_ error: any Error) -> Never {
    if exitCode(for: error) == .success {
      StandardOutput.write(fullMessage(for: error) + "\n")
      Foundation.exit(0)
    }
    if exitCode(for: error) == .validationFailure {
      StandardError.line("exhibit: \(usage(error)); see: \(asked) --help")
    } else {
      StandardError.line("exhibit: \(ErrorLine.text(of: error))")
    }
    Foundation.exit(CommandExit.unusable)
  }

  /// What is wrong with the arguments, as errors are told: one line, in lower case.
  private static func usage(_ error: any Error) -> String {
    let text = TerminalText.oneLine(message(for: error).split(separator: "\n").joined(separator: " "))
    // A name in capitals stays one.
    guard let first = text.first, text.dropFirst().first?.isUppercase != true else { return text }
    return first.lowercased() + text.dropFirst()
  }

  /// The command that was asked for: `exhibit log proof`.
  private static var asked: String {
    var (words, command) = (["exhibit"], Exhibit.self as any ParsableCommand.Type)
    for word in CommandLine.arguments.dropFirst() {
      let known = command.configuration.subcommands.first { $0._commandName == word }
      guard let known else { break }
      words.append(word)
      command = known
    }
    return words.joined(separator: " ")
  }
}

/// Exit codes of design §5.
enum CommandExit {
  /// Usage, configuration or input cannot be used.
  static let unusable: Int32 = 3
}
