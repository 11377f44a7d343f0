import Foundation
import TestKit
import Testing

/// The command itself, killed under load: Tests/Live/kills.sh and web_kills.sh, a few times.
@Suite(.serialized) struct KillTests {
  private static var isPossible: Bool {
    ScratchPostgres.isPresent && FileManager.default.isExecutableFile(atPath: RunningGateway.python)
  }

  @Test(
    .enabled(if: isPossible, "no PostgreSQL, or scripts/setup.sh --tests was not run"),
    arguments: ["kills.sh", "web_kills.sh"], ["strict", "batched"])
  func `what the server did is in the recording, however often the gateway is killed`(
    script: String, durability: String
  ) throws {
    let script = Checkout.root.appending(path: "Tests/Live/\(script)").path
    let output = try ScratchPostgres.run(
      "/usr/bin/timeout", ["600", "/bin/bash", script, "4", durability],
      environment: ProcessInfo.processInfo.environment)
    #expect(output.status == 0 && output.text.contains("kills: 1 passed, 0 failed"), "\(output.text)\(output.errors)")
  }
}
