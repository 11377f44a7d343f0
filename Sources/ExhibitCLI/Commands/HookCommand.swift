import ArgumentParser

/// `exhibit hook`
struct HookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hook", abstract: "Tell a gateway what an agent is asked and does, by the agent's own hooks.",
    discussion: """
        exhibit hook install claude-code --socket /run/exhibit/gateway.sock
        exhibit hook install codex --socket /run/exhibit/gateway.sock --closed
        exhibit hook uninstall claude-code

      Prompts and tools' calls go to the gateway's socket, with their ids, and into its recording. Commands of the agent say \
      by PGAPPNAME and TRACEPARENT on whose behalf they connect.
      """,
    subcommands: [HookInstall.self, HookUninstall.self, HookClaudeCode.self, HookCodex.self])
}
