import Foundation
import TestKit
import Testing

@testable import Gateway

/// `exhibit relay` as a process, which is killed as by `kill -9` in the middle of sessions.
@Suite(.serialized, .enabled(if: RelayProcess.isPossible, "no command")) struct RelayKillTests {
  /// The last message before the end of the connection.
  private static func last(_ client: RawClient) -> (type: Character, body: [UInt8])? {
    var last: (type: Character, body: [UInt8])?
    while let next = try? client.receive() { last = next }
    return last
  }

  @Test(.enabled(if: ScratchPostgres.isPresent))
  func `sessions of PostgreSQL end, nothing goes past it, and another process serves again`() throws {
    let port = try Loopback.freePort()
    let server = try ScratchPostgres(settings: "listen_addresses = '127.0.0.1'\n", port: port)
    _ = try server.query("CREATE TABLE t (mark text)")
    let plant = try RelayPlant()
    let gateway = try RunningGateway(
      server: "127.0.0.1:\(port)", target: "relay: plant-a, ", files: plant.files, more: plant.lines())
    for round in 0..<3 {
      let relay = try RelayProcess(plant, to: gateway, targets: ["127.0.0.1:\(port)"])
      #expect(try gateway.run("INSERT INTO t VALUES ('round \(round)')").text == "INSERT 0 1\n")
      let idle = try RawClient(port: gateway.port, token: gateway.token)
      let busy = try RawClient(port: gateway.port, token: gateway.token)
      busy.query("SELECT repeat('x', 1000) FROM generate_series(1, 10000000)")
      for _ in 0..<100 { _ = try busy.receive() }
      relay.kill()
      let told = Self.last(idle)
      #expect(told?.type == "E" && RawClient.field("C", told?.body ?? []) == "08006", "round \(round)")
      // In the middle of a row nothing can be told; the connection ends there.
      #expect(["D", "E"].contains(Self.last(busy)?.type), "round \(round)")
      #expect(RelayPlant.eventually { gateway.gateway.core.sessionCount == 0 })
      #expect(RelayPlant.eventually { gateway.gateway.core.relays.lines.isEmpty })
      let refused = try gateway.run("INSERT INTO t VALUES ('past it')")
      #expect(refused.errors.contains("the target shop cannot be reached"), "\(refused)")
    }
    #expect(try server.query("SELECT mark FROM t ORDER BY mark") == ["round 0", "round 1", "round 2"])
    try gateway.stop()
  }

  @Test func `requests of HTTP are cut or answered 502, and another process serves again`() throws {
    let server = try WebTarget()
    let plant = try RelayPlant()
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(server.port)", target: "relay: plant-a"), files: plant.files,
      more: plant.lines())
    let field = "Authorization: Bearer \(gateway.token.secret)\r\n"
    for _ in 0..<2 {
      let relay = try RelayProcess(plant, to: gateway, targets: ["127.0.0.1:\(server.port)"])
      #expect(try gateway.curl("/bytes/3").text == "012")
      let reading = try RawWeb(port: gateway.port())
      reading.send("GET /bytes/50000000 HTTP/1.1\r\nHost: a\r\n\(field)\r\n")
      #expect(reading.receive(until: "0123456789abcdef").hasPrefix("HTTP/1.1 200 "))
      let waiting = try RawWeb(port: gateway.port())
      waiting.send("GET /slow?60 HTTP/1.1\r\nHost: a\r\n\(field)\r\n")
      #expect(RelayPlant.eventually { server.asked.contains { $0.contains("/slow?60") } })
      relay.kill()
      // The end of the connection before the end of the content.
      #expect(reading.rest().utf8.count < 50_000_000)
      #expect(waiting.receive(until: "}").hasPrefix("HTTP/1.1 502 "))
      #expect(RelayPlant.eventually { gateway.gateway.core.relays.lines.isEmpty })
      let before = server.asked.count
      for _ in 0..<3 {
        #expect(try gateway.curl("/past", ["-o", "/dev/null", "-w", "%{http_code}"]).text == "502")
      }
      #expect(server.asked.count == before)
    }
    let relay = try RelayProcess(plant, to: gateway, targets: ["127.0.0.1:\(server.port)"])
    #expect(try gateway.curl("/bytes/3").text == "012")
    relay.kill()
    try gateway.stop()
    #expect(!server.asked.contains { $0.contains("/past") })
  }

  @Test(.enabled(if: ScratchSSHD.isPresent))
  func `programs of SSH end with 255, and another process serves again`() throws {
    let plant = try RelayPlant()
    let server = try ScratchSSHD()
    let shell = try ShellGateway(
      server, target: server.target.replacing("{ name: build,", with: "{ name: build, relay: plant-a,"),
      files: plant.files, more: plant.lines())
    let relay = try RelayProcess(plant, to: shell.gateway, targets: ["127.0.0.1:\(server.port)"])
    try shell.start("long", "$SSH $WHO 'echo begun; sleep 600'")
    #expect(shell.said("long", "begun").text == "begun\n")
    relay.kill()
    let long = shell.said("long")
    #expect(long.status == "255\n" && long.errors.contains("the target closed the connection"), "\(long)")
    let past = shell.path("past")
    #expect(try shell.ssh(["touch \(past)"]).status != 0)
    #expect(!FileManager.default.fileExists(atPath: past))
    let next = try RelayProcess(plant, to: shell.gateway, targets: ["127.0.0.1:\(server.port)"])
    #expect(try shell.ssh(["echo", "here"]).text == "here\n")
    next.kill()
    try shell.gateway.stop()
  }

  @Test func `who reads nothing holds up nobody, and costs the relay a bounded amount of memory`() throws {
    let server = try WebTarget()
    let plant = try RelayPlant()
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(server.port)", target: "relay: plant-a"), durability: "batched",
      files: plant.files, more: plant.lines())
    let relay = try RelayProcess(plant, to: gateway, targets: ["127.0.0.1:\(server.port)"])
    #expect(try gateway.curl("/bytes/3000000", ["-o", "/dev/null", "-w", "%{size_download}"]).text == "3000000")
    let before = relay.residentBytes
    let field = "Authorization: Bearer \(gateway.token.secret)\r\n"
    let slow = try (0..<8).map { _ in try RawWeb(port: gateway.port()) }
    for client in slow { client.send("GET /bytes/200000000 HTTP/1.1\r\nHost: a\r\n\(field)\r\n") }
    for client in slow { #expect(!client.receive().isEmpty) }
    for _ in 0..<5 {
      #expect(try gateway.curl("/bytes/3000000", ["-o", "/dev/null", "-w", "%{size_download}"]).text == "3000000")
    }
    // Of 1.6 GB: for each of the eight what is under way both in the relay and in the kernel's buffers, and not more.
    #expect(relay.residentBytes < before + 64_000_000, "\(relay.residentBytes - before) bytes more")
    // One of them goes on, and gets all of it.
    let one = try #require(slow.first)
    var count = 0
    while count < 5_000_000, case let more = one.receive(), !more.isEmpty { count += more.count }
    #expect(count >= 5_000_000)
    relay.kill()
    try gateway.stop()
  }
}
