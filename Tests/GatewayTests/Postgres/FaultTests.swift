import Bytes
import Foundation
import Model
import Synchronization
import TestKit
import Testing

@testable import Gateway

/// Peers and disks that misbehave.
@Suite(.enabled(if: ScratchPostgres.isPresent)) struct FaultTests {
  @Test func `nothing reaches the server before it is recorded`() throws {
    let server = try ScratchPostgres()
    _ = try server.query("CREATE TABLE t (id int)")
    let recording = DoubtfulRecording()
    let gateway = try RunningGateway(server, recording: recording)
    let client = try RawClient(port: gateway.port, token: gateway.token)
    recording.seen.withLock { $0.isHeldBack = true }
    client.query("INSERT INTO t VALUES (1)")
    var isSeen = false
    for _ in 0..<500 where !isSeen {
      isSeen = recording.seen.withLock { $0.client.firstRange(of: Array("INSERT INTO t".utf8)) != nil }
      usleep(10_000)
    }
    #expect(isSeen)
    #expect(try server.query("SELECT count(*) FROM t") == ["0"])
    recording.release()
    #expect(try client.answers() == ["C INSERT 0 1", "Z I"])
    // What the client got is what was recorded, from the first byte.
    let recorded = recording.seen.withLock { $0.server }
    #expect(Array(recorded.suffix(6)) == [0x5a, 0, 0, 0, 5, 0x49])
    try gateway.stop()
  }

  @Test func `when recording fails every session ends and nobody is let in`() throws {
    let server = try ScratchPostgres()
    _ = try server.query("CREATE TABLE t (id int)")
    let recording = DoubtfulRecording()
    let gateway = try RunningGateway(server, recording: recording)
    let client = try RawClient(port: gateway.port, token: gateway.token)
    recording.seen.withLock { $0.isFailing = true }
    client.query("INSERT INTO t VALUES (1)")
    let (type, body) = try client.receive()
    #expect(type == "E" && RawClient.field("C", body) == "58030")
    #expect(throws: RawClient.Failure.self) { _ = try client.receive() }
    #expect(try server.query("SELECT count(*) FROM t") == ["0"])
    let next = try gateway.run("SELECT 1")
    #expect(next.errors.contains("the gateway cannot record, so it lets nobody in"), "\(next)")
    #expect(gateway.log.all.contains("recording failed"))
    let port = try #require(gateway.gateway.port(of: "metrics"))
    let health = try ScratchPostgres.run("/usr/bin/curl", ["-s", "-i", "http://127.0.0.1:\(port)/health"])
    #expect(health.text.contains("503") && health.text.contains("recording failed"))
    let metrics = try ScratchPostgres.run("/usr/bin/curl", ["-s", "http://127.0.0.1:\(port)/metrics"])
    #expect(metrics.text.contains("exhibit_gateway_recording 0"))
    #expect(metrics.text.contains("exhibit_gateway_recording_failures_total 1"))
    try gateway.stop()
  }

  @Test func `a target that is down is told, and the gateway lives`() throws {
    let gateway = try RunningGateway(server: "/tmp/nowhere-\(UUID().uuidString.prefix(6)):5432")
    let output = try gateway.run("SELECT 1")
    #expect(output.errors.contains("the target shop cannot be reached"), "\(output)")
    #expect(gateway.log.all.contains("\"level\":\"error\""))
    try gateway.stop()
  }

  @Test func `a server that ends the session says so through the gateway`() throws {
    let server = try ScratchPostgres()
    let gateway = try RunningGateway(server)
    let client = try RawClient(port: gateway.port, token: gateway.token)
    _ = try server.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    let (type, body) = try client.receive()
    #expect(type == "E" && RawClient.field("C", body) == "57P01")
    try gateway.stop()
  }

  @Test func `what is no PostgreSQL is dropped, whatever it is`() throws {
    let server = try ScratchPostgres()
    let gateway = try RunningGateway(server, limits: "login: 2s")
    var random = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: .min ... .max, using: &random)
    var state = seed
    func next() -> UInt8 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 33)
    }
    for _ in 0..<60 {
      let client = try RawClient(port: gateway.port)
      client.send((0..<Int(next()) + 8).map { _ in next() })
    }
    let http = try RawClient(port: gateway.port)
    http.send(Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
    #expect(throws: RawClient.Failure.self) { _ = try http.receive() }
    // One that says nothing at all is dropped in time; one that is in and sends rubbish is told.
    let silent = try RawClient(port: gateway.port)
    #expect(throws: RawClient.Failure.self) {
      _ = try silent.receive()
      _ = try silent.receive()
    }
    let rubbish = try RawClient(port: gateway.port, token: gateway.token)
    rubbish.send([0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3])
    let (type, body) = try rubbish.receive()
    #expect(type == "E" && RawClient.field("C", body) == "08P01", "seed \(seed)")
    #expect(try gateway.run("SELECT 1").text == "1\n", "seed \(seed)")
    try gateway.stop()
  }

  @Test func `a slow reader holds the server back and not the gateway's memory`() throws {
    let server = try ScratchPostgres()
    let gateway = try RunningGateway(server)
    let client = try RawClient(port: gateway.port, token: gateway.token)
    client.query("SELECT repeat('x', 1000) FROM generate_series(1, 300000)")
    let (type, _) = try client.receive()
    #expect(type == "T")
    let before = Self.residentBytes()
    // 300 MB wait; a session beside it is not held up.
    for _ in 0..<5 { #expect(try gateway.run("SELECT 1").text == "1\n") }
    #expect(Self.residentBytes() - before < 100 << 20)
    let active = try server.query(
      "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'ClientWrite' AND state = 'active'")
    #expect(active == ["1"])
    try gateway.stop()
  }

  private static func residentBytes() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
  }

  @Test func `a message of a hundred megabytes goes through without being held`() throws {
    let server = try ScratchPostgres()
    _ = try server.query("CREATE TABLE t (body bytea)")
    let gateway = try RunningGateway(server)
    let client = try RawClient(port: gateway.port, token: gateway.token)
    client.send("P") { body in
      body.writeCString("")
      body.writeCString("INSERT INTO t VALUES ($1)")
      body.write(UInt16(1))
      body.write(UInt32(17))
    }
    let value = [UInt8](repeating: 7, count: 100 << 20)
    client.send("B") { body in
      body.writeCString("")
      body.writeCString("")
      body.write(UInt16(1))
      body.write(UInt16(1))
      body.write(UInt16(1))
      body.write(UInt32(clamping: value.count))
      body.write(value)
      body.write(UInt16(0))
    }
    client.execute()
    client.sync()
    #expect(try client.answers() == ["1", "2", "C INSERT 0 1", "Z I"])
    #expect(try server.query("SELECT length(body) FROM t") == ["104857600"])
    try gateway.stop()
  }

  @Test func `a drain lets a transaction end and closes the idle`() throws {
    let server = try ScratchPostgres()
    _ = try server.query("CREATE TABLE t (id int)")
    let gateway = try RunningGateway(server, limits: "drain: 20s")
    let idle = try RawClient(port: gateway.port, token: gateway.token)
    let busy = try RawClient(port: gateway.port, token: gateway.token)
    busy.query("BEGIN; INSERT INTO t VALUES (1)")
    _ = try busy.answers()
    let stopped = DispatchSemaphore(value: 0)
    let running = gateway.gateway
    Thread.detachNewThread {
      running.shutDown {}
      stopped.signal()
    }
    let (type, body) = try idle.receive()
    #expect(type == "E" && RawClient.field("C", body) == "57P01")
    busy.query("COMMIT")
    #expect(try busy.answers() == ["C COMMIT", "Z I"])
    #expect(stopped.wait(timeout: .now() + 15) == .success)
    #expect(try server.query("SELECT count(*) FROM t") == ["1"])
    try gateway.stop()
  }
}
