import Bytes
import Model

/// The 24 bytes that begin a classic pcap file.
///
///     +--------+--------+--------+-----------+-----------+----------+------------+
///     | magic 4| major 2| minor 2| reserved 4| reserved 4| snapLen 4| linkType 4 |
///     +--------+--------+--------+-----------+-----------+----------+------------+
///
/// draft-ietf-opsawg-pcap §4; the odd ones as libpcap reads them.
struct PcapFileHeader: Hashable {
  static let byteCount = 24
  /// What a record may hold when the snap length says less: libpcap's MAXIMUM_SNAPLEN.
  static let usualPacketLimit = 262_144
  /// What a record may hold whatever the snap length says.
  static let packetLimit = 16 << 20

  /// What a packet may have had on the wire.
  static let originalLimit = UInt32(packetLimit)

  /// Which of the two lengths of a record comes first.
  enum LengthOrder: Hashable { case capturedFirst, smallerIsCaptured, originalFirst }

  var isLittleEndian: Bool
  /// Nanoseconds to a unit of the fraction: 1000, or 1.
  var fractionUnit: Int64
  /// 16, or 24 as Kuznetzov's patched tcpdump wrote (interface, protocol and packet type follow the lengths).
  var recordHeaderLength: Int
  var majorVersion: UInt16
  var minorVersion: UInt16
  var snapLength: UInt32
  var linkType: LinkType
  var frameCheckLength: Int
  /// Bits of the link type field that are reserved and not zero.
  var reservedBits: UInt32
  var lengthOrder: LengthOrder

  /// Magic in file order, what follows from it.
  private static func dialect(of magic: UInt32) -> (little: Bool, unit: Int64, recordHeader: Int)? {
    switch magic {
    case 0xa1b2_c3d4: (false, 1000, 16)
    case 0xd4c3_b2a1: (true, 1000, 16)
    case 0xa1b2_3c4d: (false, 1, 16)
    case 0x4d3c_b2a1: (true, 1, 16)
    case 0xa1b2_cd34: (false, 1000, 24)
    case 0x34cd_b2a1: (true, 1000, 24)
    default: nil
    }
  }

  static func recognizes(_ head: Span<UInt8>) -> Bool {
    var reader = ByteReader(head)
    guard let magic = try? reader.readUInt32() else { return false }
    return dialect(of: magic) != nil
  }

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    let offset = reader.offset
    guard let dialect = PcapFileHeader.dialect(of: try reader.readUInt32("pcap magic")) else {
      throw DecodeError(.mismatch, "pcap magic", offset: offset)
    }
    let little = dialect.little
    majorVersion = try reader.readUInt16("pcap major version", littleEndian: little)
    minorVersion = try reader.readUInt16("pcap minor version", littleEndian: little)
    try reader.skip(8, "pcap time zone and accuracy")
    snapLength = try reader.readUInt32("pcap snap length", littleEndian: little)
    let link = try reader.readUInt32("pcap link type", littleEndian: little)
    isLittleEndian = little
    fractionUnit = dialect.unit
    recordHeaderLength = dialect.recordHeader
    linkType = LinkType(fileNumber: UInt16(truncatingIfNeeded: link))
    // Bit 26 says that the top four bits count the check sequence, in 16-bit words.
    frameCheckLength = link & 0x0400_0000 != 0 ? Int(link >> 28) * 2 : 0
    reservedBits = link & 0x03ff_0000
    // Before 2.3 the original length came first; 2.3 was written both ways; 543.0 is DG/UX, and like the former.
    lengthOrder =
      switch (majorVersion, minorVersion) {
      case (2, 0..<3), (543, 0): .originalFirst
      case (2, 3): .smallerIsCaptured
      default: .capturedFirst
      }
  }

  var isKnownVersion: Bool { (majorVersion == 2 && minorVersion <= 4) || (majorVersion == 543 && minorVersion == 0) }

  /// The longest record to believe in.
  var packetLimit: Int {
    let snap = Int(exactly: snapLength) ?? PcapFileHeader.packetLimit
    return min(max(snap, PcapFileHeader.usualPacketLimit), PcapFileHeader.packetLimit)
  }
}

extension LinkType {
  /// The number in a file; those that some systems wrote for raw IP (DLT_RAW, 12 and OpenBSD's 14) become LINKTYPE_RAW.
  init(fileNumber: UInt16) {
    self.init(fileNumber == 12 || fileNumber == 14 ? LinkType.raw.number : fileNumber)
  }
}
