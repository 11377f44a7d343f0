import Bytes
import Model

/// Link layers: everything between the capture file and the IP header.
extension Reassembler {
  private enum EtherType {
    static let ipv4: UInt16 = 0x0800
    static let ipv6: UInt16 = 0x86dd
    static let vlan: UInt16 = 0x8100
    static let providerVLAN: UInt16 = 0x88a8
    static let oldProviderVLAN: UInt16 = 0x9100
    static let mpls: UInt16 = 0x8847
    static let mplsMulticast: UInt16 = 0x8848
    static let pppoeSession: UInt16 = 0x8864
    static let transparentEthernet: UInt16 = 0x6558
    static let erspan2: UInt16 = 0x88be
    static let erspan3: UInt16 = 0x22eb
  }

  mutating func link(
    _ type: LinkType, _ bytes: Span<UInt8>, depth: Int, into sink: inout some StreamSink
  ) throws(DecodeError) {
    var reader = ByteReader(bytes)
    switch type {
    case .ethernet: try ethernet(bytes, depth: depth, into: &sink)
    case .linuxSLL:
      try reader.skip(14, "Linux cooked header")
      try network(try reader.readUInt16("protocol"), reader.rest, depth: depth, into: &sink)
    case .linuxSLL2:
      let type = try reader.readUInt16("protocol")
      try reader.skip(18, "Linux cooked v2 header")
      try network(type, reader.rest, depth: depth, into: &sink)
    case .null, .loop: try loopback(bytes, depth: depth, into: &sink)
    case .raw, .ipv4, .ipv6, LinkType(12), LinkType(14): try ip(bytes, depth: depth, into: &sink)
    case .ppp, LinkType(50): try ppp(bytes, depth: depth, into: &sink)
    case LinkType(51):
      try reader.skip(6, "PPPoE header")
      try ppp(reader.rest, depth: depth, into: &sink)
    default: return
    }
  }

  mutating func ethernet(
    _ bytes: Span<UInt8>, depth: Int, into sink: inout some StreamSink
  ) throws(DecodeError) {
    var reader = ByteReader(bytes)
    try reader.skip(12, "Ethernet addresses")
    try network(try reader.readUInt16("EtherType"), reader.rest, depth: depth, into: &sink)
  }

  /// What an EtherType announces.
  mutating func network(
    _ type: UInt16, _ bytes: Span<UInt8>, depth: Int, into sink: inout some StreamSink
  ) throws(DecodeError) {
    guard depth < limits.encapsulationDepth else {
      throw DecodeError(.overLimit, "headers within headers", offset: 0, expected: "\(limits.encapsulationDepth)")
    }
    var reader = ByteReader(bytes)
    switch type {
    case EtherType.ipv4, EtherType.ipv6: try ip(bytes, depth: depth, into: &sink)
    case EtherType.vlan, EtherType.providerVLAN, EtherType.oldProviderVLAN:
      try reader.skip(2, "VLAN tag")
      try network(try reader.readUInt16("EtherType"), reader.rest, depth: depth + 1, into: &sink)
    case EtherType.mpls, EtherType.mplsMulticast: try mpls(bytes, depth: depth, into: &sink)
    case EtherType.pppoeSession:
      try reader.skip(6, "PPPoE header")
      try ppp(reader.rest, depth: depth, into: &sink)
    case EtherType.transparentEthernet: try ethernet(bytes, depth: depth + 1, into: &sink)
    case EtherType.erspan2:
      try reader.skip(8, "ERSPAN header")
      try ethernet(reader.rest, depth: depth + 1, into: &sink)
    case EtherType.erspan3:
      try reader.skip(11, "ERSPAN III header")
      // The O bit announces 8 bytes more.
      let flags = try reader.readUInt8("ERSPAN III flags")
      if flags & 1 != 0 { try reader.skip(8, "ERSPAN III subheader") }
      try ethernet(reader.rest, depth: depth + 1, into: &sink)
    case 0...1500:
      // A length: IEEE 802.3 with LLC; SNAP (AA AA 03) carries an EtherType.
      guard reader.remaining >= 8, reader.peek() == 0xaa, reader.peek(1) == 0xaa, reader.peek(2) == 3 else { return }
      try reader.skip(6, "SNAP header")
      let inner = try reader.readUInt16("EtherType")
      guard inner > 1500 else { return }
      try network(inner, reader.rest, depth: depth + 1, into: &sink)
    default: return
    }
  }

  /// BSD loopback: the address family in the capturing machine's byte order (NULL) or big-endian (LOOP).
  private mutating func loopback(
    _ bytes: Span<UInt8>, depth: Int, into sink: inout some StreamSink
  ) throws(DecodeError) {
    var reader = ByteReader(bytes)
    let family = try reader.readUInt32("address family")
    let families: Set<UInt32> = [2, 10, 24, 28, 30]
    guard families.contains(family) || families.contains(family.byteSwapped) else { return }
    try ip(reader.rest, depth: depth, into: &sink)
  }

  /// PPP, with or without address and control bytes and with compressed protocol numbers (RFC 1661 §2, §6.5).
  private mutating func ppp(
    _ bytes: Span<UInt8>, depth: Int, into sink: inout some StreamSink
  ) throws(DecodeError) {
    var reader = ByteReader(bytes)
    if reader.peek() == 0xff, reader.peek(1) == 3 { try reader.skip(2) }
    var type = UInt16(try reader.readUInt8("PPP protocol"))
    if type & 1 == 0 { type = type << 8 | UInt16(try reader.readUInt8("PPP protocol")) }
    switch type {
    case 0x21, 0x57: try ip(reader.rest, depth: depth, into: &sink)
    case 0x281, 0x283: try mpls(reader.rest, depth: depth, into: &sink)
    default: return
    }
  }

  /// A label stack (RFC 3032); what it carries is told by its first nibble, a pseudowire's control word by its zero.
  private mutating func mpls(
    _ bytes: Span<UInt8>, depth: Int, into sink: inout some StreamSink
  ) throws(DecodeError) {
    var reader = ByteReader(bytes)
    for _ in 0..<limits.encapsulationDepth {
      let label = try reader.readUInt32("MPLS label")
      guard label & 0x100 != 0 else { continue }
      guard let first = reader.peek() else { return }
      switch first >> 4 {
      case 4, 6: try ip(reader.rest, depth: depth + 1, into: &sink)
      case 0:
        try reader.skip(4, "pseudowire control word")
        guard depth < limits.encapsulationDepth else { return }
        try ethernet(reader.rest, depth: depth + 1, into: &sink)
      default:
        guard depth < limits.encapsulationDepth, reader.remaining > 14 else { return }
        try ethernet(reader.rest, depth: depth + 1, into: &sink)
      }
      return
    }
    throw DecodeError(.overLimit, "MPLS labels", offset: reader.offset)
  }
}
