import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Decryption

/// A connection that is damaged in every way: what comes out was said, and what does not come out is missed aloud.
@Suite(.enabled(if: SSHLivePeers.isPresent, SSHLivePeers.absence))
struct SSHDamageTests {
  static let subjects = SSHLiveCatalog.short

  /// Whether `part` stands in `whole` in this order; `strays` may be foreign.
  private func isPart(_ part: [[UInt8]], of whole: [[UInt8]], strays: Int = 0) -> Bool {
    var next = 0
    var foreign = 0
    for payload in part {
      if let found = whole[next...].firstIndex(of: payload) {
        next = found + 1
      } else {
        foreign += 1
      }
    }
    return foreign <= strays
  }

  private func problem(_ opened: SSHOpened, _ whole: SSHOpened, strays: Int = 0) -> String? {
    if opened.hasBrokenPieces { return "a piece holds something else than packets" }
    if !opened.isInOrder { return "places go back" }
    if opened.spokeAfterOpaque { return "it speaks after it said opaque" }
    for from in Direction.allCases {
      if !isPart(opened.payloads[from], of: whole.payloads[from], strays: strays) {
        let foreign = opened.payloads[from].filter { !whole.payloads[from].contains($0) }
        return "packets of \(from) that nobody sent: \(foreign.map { $0.prefix(40).hex }) \(opened.anomalies)"
      }
      if opened.payloads[from].count < whole.payloads[from].count, !opened.lossIsSaid { return "a silent loss" }
    }
    return nil
  }

  @Test(arguments: subjects)
  func `how the bytes are cut makes no difference`(live: SSHLiveCase) throws {
    let (wire, keys, _) = try SSHLivePeers.run(live)
    let whole = SSHOpened(wire, keys)
    #expect(whole.isDecrypted == true)
    #expect(SSHOpened(wire.cut { 1 }, keys) == whole)
    #expect(SSHOpened(wire.cut { 1 }) == SSHOpened(wire))
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<10 {
      let same = SSHOpened(wire.cut { Int.random(in: 1...90, using: &random) }, keys) == whole
      #expect(same, "seed \(seed)")
    }
  }

  @Test(arguments: subjects)
  func `every prefix gives the beginning`(live: SSHLiveCase) throws {
    let (wire, keys, _) = try SSHLivePeers.run(live)
    let whole = SSHOpened(wire, keys)
    for count in stride(from: 0, to: wire.byteCount, by: 37) {
      let opened = SSHOpened(wire.prefix(count), keys)
      let isBeginning =
        whole.payloads.fromClient.starts(with: opened.payloads.fromClient)
        && whole.payloads.fromServer.starts(with: opened.payloads.fromServer)
      #expect(isBeginning && !opened.hasBrokenPieces, "\(count) bytes")
    }
  }

  @Test(arguments: subjects)
  func `a gap is missed aloud and survived`(live: SSHLiveCase) throws {
    let (wire, keys, _) = try SSHLivePeers.run(live)
    let whole = SSHOpened(wire, keys)
    for count in [1, 100, 400] {
      for offset in stride(from: 0, to: wire.byteCount - count, by: 89) {
        let damaged = wire.losing(count, at: offset)
        let opened = SSHOpened(damaged, keys)
        let found = problem(opened, whole)
        #expect(found == nil, "\(count) bytes at \(offset): \(found ?? "")")
        #expect(opened.lossIsSaid, "\(count) bytes at \(offset)")
      }
    }
  }

  /// The last packets of the server tell the exit status; a gap among its data must not hide them.
  @Test(arguments: subjects)
  func `packets behind a gap are found again`(live: SSHLiveCase) throws {
    let (wire, keys, _) = try SSHLivePeers.run(live)
    let whole = SSHOpened(wire, keys)
    let stream = wire.stream(.fromServer)
    let isExit = { (payload: [UInt8]) in payload.first == 98 && payload.contains(Array("exit-status".utf8)) }
    #expect(whole.payloads.fromServer.contains(where: isExit))
    // Within the channel's data, which is the longest of what the server sends late.
    for (count, back) in [(10, 900), (30, 860), (200, 900), (350, 950)] {
      let damaged = wire.losing(count, at: wire.offset(.fromServer, stream.count - back))
      let opened = SSHOpened(damaged, keys)
      #expect(opened.gapCount >= UInt64(count))
      #expect(opened.payloads.fromServer.contains(where: isExit), "\(count) bytes, \(back) before the end")
    }
  }

  @Test(arguments: subjects)
  func `a changed byte is noticed`(live: SSHLiveCase) throws {
    let (wire, keys, _) = try SSHLivePeers.run(live)
    let whole = SSHOpened(wire, keys)
    for offset in stride(from: 0, to: wire.byteCount, by: 31) {
      let opened = SSHOpened(wire.changing(offset) { $0 ^ 0x41 }, keys)
      // A length in the clear that is another makes packets of what is none, before the exchange hash tells.
      let found = problem(opened, whole, strays: opened.lossIsSaid ? 4 : 0)
      #expect(found == nil || opened.opaque != [], "byte \(offset): \(found ?? "")")
    }
  }

  @Test func `one direction alone gives the clear and says why not more`() throws {
    let (wire, keys, _) = try SSHLivePeers.run(Self.subjects[0])
    for from in Direction.allCases {
      var half = Wire()
      half.parts = wire.parts.filter { $0.from == from }
      let opened = SSHOpened(half, keys)
      #expect(opened.payloads[from].count >= 2)
      #expect(opened.opaque == ["the other direction's half of the key exchange was not captured"])
    }
  }

  @Test func `a direction that comes late is waited for`() throws {
    let (wire, keys, run) = try SSHLivePeers.run(Self.subjects[0])
    var late = Wire()
    late.parts = wire.parts.filter { $0.from == .fromClient } + wire.parts.filter { $0.from == .fromServer }
    let opened = SSHOpened(late, keys)
    #expect(opened.anomalies == [])
    let sent = SSHMatrixTests.data(opened.payloads.fromClient) == Array(run.input)
    #expect(sent)
  }

  @Test func `secrets of another session are told apart`() throws {
    let (wire, _, run) = try SSHLivePeers.run(Self.subjects[0])
    let cookie = run.keys.prefix(32)
    let opened = SSHOpened(wire, KeyRing(text: "\(cookie) SHARED_SECRET 00\(String(repeating: "ab", count: 32))\n"))
    #expect(opened.parameters["ssh.host-key-verified"] == "false")
    #expect(opened.opaque == ["the keys given do not open this session"])
    #expect(opened.isDecrypted == false)
  }
}
