import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Gateway

/// Targets that are killed in the middle, or do not go on.
@Suite(.enabled(if: ScratchPostgres.isPresent)) struct TargetLossTests {
  enum Blow: CaseIterable {
    case backend
    case server
  }

  enum Moment: CaseIterable {
    case result
    case copyOut
    case copyIn
  }

  private static func eventually(_ holds: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<2_000 {
      if try holds() { return true }
      usleep(10_000)
    }
    return false
  }

  private static func process(of client: RawClient) throws -> pid_t {
    client.query("SELECT pg_backend_pid()::text")
    let row = try #require(try client.answers().first { $0.hasPrefix("D ") })
    return try #require(pid_t(row.dropFirst(2)))
  }

  @Test(arguments: Blow.allCases, Moment.allCases)
  func `a target that is killed in the middle ends its session, is told, and nobody else is lost`(
    blow: Blow, moment: Moment
  ) throws {
    let server = try ScratchPostgres()
    _ = try server.query("CREATE TABLE t (body text)")
    let gateway = try RunningGateway(server)
    let client = try RawClient(port: gateway.port, token: gateway.token)
    let process = try Self.process(of: client)
    let rows = "SELECT repeat('x', 1000) FROM generate_series(1, 10000000)"
    switch moment {
    case .result: client.query(rows)
    case .copyOut: client.query("COPY (\(rows)) TO STDOUT")
    case .copyIn:
      client.query("COPY t FROM STDIN")
      #expect(try client.receive().type == "G")
    }
    for _ in 0..<100 {
      if moment == .copyIn { client.send("d", Array("some text\n".utf8)) } else { _ = try client.receive() }
    }
    if blow == .server {
      let file = server.folder.appending(path: "data/postmaster.pid")
      let first = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").first
      kill(try #require(first.flatMap { pid_t($0) }), SIGKILL)
    }
    kill(process, SIGKILL)
    var last: (type: Character, body: [UInt8])?
    while let next = try? client.receive() { last = next }
    if last?.type == "E" {
      let code = RawClient.field("C", last?.body ?? []) ?? ""
      // A backend that sees its postmaster gone before it is killed itself says so: admin_shutdown.
      #expect(code == "08006" || blow == .server && code == "57P01", "\(code)")
      #expect(RawClient.field("S", last?.body ?? []) == "FATAL")
    } else {
      // In the middle of a row nothing can be said.
      #expect(moment != .copyIn, "\(last.map { String($0.type) } ?? "nothing")")
    }
    let core = gateway.gateway.core
    #expect(Self.eventually { core.sessionCount == 0 && core.connectionCount == 0 })
    #expect(gateway.log.all.contains("target closed") || gateway.log.all.contains("target failed"))
    if blow == .server {
      let next = try gateway.run("SELECT 1")
      #expect(next.errors.contains("the target shop cannot be reached"), "\(next)")
    } else {
      // The server starts anew, and the gateway with it.
      #expect(try Self.eventually { try gateway.run("SELECT count(*) FROM t").text == "0\n" })
    }
    try gateway.stop()
    let ends = try Recording.events(gateway.segments).compactMap { event -> String? in
      if case .closing(let closing) = event.event { closing.reason } else { nil }
    }
    #expect(ends.contains { $0 == "target closed" || $0 == "target failed" }, "\(ends)")
  }

  @Test func `a target that does not read holds back its client alone, and can be cancelled`() throws {
    let server = try ScratchPostgres()
    _ = try server.query("CREATE TABLE t (body text)")
    let gateway = try RunningGateway(server)
    let said = gateway.folder.appending(path: "said")
    try Data().write(to: said)
    let client = Process()
    let text = String(repeating: "x", count: 1_000)
    client.setUnblocked(
      (ScratchPostgres.binaries ?? URL(filePath: "/usr/bin")).appending(path: "psql").path,
      ["-X", "-c", "\\copy t from program 'yes \(text) | head -c 400000000'"])
    client.environment = gateway.environment
    client.standardError = try FileHandle(forWritingTo: said)
    try client.run()
    defer { if client.isRunning { client.terminate() } }
    let active = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'COPY%' AND state = 'active'"
    #expect(try Self.eventually { try !server.query(active).isEmpty })
    let process = try #require(try server.query(active).first.flatMap { pid_t($0) })
    kill(process, SIGSTOP)
    defer { kill(process, SIGCONT) }
    // What goes on then lies in buffers; after that nothing is taken from the client.
    func taken() -> String {
      gateway.metrics.split(separator: "\n").first { $0.hasPrefix("exhibit_gateway_bytes_total{direction=\"in\"}") }
        .map(String.init) ?? ""
    }
    var (before, same) = ("", 0)
    #expect(
      Self.eventually {
        let now = taken()
        same = now == before ? same + 1 : 0
        before = now
        return same > 50
      })
    let resident = Self.residentBytes()
    for _ in 0..<5 { #expect(try gateway.run("SELECT 1").text == "1\n") }
    #expect(Self.residentBytes() - resident < 50 << 20)
    // Ctrl-C goes to the server past what waits.
    client.interrupt()
    #expect(Self.eventually { gateway.metrics.contains("exhibit_gateway_cancels_total 1") })
    kill(process, SIGCONT)
    client.waitUntilExit()
    let errors = try String(contentsOf: said, encoding: .utf8)
    #expect(errors.contains("cancel"), "\(errors)")
    #expect(try server.query("SELECT count(*) FROM t") == ["0"])
    try gateway.stop()
  }

  private static func residentBytes() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
  }

  @Test func `a client that stops anywhere in its login is dropped in time and takes no place from others`() throws {
    let server = try ScratchPostgres()
    let certificate = try LoginTests.Certificate()
    let gateway = try RunningGateway(
      server, limits: "login: 3s, sessions: 8",
      files: ["c.pem": certificate.certificate, "k.pem": certificate.key],
      listener: "tls: { certificate: c.pem, key: k.pem }")
    var start = ByteWriter()
    start.write(UInt32(3 << 16))
    for word in ["user", "agent", "database", "scratch", ""] { start.writeCString(word) }
    let startup = [0, 0, 0, UInt8(clamping: start.bytes.count + 4)] + start.bytes
    let first = Array("n,,n=,r=nonce".utf8)
    var answer = ByteWriter()
    answer.writeCString("SCRAM-SHA-256")
    answer.write(UInt32(clamping: first.count))
    answer.write(first)
    let initial = [UInt8(ascii: "p"), 0, 0, 0, UInt8(clamping: answer.bytes.count + 4)] + answer.bytes
    let stops: [[UInt8]] = [
      [], Array(startup.prefix(3)), Array(startup.dropLast(4)), startup, startup + initial.prefix(2),
      startup + initial.dropLast(3), startup + initial, [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f],
    ]
    let clients = try stops.map { bytes in
      let client = try RawClient(port: gateway.port)
      client.send(bytes)
      return client
    }
    let core = gateway.gateway.core
    #expect(Self.eventually { core.connectionCount == clients.count })
    // All places are taken; in time they are free.
    #expect(try Self.eventually { try gateway.run("SELECT 1").text == "1\n" })
    for client in clients { while (try? client.receive()) != nil {} }
    #expect(Self.eventually { core.connectionCount == 0 })
    #expect(gateway.log.all.contains("the login took too long"))
    try gateway.stop()
  }
}
