import Foundation
import TestKit

@testable import Gateway

/// `exhibit relay` itself, as a process of its own.
final class RelayProcess {
  static let program = Checkout.root.appending(path: ".build/debug/exhibit").path
  static var isPossible: Bool { FileManager.default.isExecutableFile(atPath: program) }

  private let process = Process()

  /// Connected to its gateway when this returns.
  init(_ plant: RelayPlant, to gateway: GatewayInProcess, targets: [String]) throws {
    let file = try plant.write(gateway: gateway.port(of: "relays"), targets: targets)
    let before = gateway.gateway.core.relays.lines.count
    process.setUnblocked("/bin/bash", ["-c", "exec \(Self.program) relay --config \(file) 2>> \(file).log"])
    process.standardInput = FileHandle.nullDevice
    try process.run()
    guard RelayPlant.eventually({ gateway.gateway.core.relays.lines.count > before }) else {
      throw GatewayInProcess.Failure(description: "the relay did not connect: \(gateway.log.all)")
    }
  }

  deinit { if process.isRunning { kill() } }

  func kill() {
    Glibc.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Ends it as its operator would.
  func terminate() { process.terminate() }

  /// What it holds in memory, in bytes.
  var residentBytes: Int {
    let text = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/statm", encoding: .utf8)) ?? ""
    return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4_096
  }
}
