import Testing

@testable import SSHKeys

@Suite struct SerialSetTests {
  @Test func `ranges that touch become one`() {
    let seed = UInt64.random(in: 0 ... .max)
    var state = seed
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    for _ in 0..<200 {
      var ranges: [ClosedRange<UInt64>] = []
      for _ in 0..<30 {
        let first = next() % 100
        ranges.append(first...(first + next() % 8))
      }
      let set = SerialSet(ranges)
      for number in 0...110 as ClosedRange<UInt64> {
        let isWithin = ranges.contains { $0.contains(number) }
        #expect(set.contains(number) == isWithin, "seed \(seed), \(number)")
      }
    }
  }

  @Test func `both ends of the numbers`() {
    let ends = SerialSet([.max ... .max, 0...0])
    #expect(ends.contains(0) && ends.contains(.max) && !ends.contains(1) && !ends.contains(.max - 1))
    let all = SerialSet([.max ... .max, 0...0, 1...(.max - 1)])
    #expect(all == SerialSet([0 ... .max]))
    #expect(all.contains(1 << 40))
    #expect(!SerialSet().contains(0))
  }
}

@Suite struct SignerTimeTests {
  @Test(arguments: [
    ("19700101Z", 0), ("19700102Z", 86_400), ("20000229Z", 951_782_400), ("20240229120000Z", 1_709_208_000),
    ("20380119031408Z", 2_147_483_648), ("99991231235959Z", 253_402_300_799), ("197001010001Z", 60),
  ])
  func `times are seconds since 1970`(_ text: String, _ seconds: UInt64) {
    let time = SignerTime(Array(text.utf8))
    #expect(time?.seconds == seconds)
    #expect(time?.isUTC == true)
    #expect(SignerTime(Array(SignerTime.text(seconds).utf8)) == time)
    #expect(SignerTime(Array(text.dropLast().utf8))?.seconds == seconds)
    #expect(SignerTime(Array(text.dropLast().utf8))?.isUTC == false)
  }

  @Test(arguments: ["", "Z", "UTC", "2020", "2020010", "20200101T", "2020 101Z", "-2020101Z", "20200001Z", "20200100Z"])
  func `what is no time`(_ text: String) {
    #expect(SignerTime(Array(text.utf8)) == nil)
  }
}

@Suite struct Base64Tests {
  @Test func `written and read`() {
    for count in 0..<70 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37) }
      #expect(Base64.decode(Base64.encode(bytes).utf8) == bytes)
    }
    #expect(Base64.encode([0xFB, 0xFF], isPadded: false) == "+/8")
  }

  @Test(arguments: ["A", "AA", "AAA", "AAA=A", "AA=", "AA===", "AB==", "AAB=", "AAAA=", "=", "====", "A-AA", "AA_="])
  func `what is no base64`(_ text: String) {
    #expect(Base64.decode(text.utf8) == nil)
  }
}
