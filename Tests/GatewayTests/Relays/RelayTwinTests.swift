import Foundation
import TestKit
import Testing

@testable import Gateway

/// Relays that give the same name, all with certificates that are good.
@Suite struct RelayTwinTests {
  private let server: WebTarget
  private let plant: RelayPlant
  private let gateway: WebGateway

  init() throws {
    (server, plant) = (try WebTarget(), try RelayPlant())
    gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(server.port)", target: "relay: plant-a"), files: plant.files,
      more: plant.lines())
  }

  private var targets: [String] { ["127.0.0.1:\(server.port)"] }

  /// A connection whose target is reached, and kept.
  private func open() throws -> RawWeb {
    let client = try RawWeb(port: gateway.port())
    try ask(client)
    return client
  }

  private func ask(_ client: RawWeb) throws {
    client.send("GET /bytes/3 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(gateway.token.secret)\r\n\r\n")
    #expect(client.receive(until: "012").hasSuffix("012"))
  }

  @Test func `the newest takes what is new, each keeps its own, and the one before takes over when it goes`() throws {
    let first = try plant.relay(to: gateway, targets: targets)
    let early = try open()
    let second = try plant.relay(to: gateway, targets: targets)
    #expect(gateway.metrics.contains("exhibit_gateway_relays{relay=\"plant-a\"} 2\n"))
    let late = try open()
    #expect(first.connectionCount == 1 && second.connectionCount == 1)
    for client in [early, late, early] { try ask(client) }
    second.stop()
    #expect(late.rest().isEmpty)
    #expect(RelayPlant.eventually { gateway.gateway.core.relays.lines.count == 1 })
    try ask(early)
    let again = try open()
    #expect(first.connectionCount == 2)
    for client in [early, again] { try ask(client) }
    try gateway.stop()
    plant.stop()
  }

  @Test func `the newest alone is asked, also where it cannot reach the target`() throws {
    try plant.relay(to: gateway, targets: targets)
    let elsewhere = try plant.relay(to: gateway, targets: ["127.0.0.1:1"])
    #expect(try gateway.curl("/bytes/3", ["-o", "/dev/null", "-w", "%{http_code}"]).text == "502")
    #expect(gateway.log.all.contains("the relay plant-a does not lead to 127.0.0.1:\(server.port)"))
    #expect(server.asked.isEmpty)
    elsewhere.stop()
    #expect(RelayPlant.eventually { gateway.gateway.core.relays.lines.count == 1 })
    #expect(try gateway.curl("/bytes/3").text == "012")
    try gateway.stop()
    plant.stop()
  }

  @Test func `of more than eight the oldest is ended, with its connections`() throws {
    let oldest = try plant.relay(to: gateway, targets: targets)
    let client = try open()
    for _ in 0..<7 { try plant.relay(to: gateway, targets: targets) }
    try ask(client)
    #expect(gateway.gateway.core.relays.lines.count == 8)
    try plant.relay(to: gateway, targets: targets, isTaken: false)
    #expect(
      RelayPlant.eventually { gateway.log.all.contains("too many connections of its name") }, "\(gateway.log.all)")
    #expect(client.rest().isEmpty)
    #expect(RelayPlant.eventually { oldest.connectionCount == 0 })
    #expect(gateway.gateway.core.relays.lines.count <= 8)
    #expect(try gateway.curl("/bytes/3").text == "012")
    try gateway.stop()
    plant.stop()
  }
}
