import Foundation
import TestKit
import Testing

/// The seeds of the gateway's fuzz targets, what they once found among them.
@Suite struct FuzzSeedTests {
  private static func seeds(_ target: String) throws -> [[UInt8]] {
    let folder = Checkout.root.appending(path: "Tests/Fuzz/\(target)/seeds")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    return try names.map { Array(try Data(contentsOf: folder.appending(path: $0))) }
  }

  @Test(arguments: ["relays", "hooks", "httplistener"]) func `what must hold holds over all seeds`(target: String)
    throws
  {
    let seeds = try Self.seeds(target)
    #expect(seeds.count >= 10)
    for seed in seeds {
      switch target {
      case "relays": FuzzedInput.relays(seed)
      case "hooks": FuzzedInput.hooks(seed)
      default: FuzzedInput.http(seed)
      }
    }
  }
}
