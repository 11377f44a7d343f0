import ArgumentParser
import Foundation

/// An agent with hooks, and where it keeps them.
enum HookAgent: String, ExpressibleByArgument, CaseIterable {
  case claudeCode = "claude-code"
  case codex

  /// The user's own settings.
  var settings: String {
    let environment = ProcessInfo.processInfo.environment
    let home = environment["HOME"] ?? "."
    return switch self {
    case .claudeCode: (environment["CLAUDE_CONFIG_DIR"] ?? "\(home)/.claude") + "/settings.json"
    case .codex: (environment["CODEX_HOME"] ?? "\(home)/.codex") + "/hooks.json"
    }
  }

  /// The file into which a hook writes what all commands of a conversation find in their environment.
  var environmentFile: String? {
    let environment = ProcessInfo.processInfo.environment
    return environment["CLAUDE_ENV_FILE"] ?? environment["CODEX_ENV_FILE"]
  }

  /// Whether a command in the settings is ours.
  func owns(_ command: String) -> Bool { command.contains("exhibit") && command.contains(" hook \(rawValue) ") }
}
