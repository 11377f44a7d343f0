import ArgumentParser
import Foundation
import Gateway

/// `exhibit hook claude-code`
struct HookClaudeCode: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claude-code", abstract: "What Claude Code runs for a hook: its JSON comes on standard input.")

  @OptionGroup var option: HookOption

  func run() throws { try option.run(.claudeCode) }
}

/// `exhibit hook codex`
struct HookCodex: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "codex", abstract: "What Codex runs for a hook: its JSON comes on standard input.")

  @OptionGroup var option: HookOption

  func run() throws { try option.run(.codex) }
}

/// What both take.
struct HookOption: ParsableArguments {
  @Option(help: ArgumentHelp("The gateway's socket.", valueName: "path"), completion: .file()) var socket: String
  @Flag(help: "Let nothing run that the gateway was not told of.") var closed = false
  @Flag(name: .customLong("mark-calls"), help: "Give each shell command the id of its call.") var marksCalls = false
  @Option(
    name: .customLong("mark-proxy"),
    help: ArgumentHelp("A proxy of the gateway that is told it.", valueName: "host:port"))
  var proxies: [String] = []

  /// The exit code by which a hook refuses; what it says goes to the model.
  private static let refusal: Int32 = 2
  /// Any other but 0: the agent goes on and tells the user.
  private static let complaint: Int32 = 1

  func run(_ agent: HookAgent) throws {
    let input: HookInput
    do {
      // More is refused, and not read to its end first.
      let bytes = Array(try FileHandle.standardInput.read(upToCount: HookInput.byteLimit + 1) ?? Data())
      let environment = ProcessInfo.processInfo.environment
      input = try HookInput(
        bytes, agent: agent.rawValue, human: NSUserName(), environment: environment, proxies: proxies)
    } catch {
      StandardError.line("exhibit hook: \(error)")
      throw ExitCode(closed ? Self.refusal : Self.complaint)
    }
    do throws(HookSocket.Failure) {
      if let told = input.told { try HookSocket(path: socket).tell(told) }
    } catch {
      let warning = "exhibit hook: \(error)"
      // A command carries its id all the same: the transcript tells what it is of.
      guard !closed, marksCalls, let answer = input.markedCommand(warning: warning) else {
        StandardError.line(warning)
        throw ExitCode(closed ? Self.refusal : Self.complaint)
      }
      return StandardOutput.write(answer, to: STDOUT_FILENO)
    }
    if input.event == "SessionStart", let file = agent.environmentFile { try mark(file, input) }
    if marksCalls, let answer = input.markedCommand() { StandardOutput.write(answer, to: STDOUT_FILENO) }
  }

  /// Commands of the conversation find its id in their environment.
  private func mark(_ file: String, _ input: HookInput) throws {
    let descriptor = unsafe open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    StandardOutput.write(Array("\(input.marks.exports)\n".utf8), to: descriptor)
  }
}
