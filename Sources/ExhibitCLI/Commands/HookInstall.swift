import ArgumentParser
import Foundation
import Gateway
import Replay

/// `exhibit hook install`
struct HookInstall: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install", abstract: "Write the hooks into an agent's settings; nothing else in them changes.",
    discussion: "  exhibit hook install claude-code --socket /run/exhibit/gateway.sock")

  @Argument(help: "claude-code or codex.") var agent: HookAgent
  @Option(help: ArgumentHelp("The gateway's socket.", valueName: "path"), completion: .file()) var socket: String
  @Flag(help: "Let nothing run that the gateway was not told of. Without it the agent goes on.") var closed = false
  @Flag(
    name: .customLong("mark-calls"),
    help: "Give each shell command the id of its call, by rewriting it. Without it commands have the conversation's.")
  var marksCalls = false
  @Option(
    name: .customLong("mark-proxy"),
    help: ArgumentHelp(
      "A proxy of the gateway: what goes through it by HTTPS_PROXY and the like says of which call it comes.",
      valueName: "host:port"))
  var proxies: [String] = []
  @OptionGroup var settings: HookSettingsOption

  func run() throws {
    for proxy in proxies where proxy.split(separator: ":").count != 2 || proxy.contains("/") || proxy.contains("@") {
      throw ValidationError(
        "--mark-proxy takes host:port, as it stands in HTTPS_PROXY; not \(TerminalText.oneLine(proxy))")
    }
    let path = URL(filePath: socket).standardizedFileURL.path
    let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let command =
      "\(Self.quoted(program)) hook \(agent.rawValue) --socket \(Self.quoted(path))"
      + (closed ? " --closed" : "") + (marksCalls ? " --mark-calls" : "")
      + proxies.map { " --mark-proxy \(Self.quoted($0))" }.joined()
    try settings.edit(agent) { file in
      _ = try file.uninstall(where: agent.owns)
      try file.install(command)
    }
    StandardOutput.write(
      "\(TerminalText.oneLine(settings.path(agent))): hooks of \(agent.rawValue) tell \(TerminalText.oneLine(path))\n")
    guard agent == .codex else { return }
    StandardOutput.write("codex runs hooks where its config.toml says so: [features] codex_hooks = true\n")
  }

  /// For the shell that agents run hooks with.
  private static func quoted(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || "0123456789/._-+".unicodeScalars.contains($0))
    }
    return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }
}

/// `exhibit hook uninstall`
struct HookUninstall: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uninstall", abstract: "Take the hooks out of an agent's settings again.",
    discussion: "  exhibit hook uninstall claude-code")

  @Argument(help: "claude-code or codex.") var agent: HookAgent
  @OptionGroup var settings: HookSettingsOption

  func run() throws {
    var count = 0
    try settings.edit(agent) { count = try $0.uninstall(where: agent.owns) }
    StandardOutput.write("\(TerminalText.oneLine(settings.path(agent))): \(Quantity.of(count, "hook")) taken out\n")
  }
}

/// `--settings FILE`
struct HookSettingsOption: ParsableArguments {
  @Option(
    name: .customLong("settings"),
    help: ArgumentHelp("The agent's settings, where they are not the user's own.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var file: String?

  func path(_ agent: HookAgent) -> String { file ?? agent.settings }

  /// Changes the file at once or not at all, and nothing when nothing is to be changed.
  func edit(_ agent: HookAgent, _ change: (inout HookSettings) throws -> Void) throws {
    let place = URL(filePath: path(agent)).resolvingSymlinksInPath()
    let isThere = FileManager.default.fileExists(atPath: place.path)
    do {
      let known = isThere ? Array(try Data(contentsOf: place)) : []
      var settings = try HookSettings(known)
      try change(&settings)
      guard settings.bytes != known, isThere || !settings.bytes.elementsEqual("{}\n".utf8) else { return }
      try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
      let mode = isThere ? try FileManager.default.attributesOfItem(atPath: place.path)[.posixPermissions] : 0o600
      try Data(settings.bytes).write(to: place, options: .atomic)
      if let mode { try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: place.path) }
    } catch {
      throw CommandError("\(place.path): \(error)")
    }
  }
}
