import Foundation
import TestKit
import Testing

@testable import Gateway

/// PostgreSQL behind a relay.
@Suite(.enabled(if: ScratchPostgres.isPresent)) struct RelayedPostgresTests {
  private let port: Int
  private let server: ScratchPostgres
  private let plant: RelayPlant

  init() throws {
    port = try Loopback.freePort()
    server = try ScratchPostgres(settings: "listen_addresses = '127.0.0.1'\nmax_connections = 260\n", port: port)
    plant = try RelayPlant()
  }

  private func gateway(limits: String = "hold: 20s, sessions: 600, sessions-per-identity: 600") throws -> RunningGateway
  {
    try RunningGateway(
      server: "127.0.0.1:\(port)", target: "relay: plant-a, ", limits: limits, files: plant.files, more: plant.lines())
  }

  @Test func `queries, copies and cancels go over the relay`() throws {
    let gateway = try gateway()
    let before = try gateway.run("SELECT 1")
    #expect(before.errors.contains("the target shop cannot be reached"), "\(before)")
    #expect(gateway.log.all.contains("the relay plant-a is not connected"))
    let relay = try plant.relay(to: gateway, targets: ["127.0.0.1:\(port)"])
    #expect(try gateway.run("SELECT 41 + 1").text == "42\n")
    let copied = try gateway.psql([
      "-c", "CREATE TABLE t (id int, body text)",
      "-c", "INSERT INTO t SELECT i, repeat(md5(i::text), 20) FROM generate_series(1, 20000) i",
      "-c", "\\copy t TO '\(plant.folder.path)/out'", "-c", "CREATE TABLE u (LIKE t)",
      "-c", "\\copy u FROM '\(plant.folder.path)/out'",
      "-c",
      "SELECT count(*), (SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM t)"
        + " = md5(string_agg(u::text, ',' ORDER BY id)) FROM u",
    ])
    #expect(copied.text.hasSuffix("20000|t\n"), "\(copied)")
    let cancelled = try ScratchPostgres.run(
      "/usr/bin/timeout",
      [
        "-s", "INT", "1", (ScratchPostgres.binaries ?? URL(filePath: "/usr/bin")).appending(path: "psql").path, "-X",
        "-c", "SELECT pg_sleep(60)",
      ], environment: gateway.environment)
    #expect(cancelled.errors.contains("canceling statement"), "\(cancelled)")
    #expect(gateway.metrics.contains("exhibit_gateway_relays{relay=\"plant-a\"} 1\n"))
    #expect(RelayPlant.eventually { relay.connectionCount == 0 })
    relay.shutDown()
    #expect(RelayPlant.eventually { gateway.log.all.contains("relay lost") })
    try gateway.stop()
  }

  @Test func `a lost relay ends its sessions, nothing goes past it, and the next one is used`() throws {
    let gateway = try gateway()
    let relay = try plant.relay(to: gateway, targets: ["127.0.0.1:\(port)"])
    let client = try RawClient(port: gateway.port, token: gateway.token)
    client.query("SELECT 'here'")
    #expect(try client.answers().contains("D here"))
    #expect(try server.query("SELECT count(*) FROM pg_stat_activity WHERE client_addr IS NOT NULL").contains("1"))
    relay.stop()
    var last: (type: Character, body: [UInt8])?
    while let next = try? client.receive() { last = next }
    #expect(last?.type == "E")
    #expect(RawClient.field("C", last?.body ?? []) == "08006" && RawClient.field("S", last?.body ?? []) == "FATAL")
    #expect(RelayPlant.eventually { gateway.gateway.core.sessionCount == 0 })
    for _ in 0..<3 {
      let refused = try gateway.run("SELECT 1")
      #expect(refused.errors.contains("the target shop cannot be reached"), "\(refused)")
    }
    try plant.relay(to: gateway, targets: ["127.0.0.1:\(port)"])
    #expect(try gateway.run("SELECT 7").text == "7\n")
    try gateway.stop()
  }

  @Test func `two hundred sessions share one relay, and one that reads nothing holds up nobody`() throws {
    let gateway = try gateway()
    let relay = try plant.relay(to: gateway, targets: ["127.0.0.1:\(port)"])
    let slow = try RawClient(port: gateway.port, token: gateway.token)
    slow.query("SELECT repeat('x', 1000) FROM generate_series(1, 2000000)")
    _ = try slow.receive()
    var clients: [RawClient] = []
    for _ in 0..<200 { clients.append(try RawClient(port: gateway.port, token: gateway.token)) }
    for (number, client) in clients.enumerated() { client.query("SELECT '\(number)', repeat('y', 100000)") }
    for (number, client) in clients.enumerated() {
      let row = try client.answers().first { $0.hasPrefix("D ") }
      #expect(row?.hasPrefix("D \(number)") == true)
    }
    #expect(relay.connectionCount == 201)
    #expect(gateway.gateway.core.relays.lines.count == 1)
    clients = []
    #expect(RelayPlant.eventually { relay.connectionCount == 1 })
    relay.stop()
    try gateway.stop()
  }
}
