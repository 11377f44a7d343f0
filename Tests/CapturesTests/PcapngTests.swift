import Bytes
import Captures
import Model
import Testing

@Suite struct PcapngTests {
  static let packet: [UInt8] = Array(0..<61)

  @Test(arguments: [true, false]) func `all kinds of packet blocks are read`(_ little: Bool) throws {
    var builder = PcapngBuilder(littleEndian: little)
    builder.section()
    builder.interface(link: 1, snap: 40)
    builder.interface(link: 101, options: builder.option(13, [4]))
    builder.enhanced(1, units: 1_700_000_000_000_001, PcapngTests.packet, original: 99)
    builder.obsolete(0, units: 1_700_000_000_000_002, PcapngTests.packet)
    builder.simple(original: 200, Array(PcapngTests.packet.prefix(40)))
    let reading = try Reading(builder.bytes)
    let headers = reading.packets.map(\.header)
    #expect(reading.packets.map(\.bytes.count) == [61, 61, 40])
    #expect(headers.map(\.linkType) == [.raw, .ethernet, .ethernet])
    #expect(headers.map(\.interface) == [1, 0, 0])
    #expect(headers.map(\.originalLength) == [99, 61, 200])
    #expect(headers.map(\.frameCheckLength) == [4, 0, 0])
    #expect(headers.map(\.number) == [1, 2, 3])
    #expect(headers[0].time.nanoseconds == 1_700_000_000_000_001_000)
    // A simple packet has no time: it keeps its place behind the one before.
    #expect(headers[2].time == headers[1].time)
    #expect(reading.anomalies.isEmpty)
    #expect(reading.sources[0].kind == "pcapng")
    #expect(reading.sources[0].digest == sha256(builder.bytes))
  }

  @Test func `sections have their own byte order, interfaces and resolutions`() throws {
    var first = PcapngBuilder(littleEndian: true)
    first.section()
    first.interface(options: first.option(9, [9]))
    first.enhanced(units: 1_000_000_007, [1])
    var second = PcapngBuilder(littleEndian: false)
    second.section()
    second.interface(link: 113, options: second.option(9, [0x80 | 20]) + second.option(14, Int64(3)))
    second.enhanced(units: 3 << 20 | 1 << 19, [2])
    let reading = try Reading(first.bytes + second.bytes)
    #expect(reading.packets.map(\.header.time.nanoseconds) == [1_000_000_007, 6_500_000_000])
    #expect(reading.packets.map(\.header.linkType) == [.ethernet, .linuxSLL])
    // Interfaces are numbered across the file, so that two are never mistaken for one.
    #expect(reading.packets.map(\.header.interface) == [0, 1])
    #expect(reading.anomalies.isEmpty)
  }

  @Test func `secrets, comments and losses are kept`() throws {
    var builder = PcapngBuilder()
    builder.section(options: builder.option(1, Array("case 7".utf8)))
    builder.interface()
    builder.secrets(0x544c_534b, Array("CLIENT_RANDOM 00 11\n".utf8))
    builder.block(4, [0, 0, 0, 0])
    builder.block(0x8000_1234, [1, 2, 3, 4])
    let flags = builder.option(2, UInt32(4 << 5))
    builder.enhanced(units: 1, [9], options: builder.option(1, Array("odd".utf8)) + flags)
    builder.statistics(0, options: builder.option(5, UInt64(12)) + builder.option(7, UInt64(3)))
    let reading = try Reading(builder.bytes)
    #expect(reading.packets.count == 1)
    #expect(reading.packets[0].header.frameCheckLength == 4)
    let secret = DecryptionSecrets(source: 0, type: 0x544c_534b, bytes: Array("CLIENT_RANDOM 00 11\n".utf8))
    #expect(reading.secrets == [secret])
    #expect(reading.codes == ["capture-dropped-packets"])
    let note = reading.sources[0].note
    #expect(note == "the capturing machine lost 15 packets; comment: case 7; comment: packet 1: odd")
    #expect(reading.sources[0].isComplete)
  }

  @Test func `comments are bounded`() throws {
    var builder = PcapngBuilder()
    builder.section()
    builder.interface()
    for index in 0..<100 {
      let text = String(repeating: "x", count: 3000)
      builder.enhanced(units: UInt64(index), [1], options: builder.option(1, Array(text.utf8)))
    }
    let note = try #require(try Reading(builder.bytes).sources[0].note)
    #expect(note.utf8.count < 20_000)
    #expect(note.hasSuffix("84 more comments"))
  }

  @Test func `custom blocks take a number, as in Wireshark`() throws {
    var builder = PcapngBuilder()
    builder.section()
    builder.interface()
    builder.block(0xbad, [0, 0, 0, 1])
    builder.enhanced(units: 1, [1])
    builder.block(0x4000_0bad, [0, 0, 0, 1])
    builder.enhanced(units: 2, [2])
    let reading = try Reading(builder.bytes)
    #expect(reading.packets.map(\.header.number) == [2, 4])
    #expect(reading.sources[0].packetCount == 2)
  }

  @Test func `a packet of an undescribed interface is an anomaly and the rest goes on`() throws {
    var builder = PcapngBuilder()
    builder.section()
    builder.simple(original: 1, [1])
    builder.interface()
    builder.enhanced(7, units: 1, [1])
    builder.enhanced(0, units: 2, [1], captured: 900)
    builder.enhanced(0, units: 3, [1])
    let reading = try Reading(builder.bytes)
    #expect(reading.packets.count == 1)
    #expect(reading.codes == ["damaged-block", "damaged-block", "damaged-block"])
    #expect(!reading.sources[0].isComplete)
  }

  @Test func `a section of an unknown version is skipped and the next one read`() throws {
    var builder = PcapngBuilder()
    builder.section(major: 9)
    builder.interface()
    builder.enhanced(units: 1, [1])
    builder.section(minor: 2)
    builder.interface()
    builder.enhanced(units: 2, [2])
    let reading = try Reading(builder.bytes)
    #expect(reading.packets.map(\.bytes) == [[2]])
    #expect(reading.codes == ["pcapng-version"])
    #expect(!reading.sources[0].isComplete)
  }

  @Test func `a damaged block is passed over`() throws {
    var builder = PcapngBuilder()
    builder.section()
    builder.interface()
    var starts: [Int] = []
    for index in 0..<10 {
      starts.append(builder.bytes.count)
      builder.enhanced(units: UInt64(index), [UInt8](repeating: UInt8(index), count: 100))
    }
    // Its length; its trailing length.
    for offset in [4, 128] {
      var bytes = builder.bytes
      bytes[starts[4] + offset] ^= 0xff
      let reading = try Reading(bytes)
      #expect(reading.packets.count == 9, "\(offset)")
      #expect(reading.codes == ["damaged-block"], "\(offset)")
      #expect(reading.anomalies[0].origin.offset == UInt64(starts[4]), "\(offset)")
      #expect(reading.anomalies[0].origin.packet == 5, "\(offset)")
      #expect(!reading.sources[0].isComplete)
    }
  }
}
