import Foundation
import TestKit
import Testing

@testable import Sessions

@Suite struct TenthsTests {
  @Test(arguments: [
    0, 0.05, 0.15, 0.25, 0.35, 0.75, 0.95, 0.449_999_999_999_999_96, 1.25, 2.5, 59.95, 9_223_372_036.854,
  ])
  func `halves go where printf puts them`(seconds: Double) {
    #expect(seconds.inTenths == String(format: "%.1f", seconds))
  }

  @Test(arguments: 1...20)
  func `durations are written as printf writes them`(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    for digits in 1...18 {
      for _ in 0..<50 {
        let limit = Int64(pow(10, Double(digits)))
        let seconds = Double(Int64.random(in: 0..<limit, using: &generator)) / 1e9
        let near = (seconds * 20).rounded() / 20
        for value in [seconds, near, near.nextUp, max(0, near.nextDown)] {
          #expect(value.inTenths == String(format: "%.1f", value), "seed \(seed): \(value)")
        }
      }
    }
  }
}
