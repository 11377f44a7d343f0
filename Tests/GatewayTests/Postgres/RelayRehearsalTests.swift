import Foundation
import TestKit
import Testing

/// What must hold between a client and a target, over what real sessions said and, damaged, over it too.
@Suite struct RelayRehearsalTests {
  private static let seeds: [[UInt8]] = {
    let folder = Checkout.root.appending(path: "Tests/Live/rehearsals")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().compactMap { name in
      (try? Data(contentsOf: folder.appending(path: name))).map { Array($0) }
    }
  }()

  @Test func `what real sessions say goes through whole, in pieces of any size`() {
    #expect(Self.seeds.count >= 5)
    for seed in Self.seeds.filter({ $0.first == 0 }).map({ Array($0.dropFirst()) }) {
      let whole = RelayRehearsal()
      whole.feed(seed)
      #expect(!whole.fromTarget.isEmpty)
      for stride in [1, 2, 7] {
        let single = RelayRehearsal()
        single.feed(seed, stride: stride)
        #expect(single.toTarget == whole.toTarget)
        #expect(single.toClient == whole.toClient)
      }
    }
  }

  @Test func `an end within a message of the client is no rest of it`() {
    let parse = Array("P\0\0\0\u{20}_pg3_0\0SELECT $1::int\0\0\u{1}\0\0\0\u{15}".utf8)
    let begun = Array("S\0\0\0\u{5}".utf8)
    func piece(_ mark: UInt8, _ bytes: [UInt8]) -> [UInt8] { [mark, 0, UInt8(bytes.count)] + bytes }
    let rehearsal = RelayRehearsal()
    // What the target says then is no message.
    rehearsal.feed(piece(0, parse + begun) + piece(1, [0x31, 0, 0, 1, 0, 0xff]))
    #expect(rehearsal.isOver)
    #expect(rehearsal.toTarget == parse + begun)
  }

  @Test func `damaged bytes of either side break nothing that must hold`() throws {
    let environment = ProcessInfo.processInfo.environment
    let given = environment["EXHIBIT_REHEARSAL_SEED"].flatMap { UInt64($0) }
    let seed = given ?? UInt64.random(in: .min ... .max)
    var state = seed
    func next(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % max(1, count)
    }
    print("EXHIBIT_REHEARSAL_SEED=\(seed)")
    let asked = environment["EXHIBIT_REHEARSALS"].flatMap { Int($0) }
    let seeds = Self.seeds
    for _ in 0..<(asked ?? 2_000) {
      guard var bytes = seeds.isEmpty ? nil : seeds[next(seeds.count)] else { return }
      for _ in 0..<(1 + next(6)) where bytes.count > 1 {
        let place = 1 + next(bytes.count - 1)
        switch next(4) {
        case 0: bytes[place] = UInt8(next(256))
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(UInt8(next(256)), at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + next(40)))
        }
      }
      // It stops the process where something does not hold: a seed that is given leaves the input.
      if given != nil, let output = environment["EXHIBIT_REHEARSAL_INPUT"] {
        try Data(bytes).write(to: URL(filePath: output))
      }
      LoginRehearsal.run(bytes)
    }
  }
}
