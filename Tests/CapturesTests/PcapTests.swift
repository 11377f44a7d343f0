import Bytes
import Captures
import Model
import Testing

@Suite struct PcapTests {
  static let packet: [UInt8] = Array(0..<60)

  struct Dialect: CustomTestStringConvertible {
    var magic: UInt32
    var isLittleEndian: Bool
    var nanoseconds: Int64
    var extra = 0
    var testDescription: String { "\(String(magic, radix: 16)) \(isLittleEndian ? "little" : "big")-endian" }
  }

  @Test(arguments: [
    Dialect(magic: 0xa1b2_c3d4, isLittleEndian: true, nanoseconds: 123_456_000),
    Dialect(magic: 0xa1b2_c3d4, isLittleEndian: false, nanoseconds: 123_456_000),
    Dialect(magic: 0xa1b2_3c4d, isLittleEndian: true, nanoseconds: 123_456),
    Dialect(magic: 0xa1b2_3c4d, isLittleEndian: false, nanoseconds: 123_456),
    Dialect(magic: 0xa1b2_cd34, isLittleEndian: true, nanoseconds: 123_456_000, extra: 8),
    Dialect(magic: 0xa1b2_cd34, isLittleEndian: false, nanoseconds: 123_456_000, extra: 8),
  ])
  func `every magic and byte order is read`(_ dialect: Dialect) throws {
    var builder = PcapBuilder()
    builder.magic = dialect.magic
    builder.isLittleEndian = dialect.isLittleEndian
    builder.recordExtra = [UInt8](repeating: 9, count: dialect.extra)
    builder.linkField = 113
    builder.add(1_700_000_000, 123_456, PcapTests.packet)
    builder.add(1_700_000_001, 0, [1, 2, 3], original: 1500)
    let reading = try Reading(builder.bytes)
    #expect(reading.packets.count == 2)
    #expect(reading.packets[0].bytes == PcapTests.packet)
    #expect(reading.packets[0].header.time.nanoseconds == 1_700_000_000_000_000_000 + dialect.nanoseconds)
    #expect(reading.packets[0].header.linkType == .linuxSLL)
    #expect(reading.packets[1].bytes == [1, 2, 3])
    #expect(reading.packets[1].header.originalLength == 1500)
    #expect(reading.packets[1].header.number == 2)
    #expect(reading.anomalies.isEmpty)
    let source = reading.sources[0]
    #expect(source.kind == "pcap" && source.isComplete && source.packetCount == 2)
    #expect(source.digest == sha256(builder.bytes))
    #expect(source.byteCount == UInt64(builder.bytes.count))
    #expect(source.firstAt == reading.packets[0].header.time && source.lastAt == reading.packets[1].header.time)
  }

  @Test func `the link type field gives the length of the frame check sequence`() throws {
    var builder = PcapBuilder()
    // Four bytes: two 16-bit words in the top bits, and the bit that says so.
    builder.linkField = 0x2400_0001
    builder.add(1, 0, PcapTests.packet)
    let reading = try Reading(builder.bytes)
    #expect(reading.packets[0].header.frameCheckLength == 4)
    #expect(reading.packets[0].header.linkType == .ethernet)
    #expect(reading.anomalies.isEmpty)
    builder.linkField = 0x2000_0001
    #expect(try Reading(builder.bytes).packets[0].header.frameCheckLength == 0)
    builder.linkField = 0x0021_0001
    #expect(try Reading(builder.bytes).codes == ["pcap-link-type"])
  }

  @Test(arguments: [UInt32(12), 14, 101]) func `raw IP has one number`(_ number: UInt32) throws {
    var builder = PcapBuilder()
    builder.linkField = number
    builder.add(1, 0, PcapTests.packet)
    #expect(try Reading(builder.bytes).packets[0].header.linkType == .raw)
  }

  @Test func `before version 2-3 the original length comes first`() throws {
    var builder = PcapBuilder()
    builder.minor = 2
    builder.add(1, 0, PcapTests.packet, captured: 900, original: 60)
    builder.add(2, 0, PcapTests.packet, captured: 61, original: 60)
    let reading = try Reading(builder.bytes)
    #expect(reading.packets.map(\.bytes) == [PcapTests.packet, PcapTests.packet])
    #expect(reading.packets.map(\.header.originalLength) == [900, 61])
    builder.minor = 3
    #expect(try Reading(builder.bytes).packets.map(\.header.originalLength) == [900, 61])
    #expect(reading.anomalies.isEmpty)
  }

  @Test func `a strange version is said and read`() throws {
    var builder = PcapBuilder()
    builder.major = 3
    builder.add(1, 0, PcapTests.packet)
    let reading = try Reading(builder.bytes)
    #expect(reading.packets.count == 1)
    #expect(reading.codes == ["pcap-version"])
  }

  @Test func `lengths that contradict each other are said once and read`() throws {
    var builder = PcapBuilder()
    builder.snapLength = 40
    builder.add(1, 0, PcapTests.packet, original: 10)
    builder.add(2, 2_000_000, PcapTests.packet, original: 10)
    builder.add(9, 0, [])
    let reading = try Reading(builder.bytes)
    #expect(reading.packets.map(\.bytes.count) == [60, 60, 0])
    #expect(reading.packets.map(\.header.originalLength) == [60, 60, 0])
    #expect(reading.packets[1].header.time.nanoseconds == 4_000_000_000)
    #expect(Set(reading.codes) == ["captured-over-original", "captured-over-snap-length", "time-fraction"])
    #expect(reading.codes.count == 3)
  }

  @Test func `a zero-length record at time zero is a packet`() throws {
    var builder = PcapBuilder()
    builder.add(0, 0, [])
    builder.add(5, 0, PcapTests.packet)
    let reading = try Reading(builder.bytes)
    #expect(reading.packets.map(\.bytes.count) == [0, 60])
    #expect(reading.anomalies.isEmpty)
  }

  @Test func `a packet beyond 65,535 bytes does not end the file`() throws {
    var builder = PcapBuilder()
    builder.snapLength = 65_535
    let large = [UInt8](repeating: 7, count: 200_000)
    builder.add(1, 0, large)
    builder.add(2, 0, PcapTests.packet)
    #expect(try Reading(builder.bytes).packets.map(\.bytes) == [large, PcapTests.packet])
  }

  @Test func `times that jump back keep the order of the file and are said`() throws {
    var builder = PcapBuilder()
    for second in [10, 11, 5, 6, 12] as [UInt32] { builder.add(second, 0, PcapTests.packet) }
    let reading = try Reading(builder.bytes)
    #expect(reading.packets.map { $0.header.time.nanoseconds / 1_000_000_000 } == [10, 11, 5, 6, 12])
    #expect(reading.sources[0].firstAt?.nanoseconds == 5_000_000_000)
    #expect(reading.sources[0].lastAt?.nanoseconds == 12_000_000_000)
    #expect(reading.codes == ["capture-time-backwards"])
    #expect(reading.anomalies[0].origin.packet == 3)
  }
}
