import Foundation
import TestKit
import Testing

/// Scripts in which `exhibit gateway` records to a small disk of its own.
enum LiveDisk {
  static let absence = "nobody may mount here, or scripts/setup.sh --tests was not run"

  static var isPossible: Bool {
    getuid() == 0 && FileManager.default.isExecutableFile(atPath: RunningGateway.python)
      && (try? ScratchPostgres.run(
        "/usr/bin/unshare", ["-m", "--propagation", "private", "/bin/mount", "-t", "tmpfs", "tmpfs", "/mnt"]))?.status
        == 0
  }

  static func run(_ script: String, _ durability: String) throws {
    let path = Checkout.root.appending(path: "Tests/Live/\(script)").path
    let output = try ScratchPostgres.run(
      "/usr/bin/timeout", ["600", "/bin/bash", path, durability], environment: ProcessInfo.processInfo.environment)
    #expect(output.status == 0 && output.text.contains("full: 1 passed, 0 failed"), "\(output.text)\(output.errors)")
  }
}
