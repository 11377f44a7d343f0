import Foundation
import TestKit

@testable import Gateway

/// Certificates of a gateway and its relays, and relays in this process.
final class RelayPlant {
  let authority: OpenSSLAuthority
  let server: OpenSSLAuthority.Issued
  let folder: URL
  private(set) var relays: [Relay] = []
  let log = GatewayInProcess.Lines()

  init() throws {
    authority = try OpenSSLAuthority()
    server = try authority.issue("gateway", names: "DNS:gateway.test", usage: "serverAuth")
    folder = URL(filePath: "/tmp/exhibit-relay-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    stop()
    try? FileManager.default.removeItem(at: folder)
  }

  func stop() {
    for relay in relays { relay.stop() }
    relays = []
  }

  /// Lines of the gateway's configuration.
  func lines(port: Int = 0, revoked: Bool = false) -> String {
    """
    relays:
      listen: 127.0.0.1:\(port)
      tls: { certificate: relays.pem, key: relays.key, clients: relays.ca\(revoked ? ", revoked: relays.crl" : "") }
      names: [plant-a]
    """
  }

  /// Files that those lines name.
  var files: [String: String] {
    ["relays.pem": server.certificate, "relays.key": server.key, "relays.ca": authority.certificate]
  }

  /// The file of a relay, with those that it names beside it.
  func write(
    gateway: Int, targets: [String], issued: OpenSSLAuthority.Issued? = nil, authority: String? = nil,
    limits: String = "drain: 5s"
  ) throws -> String {
    let own = try issued ?? self.authority.issue("relay", names: "DNS:plant-a")
    let id = UUID().uuidString.prefix(8)
    let text = """
      version: 1
      gateway: 127.0.0.1:\(gateway)
      tls: { certificate: \(id).pem, key: \(id).key, authority: \(id).ca, name: gateway.test }
      targets: [\(targets.map { "\"\($0)\"" }.joined(separator: ", "))]
      limits: { \(limits) }
      """
    let files = [
      "pem": own.certificate, "key": own.key, "ca": authority ?? self.authority.certificate, "yaml": text,
    ]
    for (end, text) in files {
      let path = folder.appending(path: "\(id).\(end)").path
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }
    return folder.appending(path: "\(id).yaml").path
  }

  /// A relay to a gateway, which has taken it when this returns unless `isTaken` is false.
  @discardableResult func relay(
    to gateway: GatewayInProcess, targets: [String], issued: OpenSSLAuthority.Issued? = nil, isTaken: Bool = true,
    limits: String = "drain: 5s", pace: RelayPulse.Pace = .init()
  ) throws -> Relay {
    let file = try write(gateway: gateway.port(of: "relays"), targets: targets, issued: issued, limits: limits)
    let before = gateway.gateway.core.relays.lines.count
    let log = log
    let relay = try Relay(
      RelayConfiguration(file: file), log: GatewayLog(clock: GatewayInProcess.now) { log.add($0) }, pace: pace)
    relays.append(relay)
    if isTaken, !Self.eventually({ gateway.gateway.core.relays.lines.count > before }) {
      throw GatewayInProcess.Failure(description: "the relay did not connect: \(log.all) \(gateway.log.all)")
    }
    return relay
  }

  static func eventually(_ holds: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<1_500 {
      if try holds() { return true }
      usleep(10_000)
    }
    return false
  }
}
