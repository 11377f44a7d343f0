import Bytes
import Evidence
import Foundation
import Model
import TestKit
import Testing

@testable import Gateway

/// Decisions over the gateway's socket, with signatures of ssh-keygen's.
@Suite(.enabled(if: ScratchPostgres.isPresent)) struct ControlTests {
  static func policy(count: Int = 1) -> String {
    """
    version: 1
    rules:
      - { id: reads, when: { effect: [read, session] }, then: allow }
      - { id: changes, when: {}, then: require-approval, approval: { count: \(count) } }
    default: deny
    approvals: { signers: allowed_signers, namespace: test }
    """
  }

  private func with(
    signers: [Signer], count: Int = 1, listener: String = "",
    _ body: (ScratchPostgres, RunningGateway, ControlClient) throws -> Void
  ) throws {
    let server = try ScratchPostgres()
    let gateway = try RunningGateway(
      server, policy: Self.policy(count: count), limits: "hold: 60s", approvals: true, durability: "strict",
      files: ["allowed_signers": try signers.map { try $0.line }.joined()], listener: listener,
      more: "socket: gateway.sock")
    try body(server, gateway, ControlClient(path: gateway.folder.appending(path: "gateway.sock").path))
    try gateway.stop()
  }

  /// The one request that waits, as soon as there is one.
  private func held(_ client: ControlClient) throws -> JSONValue {
    for _ in 0..<1_000 {
      if let id = try client.ask("list")["held"]?.elements.first?["id"]?.string {
        return try client.ask("show", ["id": id])
      }
      usleep(10_000)
    }
    throw RawClient.Failure(description: "nothing is held")
  }

  private func id(_ held: JSONValue) throws -> String { try #require(held["id"]?.string) }
  private func request(_ held: JSONValue) throws -> String { try #require(held["request"]?["text"]?.string) }

  @Test func `a reviewer sees the exact bytes and who is behind them, and his signature lets it go on`() throws {
    try TemporaryFolder.with { folder in
      let bob = try Signer("bob", in: folder)
      try with(signers: [bob]) { server, gateway, control in
        #expect(try control.ask("list")["held"]?.elements.isEmpty == true)
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let client = try RawClient(
          port: gateway.port, token: gateway.token, parameters: ["database", "scratch", "application_name", trace])
        client.query("SET search_path = public")
        _ = try client.answers()
        let text = "CREATE TABLE made (id int) -- \u{1b}[2Jé"
        client.query(text)
        let shown = try held(control)
        let bytes = Data(base64Encoded: shown["message"]?["base64"]?.string ?? "") ?? Data()
        #expect(Array(bytes) == Frames.query(text))
        #expect(shown["text"]?.string == text && shown["human"]?.string == "alice@example.com")
        #expect(shown["agent"]?.string == "claude" && shown["run"]?.string == "run-7")
        #expect(shown["context"]?["traceparent"]?.string == trace)
        #expect(shown["rule"]?.string == "changes" && shown["target"]?.string == "shop")
        #expect(shown["before"]?.elements.compactMap(\.string) == ["SET search_path = public"])
        #expect(shown["statements"]?.elements.first?["verb"]?.string == "CREATE TABLE")
        #expect(shown["estimate"] == nil)
        let signature = try bob.sign(try request(shown), as: "approval@test")
        let answer = try control.ask("decide", ["id": try id(shown), "signature": signature])
        #expect(answer["stance"]?.string == "approve" && answer["by"]?.string == "bob@example.com")
        #expect(answer["waits"]?.bool == false && answer["outcome"]?.string == "approved")
        #expect(try client.answers() == ["C CREATE TABLE", "Z I"])
        #expect(try server.query("SELECT count(*) FROM pg_class WHERE relname = 'made'") == ["1"])
        // The file is one that ssh-keygen verifies.
        let place = try #require(answer["file"]?.string)
        let file = try #require(shown["request"]?["file"]?.string)
        let verified = try ScratchPostgres.run(
          "/bin/sh",
          [
            "-c",
            "ssh-keygen -Y verify -f \(gateway.folder.path)/allowed_signers -I bob@example.com -n approval@test -s '\(place)' <'\(file)'",
          ])
        #expect(verified.status == 0, "\(verified)")
        #expect(throws: ControlClient.Refusal.self) { try control.ask("show", ["id": try id(shown)]) }
      }
    }
  }

  @Test func `people are counted, not keys, and whoever asked does not count`() throws {
    try TemporaryFolder.with { folder in
      let (bob, twice) = (try Signer("bob", in: folder), try Signer("bob", in: folder, key: "bob-2"))
      let (carol, alice) = (try Signer("carol", in: folder), try Signer("alice", in: folder))
      try with(signers: [bob, twice, carol, alice], count: 2) { _, gateway, control in
        let client = try RawClient(port: gateway.port, token: gateway.token)
        client.query("CREATE TABLE two (id int)")
        let shown = try held(control)
        let (id, text) = (try id(shown), try request(shown))
        for signer in [bob, twice, alice] {
          let answer = try control.ask(
            "decide", ["id": id, "signature": try signer.sign(text, as: "approval@test")])
          #expect(answer["waits"]?.bool == true, "\(signer.key)")
          #expect(answer["reason"]?.string?.contains("1 of 2 people") == true, "\(signer.key)")
        }
        let last = try control.ask("decide", ["id": id, "signature": try carol.sign(text, as: "approval@test")])
        #expect(last["waits"]?.bool == false && last["outcome"]?.string == "approved")
        #expect(try client.answers() == ["C CREATE TABLE", "Z I"])
      }
    }
  }

  @Test func `a denial needs a reason, which the client is told and the recording keeps`() throws {
    try TemporaryFolder.with { folder in
      let bob = try Signer("bob", in: folder)
      try with(signers: [bob]) { _, gateway, control in
        let client = try RawClient(port: gateway.port, token: gateway.token)
        client.query("CREATE TABLE never (id int)")
        let shown = try held(control)
        let signature = try bob.sign(try request(shown), as: "rejection@test")
        #expect(throws: ControlClient.Refusal.self) {
          try control.ask("decide", ["id": try id(shown), "signature": signature])
        }
        let answer = try control.ask(
          "decide", ["id": try id(shown), "signature": signature, "reason": "not on\na Friday\u{202e}"])
        #expect(answer["stance"]?.string == "reject" && answer["outcome"]?.string == "denied")
        var message = try client.receive()
        while message.type != "E" { message = try client.receive() }
        #expect(RawClient.field("M", message.body)?.contains("bob@example.com rejected it: not on a Friday") == true)
        client.send("X")
        _ = try? client.answers()
        try gateway.stop()
        let events = try Recording.events(gateway.segments).map(\.event)
        let approvals = events.compactMap { event -> GatewayApproval? in
          if case .approval(let approval) = event { approval } else { nil }
        }
        #expect(approvals.map(\.stance) == [.reject] && approvals.first?.reason == "not on a Friday")
      }
    }
  }

  @Test func `what is signed by nobody, over something else or for something else is refused and not kept`() throws {
    try TemporaryFolder.with { folder in
      let (bob, mallory) = (try Signer("bob", in: folder), try Signer("mallory", in: folder))
      try with(signers: [bob]) { _, gateway, control in
        let client = try RawClient(port: gateway.port, token: gateway.token)
        client.query("CREATE TABLE t (id int)")
        let shown = try held(control)
        let (id, text) = (try id(shown), try request(shown))
        let bad = [
          try mallory.sign(text, as: "approval@test"), try bob.sign(text + "\n", as: "approval@test"),
          try bob.sign(text, as: "approval@other"), try bob.sign(text, as: "file"), "", "no signature",
          String(repeating: "A", count: 100_000),
        ]
        for signature in bad {
          do {
            _ = try control.ask("decide", ["id": id, "signature": signature])
            Issue.record("taken: \(signature.prefix(40))")
          } catch let error as ControlClient.Refusal {
            #expect(error.code == "refused", "\(error)")
          }
        }
        let names = try FileManager.default.subpathsOfDirectory(
          atPath: gateway.folder.appending(path: "approvals").path)
        #expect(!names.contains { $0.hasSuffix(".sig") } && names.contains { $0.hasSuffix(".approval") })
        #expect(try control.ask("list")["held"]?.elements.count == 1)
        client.send("X")
      }
    }
  }

  @Test func `who is no signer any more, or is one now, is seen without a word to the gateway`() throws {
    try TemporaryFolder.with { folder in
      let (bob, carol) = (try Signer("bob", in: folder), try Signer("carol", in: folder))
      try with(signers: [bob]) { _, gateway, control in
        let client = try RawClient(port: gateway.port, token: gateway.token)
        client.query("CREATE TABLE t (id int)")
        let shown = try held(control)
        let (id, text) = (try id(shown), try request(shown))
        try carol.line.write(toFile: gateway.path("allowed_signers"), atomically: true, encoding: .utf8)
        gateway.gateway.core.lookAtApprovals()
        #expect(throws: ControlClient.Refusal.self) {
          try control.ask("decide", ["id": id, "signature": try bob.sign(text, as: "approval@test")])
        }
        let answer = try control.ask("decide", ["id": id, "signature": try carol.sign(text, as: "approval@test")])
        #expect(answer["by"]?.string == "carol@example.com" && answer["outcome"]?.string == "approved")
        #expect(try client.answers() == ["C CREATE TABLE", "Z I"])
        client.send("X")
      }
    }
  }

  @Test func `the socket is its owner's alone, one gateway's alone, and gone with it`() throws {
    try TemporaryFolder.with { folder in
      let bob = try Signer("bob", in: folder)
      var path = ""
      try with(signers: [bob]) { server, gateway, _ in
        path = gateway.folder.appending(path: "gateway.sock").path
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        let second = ControlServer(
          GatewayCore(
            try GatewayConfiguration(file: gateway.folder.appending(path: "gateway.yaml").path),
            recording: NoRecording(), approvals: nil,
            log: GatewayLog(clock: RunningGateway.now) { _ in },
            hasher: SecretHasher(key: [UInt8](repeating: 1, count: 32)), now: RunningGateway.now), path: path)
        #expect(throws: GatewayError.self) { try second.bound() }
        // It takes nothing away that is not its own.
        second.remove()
        #expect(FileManager.default.fileExists(atPath: path))
      }
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  private struct NoRecording: SessionRecording {
    func open(_ opening: SessionOpening) throws -> any FlowRecording { throw GatewayError("none") }
  }

  @Test func `the planner's estimate is shown where the configuration allows it, and nothing runs for it`() throws {
    try TemporaryFolder.with { folder in
      let bob = try Signer("bob", in: folder)
      try with(signers: [bob], listener: "estimate: true") { server, gateway, control in
        _ = try server.query(
          """
          CREATE TABLE t AS SELECT n AS id, n % 10 AS part FROM generate_series(1, 1000) n;
          CREATE SEQUENCE called;
          ANALYZE t
          """)
        func estimate(_ send: (RawClient) -> Void) throws -> JSONValue? {
          var client: RawClient? = try RawClient(port: gateway.port, token: gateway.token)
          client.map(send)
          let shown = try held(control)
          client = nil
          for _ in 0..<500 where try control.ask("list")["held"]?.elements.isEmpty == false { usleep(10_000) }
          return shown["estimate"]
        }
        func estimate(of text: String) throws -> JSONValue? { try estimate { $0.query(text) } }
        func rows(_ value: JSONValue?) -> Double? { value?["rows"]?.scalar.flatMap { Double($0) } }
        #expect(rows(try estimate(of: "UPDATE t SET part = 0")) == 1_000)
        let some = try #require(rows(try estimate(of: "DELETE FROM t WHERE part = 3;")))
        #expect((90...110).contains(some))
        let bound = try estimate { client in
          client.send("P") { body in
            body.writeCString("")
            body.writeCString("DELETE FROM t WHERE part = $1")
            body.write(UInt16(0))
          }
          client.send("B") { body in
            for _ in 0..<2 { body.write(UInt8(0)) }
            body.write(UInt16(0))
            body.write(UInt16(1))
            body.write(UInt32(1))
            body.write("3")
            body.write(UInt16(0))
          }
          client.execute()
          client.sync()
        }
        #expect((90...110).contains(rows(bound) ?? 0), "\(String(describing: bound))")
        #expect(rows(try estimate(of: "INSERT INTO t SELECT nextval('called'), 1")) == 1)
        #expect(try server.query("SELECT is_called FROM called") == ["f"])
        // Nothing that is no single statement of those that can be explained.
        #expect(try estimate(of: "DELETE FROM t; DELETE FROM t") == nil)
        #expect(try estimate(of: "CREATE TABLE u (id int)") == nil)
        #expect(try estimate(of: "EXPLAIN ANALYZE DELETE FROM t") == nil)
        let wrong = try estimate(of: "DELETE FROM nowhere WHERE id = 1")
        #expect(wrong?["error"]?.string?.contains("does not exist") == true, "\(String(describing: wrong))")
        #expect(try server.query("SELECT count(*) FROM t") == ["1000"])
        let log = try server.receivedStatements().map(\.text)
        #expect(!log.contains { $0.hasPrefix("DELETE FROM t") })
      }
    }
  }
}
