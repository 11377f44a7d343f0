import Foundation
import Model
import TestKit
import Testing

@testable import Decryption

/// The fuzzer's seeds are live connections: `EXHIBIT_WRITE_SEEDS=1 swift test --filter FuzzSeeds`.
@Suite struct FuzzSeeds {
  static let folder = Checkout.root.appending(path: "Tests/Fuzz/tls/seeds")
  static let isWriting = ProcessInfo.processInfo.environment["EXHIBIT_WRITE_SEEDS"] != nil

  /// A key log with its length before it, then parts: kind, length, bytes or a gap of that length.
  static func seed(_ wire: Wire, _ keys: String) -> [UInt8] {
    func number(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 0xff), UInt8(value & 0xff)] }
    let log = Array(keys.utf8)
    var out = number(log.count) + log
    for (from, part) in wire.cut({ 60_000 }).parts {
      switch part {
      case .bytes(let bytes): out += [from == .fromClient ? 0 : 1] + number(bytes.count) + bytes
      case .lost(let count): out += [from == .fromClient ? 2 : 3] + number(count)
      }
    }
    return out
  }

  @Test(.enabled(if: isWriting && LivePeers.isPresent, "nothing asks for seeds"))
  func `seeds are written`() throws {
    try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
    let cases: [(LiveCase, Int)] =
      LiveCatalog.short.map { ($0, 0) } + [(LiveCatalog.shortUpdates, 0), (LiveCatalog.earlyData, 1)]
    for (live, index) in cases {
      let run = try #require(try LivePeers.run(live))
      let wire = Wire(run.connections[index])
      let name = live.name.replacing(".", with: "")
      try Data(Self.seed(wire, run.keys)).write(to: Self.folder.appending(path: name))
      let damaged = wire.losing(70, at: wire.byteCount * 3 / 4)
      try Data(Self.seed(damaged, run.keys)).write(to: Self.folder.appending(path: name + "-gap"))
    }
  }
}
