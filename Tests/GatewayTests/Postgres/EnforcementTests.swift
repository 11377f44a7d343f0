import Bytes
import Foundation
import TestKit
import Testing

@testable import Gateway

/// What the policy refuses or wants approved, before a real server.
@Suite(.enabled(if: ScratchPostgres.isPresent)) struct EnforcementTests {
  private static let policy = """
    version: 1
    rules:
      - { id: reads, when: { effect: [read, session] }, then: allow }
      - { id: unfiltered, when: { unfiltered: true }, then: deny }
      - { id: orders, when: { effect: write, resource: [orders, public.orders] }, then: allow }
      - { id: unknown, when: { effect: unknown }, then: deny }
    default: require-approval
    approvals: { signers: allowed_signers }
    """

  private func with(
    limits: String = "hold: 1s", approvals: Bool = false, durability: String = "batched",
    _ body: (ScratchPostgres, RunningGateway) throws -> Void
  ) throws {
    let server = try ScratchPostgres()
    _ = try server.query("CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders SELECT generate_series(1, 9)")
    let gateway = try RunningGateway(
      server, policy: Self.policy, limits: limits, approvals: approvals, durability: durability,
      files: ["allowed_signers": ""])
    try body(server, gateway)
    try gateway.stop()
  }

  @Test(arguments: ["batched", "strict"])
  func `a refused statement gets its rule, and the session goes on`(durability: String) throws {
    try with(durability: durability) { server, gateway in
      let output = try gateway.run(
        "DELETE FROM orders", "SELECT count(*) FROM orders", "DELETE FROM orders WHERE id = 1")
      #expect(
        output.errors.contains(
          "ERROR:  permission denied by policy: a write of every row is forbidden by rule unfiltered"))
      #expect(output.errors.contains("DETAIL:  rule: unfiltered"))
      #expect(output.text == "9\nDELETE 1\n")
      let received = try server.receivedStatements().map(\.text)
      #expect(!received.contains("DELETE FROM orders"))
      #expect(gateway.log.all.contains("\"rule\":\"unfiltered\""))
    }
  }

  @Test func `client and server agree that the transaction failed`() throws {
    try with { server, gateway in
      let client = try RawClient(port: gateway.port, token: gateway.token)
      client.query("BEGIN; INSERT INTO orders VALUES (100)")
      #expect(try client.answers().last == "Z T")
      client.query("DELETE FROM orders")
      #expect(try client.answers() == ["E 42501", "Z E"])
      client.query("SELECT 1")
      #expect(try client.answers() == ["E 25P02", "Z E"])
      client.query("DELETE FROM orders")
      #expect(try client.answers() == ["E 42501", "Z E"])
      client.query("COMMIT")
      #expect(try client.answers() == ["C ROLLBACK", "Z I"])
      #expect(try server.query("SELECT count(*) FROM orders") == ["9"])
    }
  }

  @Test func `a pipeline keeps its order and is skipped up to its Sync`() throws {
    try with { server, gateway in
      let client = try RawClient(port: gateway.port, token: gateway.token)
      client.extended("INSERT INTO orders VALUES (50)")
      client.extended("DELETE FROM orders")
      client.extended("INSERT INTO orders VALUES (51)")
      client.sync()
      client.extended("SELECT count(*)::text FROM orders")
      client.sync()
      client.query("DELETE FROM orders; SELECT 7")
      client.query("SELECT 8")
      #expect(
        try client.answers(cycles: 4) == [
          "1", "2", "C INSERT 0 1", "1", "E 42501", "Z I", "1", "2", "D 9", "C SELECT 1", "Z I", "E 42501",
          "Z I", "T", "D 8", "C SELECT 1", "Z I",
        ])
      #expect(try server.query("SELECT count(*) FROM orders") == ["9"])
    }
  }

  @Test func `names do not hide what runs`() throws {
    try with { server, gateway in
      let client = try RawClient(port: gateway.port, token: gateway.token)
      // A name that is taken stays what it was.
      client.send("P") { body in
        body.writeCString("s")
        body.writeCString("DELETE FROM orders")
        body.write(UInt16(0))
      }
      client.sync()
      client.send("P") { body in
        body.writeCString("s")
        body.writeCString("SELECT 1")
        body.write(UInt16(0))
      }
      client.sync()
      client.bind("s")
      client.execute()
      client.sync()
      #expect(try client.answers(cycles: 3) == ["1", "Z I", "E 42P05", "Z I", "E 42501", "Z I"])
      // Nor does SQL's own PREPARE of it.
      client.query("PREPARE s AS SELECT 1")
      #expect(try client.answers() == ["E 42P05", "Z I"])
      client.query("EXECUTE s")
      #expect(try client.answers() == ["E 42501", "Z I"])
      // What SQL prepared is unknown to the protocol.
      client.query("PREPARE other AS DELETE FROM orders")
      #expect(try client.answers() == ["C PREPARE", "Z I"])
      client.bind("other")
      client.execute()
      client.sync()
      #expect(try client.answers() == ["E 42501", "Z I"])
      client.query("EXECUTE other")
      #expect(try client.answers() == ["E 42501", "Z I"])
      // A name that SQL took away and gave anew.
      client.extended("SELECT 1", name: "t")
      client.sync()
      _ = try client.answers()
      client.query("DEALLOCATE t")
      _ = try client.answers()
      client.query("PREPARE t AS DELETE FROM orders")
      _ = try client.answers()
      client.bind("t")
      client.execute()
      client.sync()
      #expect(try client.answers() == ["E 42501", "Z I"])
      #expect(try server.query("SELECT count(*) FROM orders") == ["9"])
    }
  }

  @Test func `what the server reads otherwise is no read`() throws {
    try with { server, gateway in
      let client = try RawClient(port: gateway.port, token: gateway.token)
      let hidden = "SELECT 'a\\' , '; DELETE FROM orders; --'"
      client.query("SET standard_conforming_strings = off")
      #expect(try client.answers() == ["C SET", "Z I"])
      client.query(hidden)
      #expect(try client.answers() == ["E 42501", "Z I"])
      client.query("SET standard_conforming_strings = on")
      // Both at once: when the second is sent on, nobody has said yet how it is read.
      _ = try client.answers()
      client.query("SET standard_conforming_strings = off")
      client.query(hidden)
      #expect(try client.answers(cycles: 2) == ["C SET", "Z I", "E 42501", "Z I"])
      #expect(try server.query("SELECT count(*) FROM orders") == ["9"])
    }
  }

  @Test func `what cannot be parsed, and a function called by its number, are no reads`() throws {
    try with { _, gateway in
      let client = try RawClient(port: gateway.port, token: gateway.token)
      client.query("SELEKT 1")
      #expect(try client.answers() == ["E 42501", "Z I"])
      client.send("F") { body in
        body.write(UInt32(870))
        for _ in 0..<2 { body.write(UInt16(0)) }
        body.write(UInt16(0))
      }
      #expect(try client.answers() == ["E 42501", "Z I"])
      client.execute("nobody's")
      client.sync()
      #expect(try client.answers() == ["E 42501", "Z I"])
      client.query("SELECT 1")
      #expect(try client.answers() == ["T", "D 1", "C SELECT 1", "Z I"])
    }
  }

  @Test func `COPY in both protocols goes through`() throws {
    try with { server, gateway in
      let client = try RawClient(port: gateway.port, token: gateway.token)
      client.query("COPY orders FROM STDIN")
      client.send("d", Array("60\n61\n".utf8))
      client.send("c")
      client.query("SELECT 1")
      #expect(try client.answers(cycles: 2).contains("C COPY 2"))
      client.extended("COPY orders FROM STDIN")
      client.sync()
      client.send("d", Array("62\nno number\n".utf8))
      client.send("c")
      client.sync()
      #expect(try client.answers().contains("E 22P02"))
      #expect(try server.query("SELECT count(*) FROM orders WHERE id >= 60") == ["2"])
    }
  }

  @Test func `replication is refused unless the policy passes it`() throws {
    try with { server, gateway in
      #expect(throws: RawClient.Failure.self) {
        _ = try RawClient(
          port: gateway.port, token: gateway.token, parameters: ["database", "scratch", "replication", "database"])
      }
      try gateway.reload(policy: RunningGateway.open)
      let client = try RawClient(
        port: gateway.port, token: gateway.token, parameters: ["database", "scratch", "replication", "database"])
      client.query("IDENTIFY_SYSTEM")
      #expect(try client.answers().last == "Z I")
      _ = server
    }
  }

  @Test func `another policy holds for sessions that are under way`() throws {
    try with { _, gateway in
      let client = try RawClient(port: gateway.port, token: gateway.token)
      client.query("DELETE FROM orders")
      #expect(try client.answers() == ["E 42501", "Z I"])
      try gateway.reload(policy: RunningGateway.open)
      client.query("DELETE FROM orders")
      #expect(try client.answers() == ["C DELETE 9", "Z I"])
    }
  }
}
