import Bytes
import Foundation
import Model
import Policy
import TestKit
import Testing

@testable import Gateway

/// Requests that wait for people, signed by ssh-keygen.
@Suite(.enabled(if: ScratchPostgres.isPresent)) struct HoldTests {
  private static let policy = """
    version: 1
    rules:
      - { id: reads, when: { effect: [read, session] }, then: allow }
    default: require-approval
    approvals: { signers: allowed_signers, namespace: test }
    """

  /// A person with a key, who signs.
  private struct Reviewer {
    let folder: URL
    var key: String { folder.appending(path: "reviewer").path }

    init(_ folder: URL) throws {
      self.folder = folder
      let made = try ScratchPostgres.run(
        "/usr/bin/ssh-keygen",
        ["-q", "-t", "ed25519", "-N", "", "-C", "bob", "-f", folder.appending(path: "reviewer").path])
      try ScratchPostgres.check(made)
    }

    var allowedSigners: String {
      get throws { "bob@example.com " + (try String(contentsOfFile: key + ".pub", encoding: .utf8)) }
    }

    /// Writes a request for one statement and its signature into the gateway's folder.
    func sign(_ statement: String, for gateway: RunningGateway, as role: String = "approval", uses: Int = 1) throws {
      let request = ApprovalRequest(
        title: "a change", requestedBy: "carol@example.com",
        place: ApprovalRequest.Place(server: gateway.server, database: "scratch"), uses: uses,
        useBy: try #require(Timestamp(utc: "2099-01-01T00:00:00Z")),
        changes: [ApprovalChange(kind: "sql", text: statement)])
      let text = request.text
      let file = gateway.folder.appending(path: "reviewed.approval")
      try text.write(to: file, atomically: true, encoding: .utf8)
      try ScratchPostgres.check(
        try ScratchPostgres.run(
          "/usr/bin/ssh-keygen", ["-q", "-Y", "sign", "-f", key, "-n", "\(role)@test", file.path]))
      let place = gateway.folder.appending(path: "approvals")
      for suffix in ["", ".sig"] {
        let target = place.appending(path: "0001.approval" + suffix)
        try? FileManager.default.removeItem(at: target)
        try FileManager.default.moveItem(at: URL(filePath: file.path + suffix), to: target)
      }
    }
  }

  private func with(
    limits: String = "hold: 60s", _ body: (ScratchPostgres, RunningGateway, Reviewer) throws -> Void
  ) throws {
    try TemporaryFolder.with { folder in
      let reviewer = try Reviewer(folder)
      let server = try ScratchPostgres()
      let gateway = try RunningGateway(
        server, policy: Self.policy, limits: limits, approvals: true, durability: "strict",
        files: ["allowed_signers": try reviewer.allowedSigners])
      try body(server, gateway, reviewer)
      try gateway.stop()
    }
  }

  @Test func `a request waits, is approved, runs once, and what follows keeps its order`() throws {
    try with { server, gateway, reviewer in
      let client = try RawClient(port: gateway.port, token: gateway.token)
      client.query("SELECT 1")
      client.query("CREATE TABLE made (id int)")
      client.query("SELECT count(*)::text FROM made")
      #expect(try client.answers() == ["T", "D 1", "C SELECT 1", "Z I"])
      // While it waits the client is told, and the server has not seen it.
      var notice = try client.receive()
      while notice.type != "N" { notice = try client.receive() }
      #expect(RawClient.field("D", notice.body) == "rule: default")
      #expect(try server.query("SELECT count(*) FROM pg_class WHERE relname = 'made'") == ["0"])
      try reviewer.sign("CREATE TABLE made (id int)", for: gateway)
      #expect(
        try client.answers(cycles: 2) == ["C CREATE TABLE", "Z I", "T", "D 0", "C SELECT 1", "Z I"])
      client.query("DROP TABLE made")
      client.send("X")
      #expect(throws: RawClient.Failure.self) { _ = try client.answers() }
    }
  }

  @Test func `an approval that is there already lets pass at once, as often as it says, also after a restart`() throws {
    try TemporaryFolder.with { folder in
      let reviewer = try Reviewer(folder)
      let server = try ScratchPostgres()
      let gateway = try RunningGateway(
        server, policy: Self.policy, limits: "hold: 2s", approvals: true,
        files: ["allowed_signers": try reviewer.allowedSigners])
      try reviewer.sign("CREATE TABLE once (id int)", for: gateway)
      let first = try gateway.run("CREATE TABLE once (id int);")
      #expect(first.text == "CREATE TABLE\n" && first.errors.isEmpty, "\(first)")
      _ = try server.query("DROP TABLE once")
      let second = try gateway.run("CREATE TABLE once (id int)")
      #expect(second.errors.contains("nobody approved it within 2 seconds"), "\(second)")
      let ledger = gateway.folder.appending(path: "state/approvals.jsonl")
      let lines = try String(contentsOf: ledger, encoding: .utf8)
      #expect(lines.contains("\"count\":1"))
      // What the next gateway reads.
      let read = try ApprovalLedger(folder: gateway.folder.appending(path: "state").path)
      #expect(read.spent.values.map(\.uses) == [1])
      try gateway.stop()
    }
  }

  @Test func `what was approved and failed may be tried again`() throws {
    try with(limits: "hold: 2s") { server, gateway, reviewer in
      try reviewer.sign("CREATE TABLE twice (id int)", for: gateway)
      _ = try server.query("CREATE TABLE twice (id text)")
      let first = try gateway.run("CREATE TABLE twice (id int)")
      #expect(first.errors.contains("already exists"), "\(first)")
      _ = try server.query("DROP TABLE twice")
      let second = try gateway.run("CREATE TABLE twice (id int)")
      #expect(second.text == "CREATE TABLE\n", "\(second)")
    }
  }

  @Test func `what waits lies ready to be signed, with its parameters, and is gone when nobody waits`() throws {
    try with { server, gateway, reviewer in
      _ = try server.query("CREATE TABLE t (id int)")
      let client = try RawClient(port: gateway.port, token: gateway.token)
      client.query("SET search_path = public")
      #expect(try client.answers() == ["C SET", "Z I"])
      client.send("P") { body in
        body.writeCString("")
        body.writeCString("INSERT INTO t VALUES ($1)")
        body.write(UInt16(1))
        body.write(UInt32(23))
      }
      client.send("B") { body in
        for _ in 0..<2 { body.write(UInt8(0)) }
        body.write(UInt16(0))
        body.write(UInt16(1))
        body.write(UInt32(2))
        body.write("42")
        body.write(UInt16(0))
      }
      client.execute()
      client.sync()
      let held = gateway.folder.appending(path: "approvals/held")
      var name: String?
      for _ in 0..<500 where name == nil {
        name = try? FileManager.default.contentsOfDirectory(atPath: held.path).first { $0.hasSuffix(".approval") }
        usleep(10_000)
      }
      let file = held.appending(path: try #require(name)).path
      let text = try String(contentsOfFile: file, encoding: .utf8)
      #expect(text.contains("parameters: [\"42\"]") && text.contains("| SET search_path = public"), "\(text)")
      #expect(text.contains("requested-by: alice@example.com"))
      try ScratchPostgres.check(
        try ScratchPostgres.run(
          "/usr/bin/ssh-keygen", ["-q", "-Y", "sign", "-f", reviewer.key, "-n", "approval@test", file]))
      #expect(try client.answers() == ["1", "2", "C INSERT 0 1", "Z I"])
      #expect(try server.query("SELECT id FROM t") == ["42"])
      // The next one waits for nobody.
      client.query("DROP TABLE t")
      client.send("X")
      #expect(throws: RawClient.Failure.self) { _ = try client.answers() }
    }
  }

  @Test func `what waits behind a request that fails is passed over, as the server passes over it`() throws {
    try with { server, gateway, reviewer in
      let client = try RawClient(port: gateway.port, token: gateway.token)
      client.extended("SELECT 1 / count(*) FROM pg_class WHERE relname = 'never'")
      client.extended("CREATE TABLE never (id int)")
      client.sync()
      #expect(try client.answers().suffix(2).first?.hasPrefix("E 22") == true)
      client.query("SELECT 'next'")
      #expect(try client.answers() == ["T", "D next", "C SELECT 1", "Z I"])
      // What people refuse, too, takes the rest of its cycle with it: nobody is asked for the Execute behind it.
      client.extended("CREATE TABLE never (id  int)")
      client.extended("CREATE TABLE never (id   int)")
      client.sync()
      var notice = try client.receive()
      while notice.type != "N" { notice = try client.receive() }
      try reviewer.sign("CREATE TABLE never (id  int)", for: gateway, as: "rejection")
      #expect(try client.answers() == ["1", "E 42501", "Z I"])
      #expect(!gateway.log.all.contains("could not be laid out"))
      #expect(gateway.metrics.contains("exhibit_gateway_holds 0"))
      #expect(try server.query("SELECT count(*) FROM pg_class WHERE relname = 'never'") == ["0"])
    }
  }

  @Test func `one byte more is not approved, and a rejection ends the wait`() throws {
    try with { _, gateway, reviewer in
      let client = try RawClient(port: gateway.port, token: gateway.token)
      client.query("CREATE TABLE other (id  int)")
      try reviewer.sign("CREATE TABLE other (id int)", for: gateway)
      var notice = try client.receive()
      while notice.type != "N" { notice = try client.receive() }
      try reviewer.sign("CREATE TABLE other (id  int)", for: gateway, as: "rejection")
      #expect(try client.answers() == ["E 42501", "Z I"])
    }
  }

  @Test func `nobody answers, a cancel and a client that goes away end the wait`() throws {
    try with(limits: "hold: 3s") { server, gateway, _ in
      let client = try RawClient(port: gateway.port, token: gateway.token)
      client.query("CREATE TABLE late (id int)")
      #expect(try client.answers() == ["E 42501", "Z I"])
      let held = gateway.folder.appending(path: "approvals/held").path
      #expect(try FileManager.default.contentsOfDirectory(atPath: held).isEmpty)
      client.query("BEGIN")
      _ = try client.answers()
      client.query("CREATE TABLE late (id int)")
      #expect(try client.answers() == ["E 42501", "Z E"])
      let psql = (ScratchPostgres.binaries ?? URL(filePath: "/usr/bin")).appending(path: "psql").path
      let cancelled = try ScratchPostgres.run(
        "/usr/bin/timeout", ["-s", "INT", "1", psql, "-X", "-c", "CREATE TABLE late (id int)"],
        environment: gateway.environment)
      #expect(cancelled.errors.contains("canceling statement due to user request"), "\(cancelled)")
      do {
        let gone = try RawClient(port: gateway.port, token: gateway.token)
        gone.query("CREATE TABLE late (id int, gone text)")
        while try gone.receive().type != "N" {}
      }
      let deadline = Date().addingTimeInterval(10)
      while gateway.gateway.core.sessionCount > 1, Date() < deadline { Thread.sleep(forTimeInterval: 0.02) }
      #expect(gateway.gateway.core.held.all.isEmpty)
      try gateway.stop()
      let recorded = try gateway.segments.map { try Data(contentsOf: URL(filePath: $0)) }.reduce(Data(), +)
      #expect(recorded.ranges(of: Data(#""outcome":"withdrawn""#.utf8)).count == 2)
      #expect(try server.query("SELECT count(*) FROM pg_class WHERE relname = 'late'") == ["0"])
    }
  }
}
