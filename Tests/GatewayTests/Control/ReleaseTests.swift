import Bytes
import Evidence
import Foundation
import Model
import Synchronization
import TestKit
import Testing

@testable import Gateway

/// What is in the evidence log at the moment in which a request that was held reaches its server.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh-keygen"))) struct ReleaseTests {
  /// What the log proves, read from its files.
  private static func decisions(_ folder: URL) throws -> [JSONValue] {
    let text = try String(contentsOf: folder.appending(path: "log.key"), encoding: .utf8)
    let key = try NoteSigner(parsing: text.split(separator: "\n").first.map(String.init) ?? "")
    let reader = try LogReader(log: folder.path + "/recording/log", key: key.key)
    return try (0..<reader.size).compactMap { index in
      let leaf = try #require(JSONValue.document(in: try reader.record(at: index)))
      return leaf["kind"]?.string == "decision" ? leaf : nil
    }
  }

  @Test(arguments: ["strict", "batched"])
  func `the decision and who signed it are proven before the server is asked`(durability: String) throws {
    try TemporaryFolder.with { folder in
      let bob = try Signer("bob", in: folder)
      let place = Mutex<URL?>(nil)
      let seen = Mutex<[Result<[JSONValue], any Error>]>([])
      let target = try FakeTarget { _ in
        guard let folder = place.withLock({ $0 }) else { return }
        let found = Result { try Self.decisions(folder) }
        seen.withLock { $0.append(found) }
      }
      let gateway = try RunningGateway(
        server: "127.0.0.1:\(target.port)", policy: ControlTests.policy(), limits: "hold: 60s", approvals: true,
        durability: durability, files: ["allowed_signers": try bob.line], more: "socket: gateway.sock")
      place.withLock { $0 = gateway.folder }
      let control = ControlClient(path: gateway.folder.appending(path: "gateway.sock").path)
      let client = try RawClient(port: gateway.port, token: gateway.token)
      client.query("DROP TABLE t")
      var waiting: JSONValue?
      for _ in 0..<500 where waiting == nil {
        waiting = try control.ask("list")["held"]?.elements.first
        usleep(10_000)
      }
      let id = try #require(waiting?["id"]?.string)
      let shown = try control.ask("show", ["id": id])
      #expect(seen.withLock { $0.isEmpty })
      // That it waits is told as soon as it does, and proven a moment later.
      var held: [JSONValue] = []
      for _ in 0..<500 where held.isEmpty {
        held = try Self.decisions(gateway.folder)
        usleep(10_000)
      }
      #expect(held.compactMap { $0["outcome"]?.string } == ["held"])
      let text = try #require(shown["request"]?["text"]?.string)
      let signature = try bob.sign(text, as: "approval@test")
      _ = try control.ask("decide", ["id": id, "signature": signature])
      #expect(try client.answers() == ["C DONE", "Z I"])
      let moments = seen.withLock { $0 }
      #expect(moments.count == 1)
      let leaf = try #require(try moments.first?.get().last)
      #expect(leaf["outcome"]?.string == "approved" && leaf["rule"]?.string == "changes")
      #expect(leaf["people"]?.elements.compactMap(\.string) == ["bob@example.com"])
      let fingerprint = try ScratchPostgres.run("/usr/bin/ssh-keygen", ["-l", "-f", bob.key + ".pub"]).text
      #expect(fingerprint.contains(leaf["keys"]?.elements.first?.string ?? "no key"))
      #expect(leaf["approval"]?.string == SHA256.digest(of: text).hex)
      #expect(leaf["signatures"]?.string == SHA256.digest(of: signature).hex)
      #expect(text.contains("subject: \(leaf["subject"]?.string ?? "none")\n"))
      // The same as the gateway notes for itself.
      let ledger = try String(contentsOf: gateway.folder.appending(path: "state/approvals.jsonl"), encoding: .utf8)
      let first = try #require(leaf["seen"]?.elements.first?.string)
      #expect(ledger.contains("{\"seen\":\"\(SHA256.digest(of: signature).hex)\",\"time\":\"\(first)\"}"))
      client.send("X")
      try gateway.stop()
    }
  }
}
