import Foundation
import TestKit
import Testing

@testable import Gateway

/// A COPY waits as every statement does: its client sends nothing before the server asks for it, or what it sent waits too.
@Suite(.enabled(if: ScratchPostgres.isPresent)) struct CopyHoldTests {
  private func with(
    limits: String = "hold: 60s", policy: String = HeldReviewer.policy,
    _ body: (ScratchPostgres, RunningGateway, HeldReviewer) throws -> Void
  ) throws {
    try TemporaryFolder.with { folder in
      let reviewer = try HeldReviewer(folder)
      let server = try ScratchPostgres()
      _ = try server.query("CREATE TABLE t (id int)")
      let gateway = try RunningGateway(
        server, policy: policy, limits: limits, approvals: true,
        files: ["allowed_signers": try reviewer.allowedSigners])
      try body(server, gateway, reviewer)
      try gateway.stop()
    }
  }

  private struct Said {
    var status: Int32
    var text: String
    var errors: String
  }

  /// Runs a client beside; gives what it said when it has ended.
  private func beside(
    _ program: String, _ arguments: [String], _ environment: [String: String]
  ) -> () throws -> Said {
    let finished = DispatchSemaphore(value: 0)
    let place = "/tmp/exhibit-said-\(UUID().uuidString)"
    Thread.detachNewThread {
      let output = try? ScratchPostgres.run(
        "/usr/bin/timeout", ["100", program] + arguments, environment: environment)
      try? "\(output?.status ?? -1)\n\(output?.text ?? "")\u{1}\(output?.errors ?? "")".write(
        toFile: place, atomically: true, encoding: .utf8)
      finished.signal()
    }
    return {
      guard finished.wait(timeout: .now() + 110) == .success else { throw RunningGateway.Failure(description: "hangs") }
      let all = try String(contentsOfFile: place, encoding: .utf8)
      try? FileManager.default.removeItem(atPath: place)
      let line = all.firstIndex(of: "\n") ?? all.endIndex
      let parts = all[line...].dropFirst().split(separator: "\u{1}", omittingEmptySubsequences: false)
      return Said(
        status: Int32(all[..<line]) ?? -1, text: String(parts.first ?? ""),
        errors: String(parts.dropFirst().first ?? ""))
    }
  }

  @Test func `psql copies in and out when it is approved, and is told when it is not`() throws {
    // Reads wait too.
    let policy = HeldReviewer.policy.replacing("effect: [read, session]", with: "effect: session")
    try with(policy: policy) { server, gateway, reviewer in
      let psql = (ScratchPostgres.binaries ?? URL(filePath: "/usr/bin")).appending(path: "psql").path
      let file = gateway.folder.appending(path: "rows").path
      try (1...1_000).map { "\($0)\n" }.joined().write(toFile: file, atomically: true, encoding: .utf8)
      let into = beside(psql, ["-X", "-c", "\\copy t from '\(file)'"], gateway.environment)
      let request = try reviewer.sign(at: gateway)
      #expect(request.contains(": copy\n| COPY  t FROM STDIN") && request.contains("body-sha256: any"), "\(request)")
      let copied = try into()
      #expect(copied.text == "COPY 1000\n", "\(copied)")
      #expect(try server.query("SELECT sum(id) FROM t") == ["500500"])

      let out = beside(psql, ["-X", "-c", "COPY t TO STDOUT"], gateway.environment)
      let asked = try reviewer.sign(at: gateway)
      #expect(asked.contains("| COPY t TO STDOUT") && !asked.contains("body-sha256"), "\(asked)")
      #expect(try out().text.split(separator: "\n").count == 1_000)

      let refused = beside(psql, ["-X", "-c", "\\copy t (id) from '\(file)'"], gateway.environment)
      _ = try reviewer.sign(at: gateway, as: "rejection")
      let told = try refused()
      #expect(told.status != 0 && told.errors.contains("permission denied by policy"), "\(told)")
      #expect(try server.query("SELECT count(*) FROM t") == ["1000"])
    }
  }

  private static let script = """
    import psycopg, sys
    from psycopg import pq
    with psycopg.connect(sys.argv[1], autocommit=True) as connection:
        with connection.cursor() as cursor, cursor.copy("COPY t FROM STDIN") as copy:
            for number in range(500):
                copy.write_row((number,))
        # The extended protocol.
        raw = connection.pgconn
        result = raw.exec_params(b"COPY t (id) FROM STDIN", None)
        assert result.status == pq.ExecStatus.COPY_IN, result.error_message
        for number in range(500):
            raw.put_copy_data(b"%d\\n" % number)
        raw.put_copy_end()
        while result := raw.get_result():
            assert result.status == pq.ExecStatus.COMMAND_OK, result.error_message
            print(result.command_tuples)
        try:
            with connection.cursor() as cursor, cursor.copy("COPY t  FROM STDIN") as copy:
                copy.write_row((1,))
        except psycopg.errors.InsufficientPrivilege as error:
            print("refused", error.diag.sqlstate)
        result = raw.exec_params(b"COPY t(id) FROM STDIN", None)
        assert result.status == pq.ExecStatus.FATAL_ERROR, result.status
        print(connection.execute("SELECT 'goes on'").fetchone()[0])
    """

  private static var hasPython: Bool { FileManager.default.isExecutableFile(atPath: RunningGateway.python) }

  @Test(.enabled(if: hasPython, "scripts/setup.sh --tests was not run"))
  func `psycopg copies in both protocols, and goes on after a refusal`() throws {
    try with { server, gateway, reviewer in
      let client = beside(
        RunningGateway.python,
        [
          "-c", Self.script,
          "host=127.0.0.1 port=\(gateway.port) user=agent dbname=scratch password=\(gateway.token.secret)",
        ], ["PATH": "/usr/bin:/bin", "HOME": "/tmp"])
      for role in ["approval", "approval", "rejection", "rejection"] { _ = try reviewer.sign(at: gateway, as: role) }
      let output = try client()
      #expect(output.text == "500\nrefused 42501\ngoes on\n", "\(output)")
      #expect(try server.query("SELECT count(*) FROM t") == ["1000"])
    }
  }

  @Test func `data that a client sent ahead waits with its COPY, and is passed over when it is refused`() throws {
    try with { server, gateway, reviewer in
      for (isExtended, approved) in [(false, true), (true, true), (false, false), (true, false)] {
        let client = try RawClient(port: gateway.port, token: gateway.token)
        let text = "COPY t FROM STDIN" + (approved ? "" : isExtended ? " (FORMAT csv)" : " CSV")
        if isExtended { client.extended(text) } else { client.query(text) }
        for number in 0..<10 { client.send("d", Array("\(number)\n".utf8)) }
        client.send("c")
        if isExtended { client.sync() }
        _ = try reviewer.sign(at: gateway, as: approved ? "approval" : "rejection")
        let answers = try client.answers()
        let done = isExtended ? ["1", "2", "G", "C COPY 10", "Z I"] : ["G", "C COPY 10", "Z I"]
        let refused = isExtended ? ["1", "E 42501", "Z I"] : ["E 42501", "Z I"]
        #expect(answers == (approved ? done : refused), "\(gateway.log.all)")
        client.query("SELECT 'next'")
        #expect(try client.answers() == ["T", "D next", "C SELECT 1", "Z I"])
      }
      #expect(try server.query("SELECT count(*) FROM t") == ["20"])
    }
  }

  @Test func `an approver who never answers holds up nobody but who waits`() throws {
    let policy = HeldReviewer.policy.replacing("effect: [read, session]", with: "effect: [read, session, write]")
    try with(limits: "hold: 300s", policy: policy) { server, gateway, _ in
      let waiting = try (0..<5).map { number in
        let client = try RawClient(port: gateway.port, token: gateway.token)
        client.query("CREATE TABLE held_\(number) (id int)")
        return client
      }
      let clients = try (0..<50).map { _ in try RawClient(port: gateway.port, token: gateway.token) }
      for round in 0..<20 {
        for client in clients { client.query("INSERT INTO t VALUES (\(round))") }
        for client in clients { #expect(try client.answers() == ["C INSERT 0 1", "Z I"]) }
      }
      #expect(try server.query("SELECT count(*) FROM t") == ["1000"])
      #expect(gateway.metrics.contains("exhibit_gateway_holds 5"))
      // Who gives up leaves nothing behind.
      for client in waiting { client.send("X") }
      withExtendedLifetime(waiting) {}
    }
  }
}
