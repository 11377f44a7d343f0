import ArgumentParser
import Foundation
import Gateway

/// `exhibit relay`
struct RelayRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run it, until SIGTERM.", discussion: "  exhibit relay --config relay.yaml")

  @OptionGroup var option: RelayOption

  func run() throws {
    let configuration = try RelayConfiguration(file: option.file)
    let signals = try SignalPipe()
    _ = signal(SIGPIPE, SIG_IGN)
    let relay = try Relay(
      configuration, log: GatewayLog(clock: GatewayRun.now) { StandardOutput.write($0, to: STDERR_FILENO) })
    var isOver = false
    while !isOver {
      for signal in signals.take() {
        switch signal {
        case SIGTERM, SIGINT, SIGQUIT: isOver = true
        case SIGTSTP: signals.deliver(signal)
        default: break
        }
      }
    }
    relay.shutDown()
  }
}
