import Bytes
import Model

/// What cloud mirroring and overlay networks wrap around packets.
extension Reassembler {
  private enum Port {
    /// RFC 7348 §5, and what Linux used before.
    static let vxlan: Set<UInt16> = [4789, 8472]
    /// RFC 8926 §3.3.
    static let geneve: UInt16 = 6081
  }

  /// UDP is looked into only where it carries Ethernet; damage there is that of a tunnel that was none.
  mutating func udp(_ bytes: Span<UInt8>, depth: Int, into sink: inout some StreamSink) throws(DecodeError) {
    var reader = ByteReader(bytes)
    try reader.skip(2, "source port")
    let port = try reader.readUInt16("destination port")
    try reader.skip(4, "length and checksum")
    guard depth < limits.encapsulationDepth else { return }
    if Port.vxlan.contains(port) {
      // Flags with the I bit, 24 reserved bits, 24 bits of network, 8 reserved bits (RFC 7348 §5).
      guard reader.remaining >= 8, let flags = reader.peek(), flags & 0x08 != 0, reader.peek(7) == 0 else { return }
      try reader.skip(8, "VXLAN header")
      try ethernet(reader.rest, depth: depth + 1, into: &sink)
    } else if port == Port.geneve {
      let first = try reader.readUInt8("Geneve version and option length")
      guard first >> 6 == 0 else { return }
      try reader.skip(1, "Geneve flags")
      let type = try reader.readUInt16("Geneve protocol type")
      try reader.skip(4 + Int(first & 0x3f) * 4, "Geneve options")
      try network(type, reader.rest, depth: depth + 1, into: &sink)
    }
  }

  /// RFC 2784, RFC 2890; version 1 (PPTP, RFC 2637) carries PPP.
  mutating func gre(_ bytes: Span<UInt8>, depth: Int, into sink: inout some StreamSink) throws(DecodeError) {
    guard depth < limits.encapsulationDepth else { return }
    var reader = ByteReader(bytes)
    let flags = try reader.readUInt16("GRE flags")
    let type = try reader.readUInt16("GRE protocol type")
    if flags & 7 == 1 {
      guard type == 0x880b else { return }
      try reader.skip(4, "GRE key")
      if flags & 0x1000 != 0 { try reader.skip(4, "GRE sequence number") }
      if flags & 0x0080 != 0 { try reader.skip(4, "GRE acknowledgement number") }
      guard !reader.isAtEnd else { return }
      return try link(.ppp, reader.rest, depth: depth + 1, into: &sink)
    }
    guard flags & 7 == 0 else { return }
    if flags & 0xc000 != 0 { try reader.skip(4, "GRE checksum") }
    if flags & 0x2000 != 0 { try reader.skip(4, "GRE key") }
    let hasSequence = flags & 0x1000 != 0
    if hasSequence { try reader.skip(4, "GRE sequence number") }
    // ERSPAN type I has no header of its own and no sequence number.
    if type == 0x88be, !hasSequence { return try ethernet(reader.rest, depth: depth + 1, into: &sink) }
    try network(type, reader.rest, depth: depth + 1, into: &sink)
  }
}
