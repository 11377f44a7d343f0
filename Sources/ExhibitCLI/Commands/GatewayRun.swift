import ArgumentParser
import Foundation
import Gateway
import Model

/// `exhibit gateway`
struct GatewayRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run it, until SIGTERM.", discussion: "  exhibit gateway --config gateway.yaml")

  @OptionGroup var option: GatewayOption

  func run() throws {
    let configuration = try GatewayConfiguration(file: option.file)
    let signals = try SignalPipe()
    _ = signal(SIGPIPE, SIG_IGN)
    let log = GatewayLog(clock: Self.now) { StandardOutput.write($0, to: STDERR_FILENO) }
    let recording = try RecorderSessions(configuration.recording, clock: Self.now)
    let gateway: Gateway
    do {
      gateway = try Gateway(
        configuration, recording: recording, log: log, now: Self.now, loadApprovals: GatewayConfiguration.approvals)
    } catch {
      try? recording.shutDown()
      throw error
    }
    var isOver = false
    while !isOver {
      for signal in signals.take() {
        switch signal {
        case SIGHUP: reload(gateway)
        case SIGTERM, SIGINT, SIGQUIT: isOver = true
        case SIGTSTP: signals.deliver(signal)
        default: break
        }
      }
    }
    var failure: (any Error)?
    gateway.shutDown {
      do { try recording.shutDown() } catch { failure = error }
    }
    if let failure { throw failure }
  }

  private func reload(_ gateway: Gateway) {
    do {
      gateway.reload(try GatewayConfiguration(file: option.file))
    } catch {
      gateway.tell(problem: ErrorLine.text(of: error))
    }
  }

  static let now: @Sendable () -> Timestamp = {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
  }
}
