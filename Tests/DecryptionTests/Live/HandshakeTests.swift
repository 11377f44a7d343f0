import TestKit
import Testing

@testable import Decryption

@Suite(.enabled(if: LivePeers.isPresent, LivePeers.absence))
struct HandshakeTests {
  @Test(arguments: LiveCatalog.handshakes)
  func `a handshake out of the ordinary opens like any other`(_ live: LiveCase) throws {
    guard let run = try LivePeers.run(live) else { return }
    verify(live, run, KeyRing(text: run.keys))
  }

  @Test(arguments: [LiveCatalog.ticket12, LiveCatalog.session12, LiveCatalog.ticket10, LiveCatalog.psk13])
  func `a resumed session is told from a new one`(_ live: LiveCase) throws {
    guard let run = try LivePeers.run(live) else { return }
    let keys = KeyRing(text: run.keys)
    let told = run.connections.map { Opened(Wire($0), keys).parameters["tls.resumed"] }
    #expect(told == ["false", "true", "true"])
  }

  @Test(
    arguments: [LiveCatalog.ticket12, LiveCatalog.session12, LiveCatalog.psk13])
  func `the resumption is seen without keys`(_ live: LiveCase) throws {
    guard let run = try LivePeers.run(live) else { return }
    let told = run.connections.map { Opened(Wire($0), KeyRing()).parameters["tls.resumed"] }
    #expect(told == ["false", "true", "true"])
  }

  @Test(
    arguments: [LiveCatalog.anonymous, LiveCatalog.sharedKey12])
  func `a session without certificate is still new`(_ live: LiveCase) throws {
    guard let run = try LivePeers.run(live) else { return }
    #expect(Opened(Wire(run.connections[0]), KeyRing(text: run.keys)).parameters["tls.resumed"] == "false")
  }

  @Test(arguments: [
    (LiveCatalog.earlyData, [nil, "accepted"]), (LiveCatalog.earlyDataSkipped, [nil, "accepted", "rejected"]),
  ])
  func `early data is told as taken or refused`(_ live: LiveCase, _ words: [String?]) throws {
    guard let run = try LivePeers.run(live) else { return }
    let keys = KeyRing(text: run.keys)
    #expect(run.connections.map { Opened(Wire($0), keys).parameters["tls.early-data"] } == words)
  }

  @Test
  func `early data before a HelloRetryRequest is told as refused`() throws {
    let run = try #require(try LivePeers.run(LiveCatalog.earlyDataRefused))
    let opened = Opened(Wire(run.connections[1]), KeyRing(text: run.keys))
    #expect(opened.parameters["tls.early-data"] == "rejected")
  }

  @Test func `the keys of one direction open that direction`() throws {
    let live = LiveCatalog.short[0]
    let run = try #require(try LivePeers.run(live))
    let wire = Wire(run.connections[0])
    let said = PlainText(live.connections[0].steps)
    for (word, isClient) in [("CLIENT_", true), ("SERVER_", false)] {
      let lines = run.keys.split(separator: "\n").filter { $0.hasPrefix(word) }.joined(separator: "\n")
      let opened = Opened(wire, KeyRing(text: lines))
      #expect(opened.plain.client == (isClient ? said.client : []))
      #expect(opened.plain.server == (isClient ? [] : said.server))
      #expect(opened.lossIsSaid)
    }
  }

  @Test func `the traffic secrets alone open what the ends said`() throws {
    let live = LiveCatalog.short[0]
    let run = try #require(try LivePeers.run(live))
    let lines = run.keys.split(separator: "\n").filter { $0.contains("TRAFFIC_SECRET_0") }.joined(separator: "\n")
    let opened = Opened(Wire(run.connections[0]), KeyRing(text: lines))
    #expect(opened.plain == PlainText(live.connections[0].steps))
  }

  @Test func `keys of other connections open nothing`() throws {
    let other = try #require(try LivePeers.run(LiveCatalog.psk13))
    for live in LiveCatalog.short {
      guard let run = try LivePeers.run(live) else { continue }
      let opened = Opened(Wire(run.connections[0]), KeyRing(text: other.keys))
      #expect(opened.plain == PlainText())
      #expect(opened.opaque == ["no keys for this connection"])
    }
  }
}
