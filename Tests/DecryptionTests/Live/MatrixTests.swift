import Model
import TestKit
import Testing

@testable import Decryption

@Suite(.enabled(if: LivePeers.isPresent, LivePeers.absence))
struct MatrixTests {
  @Test(arguments: LiveCatalog.suites + LiveCatalog.withoutEncryptThenMAC + LiveCatalog.staticRSA)
  func `what both ends said comes out, however the bytes are cut`(_ live: LiveCase) throws {
    guard let run = try LivePeers.run(live) else { return }
    verify(live, run, KeyRing(text: run.keys))
  }

  @Test(arguments: LiveCatalog.staticRSA)
  func `the private key alone opens static RSA`(_ live: LiveCase) throws {
    guard let run = try LivePeers.run(live) else { return }
    let keys = KeyRing(text: try LivePeers.played.get().rsaKey)
    #expect(!keys.isEmpty)
    verify(live, run, keys)
  }

  @Test(arguments: LiveCatalog.suites)
  func `without keys a connection is opaque and says what it is`(_ live: LiveCase) throws {
    guard let run = try LivePeers.run(live) else { return }
    let opened = Opened(Wire(run.connections[0]), KeyRing())
    #expect(opened.plain == PlainText())
    #expect(opened.opaque.count == 1)
    #expect(!opened.spokeAfterOpaque)
    #expect(opened.isDecrypted == false)
    #expect(opened.anomalies.isEmpty)
    #expect(opened.parameters["tls.cipher"] == live.facts["tls.cipher"])
    #expect(opened.parameters["tls.version"] == live.facts["tls.version"])
  }
}

/// Every connection of a run gives exactly what both ends said, whole, byte by byte and in random pieces.
func verify(_ live: LiveCase, _ run: LiveRun, _ keys: KeyRing, seed: UInt64 = .random(in: 0 ... .max)) {
  var generator = SeededGenerator(seed: seed)
  for (index, pieces) in run.connections.enumerated() {
    let wire = Wire(pieces)
    let said = PlainText(live.connections[index].steps)
    let name: Comment = "\(live.name), connection \(index), seed \(seed)"
    let whole = Opened(wire, keys)
    #expect(whole.plain.client.count == said.client.count, name)
    #expect(whole.plain.server.count == said.server.count, name)
    #expect(whole.plain == said, name)
    #expect(whole.anomalies.isEmpty, name)
    #expect(whole.clientGaps.isEmpty && whole.serverGaps.isEmpty, name)
    #expect(whole.opaque.isEmpty, name)
    #expect(whole.isDecrypted == true, name)
    #expect(whole.isInOrder, name)
    for (key, value) in live.facts { #expect(whole.parameters[key] == value, name) }
    for key in ["tls.ja3", "tls.ja3s", "tls.ja4", "tls.cipher", "tls.version", "tls.resumed"] {
      #expect(whole.parameters[key] != nil, "\(key) of \(live.name)")
    }
    let random = Opened(wire.cut { Int.random(in: 1...700, using: &generator) }, keys)
    #expect(random == whole, name)
    guard wire.byteCount < 1 << 19 else { continue }
    let single = Opened(wire.cut { 1 }, keys)
    #expect(single == whole, name)
  }
}
