import Foundation
import Model
import TestKit
import Testing

@testable import Decryption

/// The fuzzer's seeds are live connections and a recording: `EXHIBIT_WRITE_SEEDS=1 swift test --filter SSHFuzzSeeds`.
@Suite struct SSHFuzzSeeds {
  static let folder = Checkout.root.appending(path: "Tests/Fuzz/ssh/seeds")

  @Test(.enabled(if: FuzzSeeds.isWriting && SSHLivePeers.isPresent, "nothing asks for seeds"))
  func `seeds are written`() throws {
    try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
    for (index, live) in SSHLiveCatalog.short.enumerated() {
      let (wire, _, run) = try SSHLivePeers.run(live)
      let name = "short-\(index)"
      try Data(FuzzSeeds.seed(wire, run.keys)).write(to: Self.folder.appending(path: name))
      let damaged = wire.losing(70, at: wire.byteCount * 3 / 4)
      try Data(FuzzSeeds.seed(damaged, run.keys)).write(to: Self.folder.appending(path: name + "-gap"))
    }
    try Data(FuzzSeeds.seed(SSHClearTests.recording(), "")).write(to: Self.folder.appending(path: "recording"))
  }
}
