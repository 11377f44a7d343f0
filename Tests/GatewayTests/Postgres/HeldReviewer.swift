import Foundation
import TestKit

@testable import Gateway

/// A person with a key, who signs what waits at a gateway.
struct HeldReviewer {
  static let policy = """
    version: 1
    rules:
      - { id: reads, when: { effect: [read, session] }, then: allow }
    default: require-approval
    approvals: { signers: allowed_signers, namespace: test }
    """

  let key: String

  init(_ folder: URL) throws {
    key = folder.appending(path: "reviewer").path
    try ScratchPostgres.check(
      try ScratchPostgres.run("/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "bob", "-f", key]))
  }

  var allowedSigners: String {
    get throws { "bob@example.com " + (try String(contentsOfFile: key + ".pub", encoding: .utf8)) }
  }

  /// Waits for a request that is not signed yet, and signs it: `approval` or `rejection`. Gives its text.
  func sign(at gateway: RunningGateway, as role: String = "approval") throws -> String {
    let held = gateway.folder.appending(path: "approvals/held")
    for _ in 0..<2_000 {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: held.path)) ?? []
      if let name = names.first(where: { $0.hasSuffix(".approval") && !names.contains($0 + ".sig") }) {
        let file = held.appending(path: name).path
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try ScratchPostgres.check(
          try ScratchPostgres.run(
            "/usr/bin/ssh-keygen", ["-q", "-Y", "sign", "-f", key, "-n", "\(role)@test", file]))
        return text
      }
      usleep(10_000)
    }
    throw RunningGateway.Failure(description: "nothing waits")
  }
}
