import Foundation
import NIOCore
import NIOPosix
import TestKit
import Testing

@testable import Gateway

/// Who is no relay, and what no relay leads to.
@Suite struct RelayRefusalTests {
  /// Before a port where nobody may ever come.
  private static func gateway(_ plant: RelayPlant, port: Int, revoked: String? = nil) throws -> WebGateway {
    var files = plant.files
    files["relays.crl"] = revoked
    return try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(port)", target: "relay: plant-a"), files: files,
      more: plant.lines(revoked: revoked != nil))
  }

  private static func status(_ gateway: WebGateway) throws -> String {
    try gateway.curl("/", ["-m", "20", "-o", "/dev/null", "-w", "%{http_code}"]).text
  }

  /// Whether anybody has come to a socket that listens.
  private static func hasVisitor(_ descriptor: Int32) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&request, 1, 300) > 0
  }

  @Test func `what the configuration does not name is no relay, and nothing goes past it`() throws {
    let plant = try RelayPlant()
    let (descriptor, port) = try Loopback.listen()
    defer { close(descriptor) }
    let gateway = try Self.gateway(plant, port: port)
    let foreign = try OpenSSLAuthority().issue("relay", names: "DNS:plant-a")
    let wrong: [(OpenSSLAuthority.Issued, String)] = [
      (try plant.authority.issue("relay", names: "DNS:plant-b"), "has the name of its certificate (plant-b)"),
      (try plant.authority.issue("plant-a"), "has the name of its certificate ()"),
      (foreign, "unable to get local issuer certificate"),
      (try plant.authority.issue("relay", names: "DNS:plant-a", usage: "serverAuth"), "unsuitable certificate purpose"),
    ]
    for (issued, reason) in wrong {
      let relay = try plant.relay(to: gateway, targets: ["127.0.0.1:\(port)"], issued: issued, isTaken: false)
      #expect(RelayPlant.eventually { gateway.log.all.contains(reason) }, "\(reason): \(gateway.log.all)")
      #expect(RelayPlant.eventually { plant.log.all.contains("not connected") })
      #expect(gateway.gateway.core.relays.lines.isEmpty)
      relay.stop()
    }
    #expect(gateway.log.all.contains("\"event\":\"relay refused\""))
    #expect(try Self.status(gateway) == "502")
    // The right relay, which does not lead there.
    try plant.relay(to: gateway, targets: ["127.0.0.1:1"])
    #expect(try Self.status(gateway) == "502")
    #expect(gateway.log.all.contains("the relay plant-a does not lead to 127.0.0.1:\(port)"))
    #expect(plant.log.all.contains("it is none of the targets"))
    #expect(!Self.hasVisitor(descriptor))
    plant.stop()
    #expect(RelayPlant.eventually { gateway.gateway.core.relays.lines.isEmpty })
    #expect(try Self.status(gateway) == "502")
    #expect(!Self.hasVisitor(descriptor))
    try gateway.stop()
  }

  @Test func `a gateway that another authority certified gets no relay`() throws {
    let plant = try RelayPlant()
    let gateway = try Self.gateway(plant, port: 1)
    let other = try OpenSSLAuthority().certificate
    let file = try plant.write(gateway: gateway.port(of: "relays"), targets: ["127.0.0.1:1"], authority: other)
    let log = GatewayInProcess.Lines()
    let relay = try Relay(
      RelayConfiguration(file: file), log: GatewayLog(clock: GatewayInProcess.now) { log.add($0) })
    #expect(RelayPlant.eventually { log.all.contains("CERTIFICATE_VERIFY_FAILED") }, "\(log.all)")
    #expect(gateway.gateway.core.relays.lines.isEmpty)
    relay.stop()
    try gateway.stop()
  }

  @Test func `a certificate that is revoked ends its relay, which does not come again`() throws {
    let plant = try RelayPlant()
    let own = try plant.authority.issue("relay", names: "DNS:plant-a")
    let gateway = try Self.gateway(plant, port: 1, revoked: try plant.authority.list())
    let relay = try plant.relay(to: gateway, targets: ["127.0.0.1:1"], issued: own)
    let list = try plant.authority.list(revoking: [own])
    try gateway.reload("relays.crl") { _ in list }
    #expect(RelayPlant.eventually { gateway.gateway.core.relays.lines.isEmpty })
    #expect(RelayPlant.eventually { gateway.log.all.contains("\"reason\":\"certificate revoked\"") })
    #expect(RelayPlant.eventually { !gateway.metrics.contains("exhibit_gateway_relays_refused_total 0\n") })
    #expect(gateway.gateway.core.relays.lines.isEmpty)
    relay.stop()
    try gateway.stop()
  }

  @Test func `a relay that does not answer any more is lost`() throws {
    let plant = try RelayPlant()
    let gateway = try Self.gateway(plant, port: 1)
    let rules = try #require(try GatewayConfiguration(file: gateway.path("gateway.yaml")).relays)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let listener = try RelayListener(gateway.gateway.core, rules, pace: .init(asks: 1, silence: 1))
    let channel = try listener.start(on: group)
    let peer = try FalseRelay(plant, port: channel.localAddress?.port ?? 0, "silent")
    #expect(RelayPlant.eventually { gateway.log.all.contains("it does not answer any more") }, "\(gateway.log.all)")
    #expect(gateway.gateway.core.relays.lines.isEmpty)
    peer.stop()
    try channel.close().wait()
    try group.syncShutdownGracefully()
    try gateway.stop()
  }

  @Test func `random bytes and false relays do the gateway no harm`() throws {
    let plant = try RelayPlant()
    let server = try WebTarget()
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(server.port)", target: "relay: plant-a"), files: plant.files,
      more: plant.lines())
    let port = gateway.port(of: "relays")
    var random = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let socket = try RawSocket(port: port)
      socket.send((0..<Int.random(in: 1...2_000)).map { _ in UInt8.random(in: 0...255, using: &random) })
    }
    for kind in ["random", "frames", "eager", "flood", "push", "mutated"] {
      let peer = try FalseRelay(plant, port: port, kind)
      for _ in 0..<3 {
        let status = try Self.status(gateway)
        // What is hardly damaged may be an answer of the target, for all that anybody can know.
        #expect(["502", "504"].contains(status) || kind == "mutated" && status.hasPrefix("20"), "\(kind): \(status)")
      }
      peer.stop()
      #expect(RelayPlant.eventually { gateway.gateway.core.relays.lines.isEmpty }, "\(kind): \(gateway.log.all)")
    }
    let relay = try plant.relay(to: gateway, targets: ["127.0.0.1:\(server.port)"])
    #expect(
      try gateway.curl("/bytes/100000", ["-o", "/dev/null", "-w", "%{http_code} %{size_download}"]).text == "200 100000"
    )
    relay.stop()
    try gateway.stop()
    server.stop()
  }
}
