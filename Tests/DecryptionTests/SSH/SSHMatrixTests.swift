import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Decryption

/// Connections between OpenSSH's own client and server: what comes out is what the two ends saw.
@Suite(.enabled(if: SSHLivePeers.isPresent, SSHLivePeers.absence))
struct SSHMatrixTests {
  /// The data of a session's channel.
  static func data(_ payloads: [[UInt8]]) -> [UInt8] {
    payloads.reduce(into: []) { if $1.first == 94, $1.count > 9 { $0 += $1[9...] } }
  }

  private func check(_ live: SSHLiveCase) throws -> SSHOpened {
    let (wire, keys, run) = try SSHLivePeers.run(live)
    let opened = SSHOpened(wire, keys)
    #expect(opened.anomalies == [])
    #expect(opened.opaque == [])
    #expect(opened.gapCount == 0)
    #expect(opened.isDecrypted == true)
    #expect(!opened.hasBrokenPieces)
    #expect(opened.isInOrder)
    #expect(opened.parameters["ssh.host-key-verified"] == "true")
    for (name, value) in live.facts { #expect(opened.parameters[name] == value) }
    let sent = Self.data(opened.payloads.fromClient) == Array(run.input)
    let received = Self.data(opened.payloads.fromServer) == Array(run.output)
    #expect(sent && received)
    return opened
  }

  @Test(arguments: SSHLiveCatalog.suites)
  func `each cipher with each MAC opens`(live: SSHLiveCase) throws { _ = try check(live) }

  @Test(arguments: SSHLiveCatalog.exchanges)
  func `each key exchange opens`(live: SSHLiveCase) throws { _ = try check(live) }

  @Test(arguments: SSHLiveCatalog.rekeys)
  func `new keys are followed`(live: SSHLiveCase) throws {
    let opened = try check(live)
    let count = try #require(Int(opened.parameters["ssh.rekeys"] ?? "0"))
    #expect(count >= 2)
  }

  @Test(arguments: SSHLiveCatalog.hostKeys)
  func `the host key is told as ssh-keygen tells it`(live: SSHLiveCase) throws {
    let opened = try check(live)
    let prints = try SSHLivePeers.played.get().fingerprints
    let kind = live.name.contains("ed25519") ? "ed25519" : live.name.contains("rsa") ? "rsa" : "ecdsa"
    #expect(opened.parameters["ssh.host-key"] == prints["host_" + kind])
    guard live.name.contains("-cert-") else { return }
    #expect(opened.parameters["ssh.host-certificate-id"] == "lab host")
    #expect(opened.parameters["ssh.host-certificate-serial"] == "42")
    #expect(opened.parameters["ssh.host-certificate-principals"] == "db1,db1.lab")
    #expect(opened.parameters["ssh.host-certificate-valid-after"] == "2026-01-01T00:00:00Z")
    #expect(opened.parameters["ssh.host-certificate-valid-before"] == "2030-01-01T00:00:00Z")
    #expect(opened.parameters["ssh.host-certificate-authority"] == prints["ca"])
  }

  @Test(arguments: SSHLiveCatalog.suites + SSHLiveCatalog.short)
  func `without keys the login is inferred or said not to be told`(live: SSHLiveCase) throws {
    let (wire, _, _) = try SSHLivePeers.run(live)
    let opened = SSHOpened(wire)
    #expect(opened.opaque == ["no keys in the key log for this session"])
    #expect(opened.isDecrypted == false)
    let outcome = opened.parameters["ssh.inferred.authentication"]
    #expect(outcome == "succeeded" || outcome == "cannot tell", "\(outcome ?? "-")")
  }

  @Test func `a denied login is not taken for one`() throws {
    let (wire, _, _) = try SSHLivePeers.run(SSHLiveCatalog.denied)
    let outcome = SSHOpened(wire).parameters["ssh.inferred.authentication"]
    #expect(outcome == "failed" || outcome == "cannot tell", "\(outcome ?? "-")")
  }
}
