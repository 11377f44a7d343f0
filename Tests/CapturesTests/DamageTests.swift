import Bytes
import Captures
import Model
import TestKit
import Testing

@Suite struct DamageTests {
  static let times = Array(stride(from: 0, to: 40_000, by: 1000))

  @Test func `every prefix gives the packets that are whole`() throws {
    var builder = PcapBuilder()
    var ends = [24]
    for index in 0..<6 {
      builder.add(1_700_000_000, UInt32(index), [UInt8](repeating: UInt8(index), count: 5 + index))
      ends.append((ends.last ?? 0) + 16 + 5 + index)
    }
    let whole = builder.bytes
    for count in 4...whole.count {
      let reading = try Reading(Array(whole[..<count]))
      #expect(reading.packets.count == max(0, ends.count { $0 <= count } - 1), "\(count)")
      let isCut = !ends.contains(count)
      #expect(reading.sources[0].isComplete == !isCut, "\(count)")
      #expect(reading.codes == (isCut ? ["truncated-capture"] : []), "\(count)")
      #expect(reading.sources[0].byteCount == UInt64(count))
    }
  }

  @Test(arguments: [true, false]) func `every prefix of a pcapng gives the packets that are whole`(_ little: Bool)
    throws
  {
    var builder = PcapngBuilder(littleEndian: little)
    var ends: [Int] = []
    builder.section()
    ends.append(builder.bytes.count)
    builder.interface()
    ends.append(builder.bytes.count)
    for index in 0..<5 {
      builder.enhanced(units: UInt64(index), [UInt8](repeating: 3, count: 5 + index))
      ends.append(builder.bytes.count)
    }
    for count in 4...builder.bytes.count {
      let reading = try Reading(Array(builder.bytes[..<count]))
      #expect(reading.packets.count == max(0, ends.count { $0 <= count } - 2), "\(count)")
      #expect(reading.sources[0].isComplete == ends.contains(count), "\(count)")
    }
  }

  @Test func `a record that claims gigabytes is passed over`() throws {
    let whole = PcapBuilder.capture(at: DamageTests.times)
    for victim in [0, 7, 39] {
      var bytes = whole
      let start = 24 + victim * 76
      bytes.replaceSubrange((start + 8)..<(start + 12), with: [0xff, 0xff, 0xff, 0xff])
      let reading = try Reading(bytes)
      #expect(reading.packets.count == 39, "\(victim)")
      #expect(reading.codes == ["damaged-record"])
      #expect(reading.anomalies[0].origin.offset == UInt64(start))
      #expect(reading.anomalies[0].origin.packet == UInt64(victim + 1))
      #expect(!reading.sources[0].isComplete)
      #expect(reading.sources[0].digest == sha256(bytes))
    }
  }

  @Test func `bytes lost from the middle cost the records they were of`() throws {
    var bytes = PcapBuilder.capture(at: DamageTests.times)
    bytes.removeSubrange((24 + 10 * 76 + 30)..<(24 + 12 * 76 + 50))
    let reading = try Reading(bytes)
    // Record 10 runs on into what is left of 12; from 13 all is good.
    #expect(reading.packets.count >= 37)
    #expect(reading.packets.last?.bytes[1] == 39)
    #expect(reading.codes == ["damaged-record"])
  }

  @Test func `garbage and zeros at the end are said`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let good = PcapBuilder.capture(at: DamageTests.times)
    let garbage = (0..<5000).map { _ in UInt8.random(in: 1...255, using: &generator) }
    let reading = try Reading(good + garbage)
    #expect(reading.packets.count == 40)
    #expect(reading.codes == ["damaged-record"])
    let zeros = try Reading(good + [UInt8](repeating: 0, count: 5000))
    #expect(zeros.packets.count == 40)
    #expect(zeros.codes == ["damaged-record"])
    #expect(zeros.anomalies[0].detail == "zero bytes where a record should be")
    let hole = try Reading(good + [UInt8](repeating: 0, count: 3 << 20) + good.dropFirst(24))
    #expect(hole.packets.count == 80)
    #expect(hole.codes == ["damaged-record"])
  }

  @Test func `damage without end is bounded`() throws {
    var builder = PcapBuilder()
    for index in 0..<2000 {
      // A good chain of three, then a bad one.
      let isBad = index % 4 == 3
      builder.add(1_700_000_000, UInt32(index), Array(repeating: 1, count: 20), captured: isBad ? 0xffff_ffff : nil)
    }
    let reading = try Reading(builder.bytes)
    #expect(reading.packets.count > 700)
    #expect(reading.codes.count == 101)
    #expect(reading.codes.last == "anomaly-limit")
  }

  @Test func `mutated files end`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let files = [PcapBuilder.capture(at: DamageTests.times), PcapngBuilder.capture(at: DamageTests.times)]
    for round in 0..<600 {
      var bytes = files[round % 2]
      for _ in 0..<(1 + random.below(6)) { bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next()) }
      guard let reading = try? Reading(bytes) else { continue }
      #expect(reading.packets.count <= 200)
      #expect(reading.sources[0].packetCount == UInt64(reading.packets.count))
      for packet in reading.packets { #expect(packet.bytes.count == packet.header.capturedLength) }
    }
  }

  @Test func `chunks may end anywhere`() throws {
    var files = [
      PcapBuilder.capture(at: DamageTests.times), PcapngBuilder.capture(at: DamageTests.times),
      PcapngBuilder.capture(at: DamageTests.times, littleEndian: false),
      Array(PcapBuilder.capture(at: DamageTests.times).dropLast(9)),
    ]
    var damaged = files[0]
    damaged[24 + 76 * 5 + 11] = 0xff
    files.append(damaged)
    files.append(files[1].enumerated().map { $0.offset == 1000 ? 0xff : $0.element })
    for (number, bytes) in files.enumerated() {
      let expected = try Reading(bytes)
      for count in [1, 2, 7, 16, 61, 76, 1000, 4096] {
        var options = CaptureOptions()
        options.chunkByteCount = count
        let reading = try Reading(bytes, options: options)
        #expect(reading.packets == expected.packets, "file \(number), chunk \(count)")
        #expect(reading.anomalies == expected.anomalies, "file \(number), chunk \(count)")
        #expect(reading.sources == expected.sources, "file \(number), chunk \(count)")
      }
    }
  }
}

extension SeededGenerator {
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
