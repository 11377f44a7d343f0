import Bytes
import Model

/// The 24 bytes at the start of a classic capture file (draft-ietf-opsawg-pcap §4).
///
///     +------------+---------+---------+----------+----------+---------+-----------------+
///     | magic   32 | major 16| minor 16| reserved | reserved | snap 32 | FCS, f, link 32 |
///     +------------+---------+---------+----------+----------+---------+-----------------+
struct PcapHeader {
  static let length = 24

  /// How a magic number, read big-endian, says the rest is laid out.
  struct Layout {
    var isLittleEndian: Bool
    var nanosecondsPerTick: Int64
    /// Bytes of a record header; the modified format of old Linux kernels has 8 more.
    var recordHeaderLength = 16
  }

  static let magics: [UInt32: Layout] = [
    0xa1b2_c3d4: Layout(isLittleEndian: false, nanosecondsPerTick: 1_000),
    0xd4c3_b2a1: Layout(isLittleEndian: true, nanosecondsPerTick: 1_000),
    0xa1b2_3c4d: Layout(isLittleEndian: false, nanosecondsPerTick: 1),
    0x4d3c_b2a1: Layout(isLittleEndian: true, nanosecondsPerTick: 1),
    0xa1b2_cd34: Layout(isLittleEndian: false, nanosecondsPerTick: 1_000, recordHeaderLength: 24),
    0x34cd_b2a1: Layout(isLittleEndian: true, nanosecondsPerTick: 1_000, recordHeaderLength: 24),
  ]

  var layout: Layout
  var snapLength: UInt32
  var linkType: LinkType
  var frameCheckLength: Int

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    let magic = try reader.readUInt32("magic number")
    guard let layout = PcapHeader.magics[magic] else {
      throw DecodeError(.mismatch, "magic number", offset: 0, found: String(magic, radix: 16))
    }
    self.layout = layout
    try reader.skip(12, "version and reserved fields")
    snapLength = try reader.readUInt32("snap length", littleEndian: layout.isLittleEndian)
    let link = try reader.readUInt32("link type", littleEndian: layout.isLittleEndian)
    linkType = LinkType(UInt16(truncatingIfNeeded: link))
    // Bit 26 (f) says that the top 4 bits hold the FCS length in 16-bit words.
    frameCheckLength = link & 0x0400_0000 != 0 ? Int(link >> 28) * 2 : 0
  }
}
