import Bytes
import Captures
import Model
import TestKit
import Testing

@Suite struct MergeTests {
  /// Marks of the packets, in the order that they came.
  static func marks(_ reading: Reading) -> [UInt8] { reading.packets.map { $0.bytes[0] } }

  @Test func `rotated files are one sequence, in whatever order they are given`() throws {
    let parts = (0..<4).map { part in
      PcapBuilder.capture(at: (0..<5).map { part * 10_000 + $0 * 1000 }, mark: UInt8(part))
    }
    let inputs = parts.enumerated().map { CaptureInput.memory("part\($0.offset)", $0.element) }
    let expected: [UInt8] = (0..<4).flatMap { [UInt8](repeating: $0, count: 5) }
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
      let reading = try Reading(order.map { inputs[$0] })
      #expect(MergeTests.marks(reading) == expected)
      #expect(reading.paths == order.map { "part\($0)" })
      #expect(reading.packets[0].header.source == UInt32(order.firstIndex(of: 0) ?? 9))
      #expect(reading.packets.map(\.header.number) == Array(repeating: [1, 2, 3, 4, 5], count: 4).flatMap { $0 })
    }
  }

  @Test func `of equal times the file that began first goes first`() throws {
    let first = PcapBuilder.capture(at: [0, 10, 10, 10], mark: 1)
    let second = PcapBuilder.capture(at: [10, 10, 20], mark: 2)
    let reading = try Reading([.memory("b", second), .memory("a", first)])
    #expect(MergeTests.marks(reading) == [1, 1, 1, 1, 2, 2, 2])
  }

  @Test func `overlapping sources are merged by time and each keeps its order`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for _ in 0..<60 {
      let count = 1 + random.below(12)
      var inputs: [CaptureInput] = []
      var all: [(time: Int, source: Int)] = []
      for source in 0..<count {
        let start = random.below(1000)
        let times = (0..<random.below(30)).map { _ in start + random.below(400) }.sorted()
        all += times.map { ($0, source) }
        let bytes =
          random.below(2) == 0
          ? PcapBuilder.capture(at: times, mark: UInt8(source)) : PcapngBuilder.capture(at: times)
        inputs.append(.memory("source\(source)", bytes + []))
      }
      guard let reading = try? Reading(inputs) else { continue }
      let times = reading.packets.map(\.header.time)
      #expect(times == times.sorted())
      let skipped = Set(reading.sources.indices.filter { reading.sources[$0].isSkipped })
      #expect(reading.packets.count == all.count { !skipped.contains($0.source) })
      for source in 0..<count {
        let numbers = reading.packets.filter { Int($0.header.source) == source }.map(\.header.number)
        #expect(numbers == numbers.sorted())
      }
    }
  }

  @Test func `a thousand overlapping sources are merged within bounds`() throws {
    let inputs = (0..<1000).map { source in
      CaptureInput.memory("\(source)", PcapBuilder.capture(at: [source, 5000 + source, 9000 - source]))
    }
    let reading = try Reading(inputs)
    let times = reading.packets.map(\.header.time)
    #expect(times.count == 3000 && times == times.sorted())
  }

  @Test func `a file that jumps back does not hold up the others`() throws {
    let jumping = PcapBuilder.capture(at: [5_000_000, 0, 6_000_000], mark: 1)
    let steady = PcapBuilder.capture(at: [4_000_000, 5_500_000], mark: 2)
    let reading = try Reading([.memory("jumping", jumping), .memory("steady", steady)])
    #expect(MergeTests.marks(reading) == [2, 1, 1, 2, 1])
  }

  @Test func `a source without times at its head is read first and merged all the same`() throws {
    var late = PcapngBuilder()
    late.section()
    late.interface()
    late.block(0x8000_0001, [UInt8](repeating: 1, count: 100_000))
    late.enhanced(units: 1_700_000_000_000_500, [9, 9])
    let other = PcapBuilder.capture(at: [0, 400, 600], mark: 1)
    let reading = try Reading([.memory("other", other), .memory("late", late.bytes)])
    #expect(MergeTests.marks(reading) == [1, 1, 9, 1])
  }

  @Test func `members of an archive are put in order, whatever theirs`() throws {
    let times = [[0, 9000, 20_000], [100, 200], [15_000, 15_001], [5000], [20_000, 30_000]]
    let captures = times.enumerated().map { PcapBuilder.capture(at: $0.element, mark: UInt8($0.offset)) }
    for format in [ArchiveBuilder.Format.tar, .zip, .sevenZip] {
      for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 4, 0, 1, 3]] {
        let members = order.map { ("\($0).pcap", ArchiveBuilder.Content.bytes(captures[$0])) }
        let archive = ArchiveBuilder.make(format, members)
        let reading = try Reading([.memory("set", archive)])
        #expect(MergeTests.marks(reading) == [0, 1, 1, 3, 0, 2, 2, 0, 4, 4], "\(format) \(order)")
        for (source, member) in zip(reading.sources.dropFirst(), order) {
          #expect(source.digest == sha256(captures[member]))
          #expect(source.path == "set!\(member).pcap" && source.isComplete)
        }
      }
    }
  }

  @Test func `many archives at once are put aside rather than kept open`() throws {
    let archives = (0..<40).map { number in
      let capture = PcapBuilder.capture(at: [number, 1000 + number, 2000 - number], mark: UInt8(number))
      return CaptureInput.memory("\(number).gz", ArchiveBuilder.make(.raw, .gzip, [("data", .bytes(capture))]))
    }
    let reading = try Reading(archives)
    let times = reading.packets.map(\.header.time)
    #expect(times.count == 120 && times == times.sorted())
  }

  @Test func `without room to put members in order nothing is lost in silence`() throws {
    let first = PcapBuilder.capture(at: [0, 9_000_000], count: 60_000, mark: 1)
    let second = PcapBuilder.capture(at: [100, 200], mark: 2)
    let archive = ArchiveBuilder.make(.tar, [("1", .bytes(first + first.dropFirst(24))), ("2", .bytes(second))])
    var options = CaptureOptions()
    options.spoolByteCount = 1000
    options.chunkByteCount = 4096
    let reading = try Reading([.memory("set", archive)], options: options)
    #expect(reading.codes.contains("spool-limit"))
    #expect(!reading.sources[1].isComplete && reading.sources[2].isComplete)
    options.spoolByteCount = 1 << 20
    options.temporaryDirectory = "/nowhere/at/all"
    let error = refusal([.memory("set", archive)], options: options)
    #expect(error?.code == .spoolFailed)
    #expect(error?.path == "/nowhere/at/all")
  }
}
