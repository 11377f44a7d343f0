import Foundation
import Policy
import TestKit
import Testing

@testable import Gateway

/// What the files of a gateway with relays and of a relay may say.
@Suite struct RelayConfigurationTests {
  private static let good = """
    version: 1
    policy: policy.yaml
    state: .
    recording: { directory: recording, key: log.key }
    relays:
      listen: 127.0.0.1:7443
      tls: { certificate: relays.pem, key: relays.key, clients: relays.ca }
      names: [plant-a]
    listeners:
      - name: shop
        protocol: postgres
        listen: 127.0.0.1:6432
        authentication: scram-sha-256
        target: { name: shop, server: "db.plant:5432", tls: verify, relay: plant-a, user: app, databases: [shop] }
    tokens:
      - { name: agent, human: alice, scram: "@SCRAM@", sha256: "@SHA@" }
    """

  @Test func `a gateway's file is taken, and refused with the line of what is wrong`() throws {
    let written = WrittenConfiguration(text: Self.good, files: try RelayPlant().files)
    #expect(try written.read().get().relays?.names == ["plant-a"])
    let bad: [(String, String, Int, String)] = [
      (", clients: relays.ca", "", 7, "anybody could be a relay"),
      ("  tls: { certificate: relays.pem, key: relays.key, clients: relays.ca }\n", "", 6, "tls is missing"),
      ("names: [plant-a]", "names: [plant-a, Plant-A]", 8, "there are two relays plant-a"),
      ("names: [plant-a]", "names: []", 8, "names lists the relays"),
      ("names: [plant-a]", "names: [plant-b]", 14, "there is no relay plant-a"),
      ("db.plant:5432", "/run/postgresql:5432", 14, "a relay leads to host:port"),
      ("db.plant:5432", "10.0.0.5:5432", 14, "no certificate is held against it"),
      ("  listen: 127.0.0.1:7443", "  listen: /run:1", 6, "relays connect to host:port"),
    ]
    for (part, other, line, says) in bad { try written.expectRefusal(part, other, line: line, says: says) }
  }

  @Test func `a relay's file is taken, and refused with the line of what is wrong`() throws {
    let plant = try RelayPlant()
    let path = try plant.write(gateway: 7443, targets: ["DB.plant:5432", "[::1]:22"])
    #expect(try RelayConfiguration(file: path).targets.map(\.description) == ["db.plant:5432", "[::1]:22"])
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let bad: [(String, String, Int, String)] = [
      ("version: 1", "version: 2", 1, "version 1 of configurations only"),
      ("127.0.0.1:7443", "somewhere", 2, "takes host:port"),
      ("name: gateway.test", "name: 10.0.0.1", 3, "takes a name"),
      ("key:", "password:", 3, "password"),
      ("\"DB.plant:5432\", \"[::1]:22\"", "", 4, "targets lists what may be reached"),
      ("DB.plant:5432", "/run:5432", 4, "takes host:port"),
      ("drain: 5s", "speed: 5", 5, "speed"),
    ]
    for (part, other, line, says) in bad {
      try #require(text.contains(part))
      try text.replacing(part, with: other).write(toFile: path, atomically: true, encoding: .utf8)
      do throws(PolicyError) {
        _ = try RelayConfiguration(file: path)
        Issue.record("\(other) was taken")
      } catch {
        #expect(error.line == line && error.description.contains(says), "\(error)")
      }
    }
    let key = path.replacing(".yaml", with: ".key")
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
    #expect { try RelayConfiguration(file: path) } throws: { "\($0)".contains("chmod 600") }
  }
}
