import TestKit
import Testing

@testable import Policy

@Suite struct SecretSweepTests {
  @Test func `a secret is found wherever it stands, and nothing else is`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    for round in 0..<2000 {
      let letters = UInt8.random(in: 2...20, using: &generator)
      func text(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in 0x61 + UInt8.random(in: 0..<letters, using: &generator) }
      }
      var sweep = SecretSweep()
      let secrets = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
        text(Int.random(in: 8...24, using: &generator))
      }
      for secret in secrets { sweep.add(secret) }
      var bytes = text(Int.random(in: 0...40, using: &generator))
      for _ in 0..<Int.random(in: 0...3, using: &generator) {
        bytes += secrets[Int.random(in: 0..<secrets.count, using: &generator)]
        bytes += text(Int.random(in: 0...9, using: &generator))
      }
      var expected: [Range<Int>] = []
      var start = 0
      while start < bytes.count {
        let lengths = secrets.filter { bytes[start...].starts(with: $0) }.map(\.count)
        if let length = lengths.max() {
          expected.append(start..<(start + length))
          start += length
        } else {
          start += 1
        }
      }
      #expect(sweep.ranges(in: bytes) == expected, "round \(round) of seed \(seed)")
    }
  }
}
