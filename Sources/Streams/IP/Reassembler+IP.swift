import Bytes
import Model

/// IPv4, IPv6, and what they carry.
extension Reassembler {
  enum IPProtocol {
    static let hopByHop: UInt8 = 0
    static let ipv4: UInt8 = 4
    static let tcp: UInt8 = 6
    static let udp: UInt8 = 17
    static let ipv6: UInt8 = 41
    static let routing: UInt8 = 43
    static let fragment: UInt8 = 44
    static let gre: UInt8 = 47
    static let authentication: UInt8 = 51
    static let none: UInt8 = 59
    static let destinationOptions: UInt8 = 60
    static let mobility: UInt8 = 135
    static let ethernet: UInt8 = 143
    /// 64 bytes less addresses, type and frame check sequence (IEEE 802.3 §3.2.8).
    static let smallestEthernetPayload = 46
  }

  /// What a datagram's header says of its payload.
  struct Datagram {
    var from: IPAddress
    var to: IPAddress
    var number: UInt8
    /// Bytes of payload that the capture cut off.
    var cutLength: Int
    /// The IPv4 identification, 0 for IPv6.
    var id: UInt16
    /// Its length is that of the smallest Ethernet payload: some devices count the padding in.
    var mayBePadded = false
  }

  mutating func ip(_ bytes: Span<UInt8>, depth: Int, into sink: inout some StreamSink) throws(DecodeError) {
    guard depth < limits.encapsulationDepth else {
      throw DecodeError(.overLimit, "headers within headers", offset: 0, expected: "\(limits.encapsulationDepth)")
    }
    let reader = ByteReader(bytes)
    guard let first = reader.peek() else { throw DecodeError(.truncated, "IP header", offset: 0) }
    switch first >> 4 {
    case 4: try ipv4(bytes, depth: depth, into: &sink)
    case 6: try ipv6(bytes, depth: depth, into: &sink)
    default: throw DecodeError(.mismatch, "IP version", offset: 0, expected: "4 or 6", found: "\(first >> 4)")
    }
  }

  /// RFC 791 §3.1. A total length of zero comes from segmentation offload: then the captured length counts.
  private mutating func ipv4(
    _ bytes: Span<UInt8>, depth: Int, into sink: inout some StreamSink
  ) throws(DecodeError) {
    var reader = ByteReader(bytes)
    let headerLength = Int(try reader.readUInt8("version and header length") & 15) * 4
    try reader.skip(1, "type of service")
    let total = Int(try reader.readUInt16("total length"))
    let id = try reader.readUInt16("identification")
    let fragment = try reader.readUInt16("flags and fragment offset")
    try reader.skip(1, "time to live")
    let number = try reader.readUInt8("protocol")
    try reader.skip(2, "checksum")
    let from = IPAddress(v4: try reader.readUInt32("source address"))
    let to = IPAddress(v4: try reader.readUInt32("destination address"))
    guard headerLength >= 20 else {
      throw DecodeError(.outOfRange, "header length", offset: 0, expected: "at least 20", found: "\(headerLength)")
    }
    try reader.skip(headerLength - 20, "IPv4 options")
    let captured = bytes.count - headerLength
    // Without a length the frame check sequence must go by what the capture file says of it.
    let announced = total == 0 ? captured - (depth == 0 ? header.frameCheckLength : 0) : total - headerLength
    guard announced >= 0 else {
      throw DecodeError(.outOfRange, "total length", offset: 2, expected: "at least \(headerLength)", found: "\(total)")
    }
    let payload = reader.rest.extracting(first: min(announced, captured))
    // On loopback and with offload the snap length, not the header, says how much was on the wire.
    let cutLength = announced - payload.count
    var datagram = Datagram(from: from, to: to, number: number, cutLength: cutLength, id: id)
    datagram.mayBePadded = total == IPProtocol.smallestEthernetPayload
    let offset = Int(fragment & 0x1fff) * 8
    let hasMore = fragment & 0x2000 != 0
    guard offset > 0 || hasMore else { return try transport(datagram, payload, depth: depth, into: &sink) }
    let key = FragmentTable.Key(from: from, to: to, id: UInt32(id), number: number)
    try take(key, datagram, offset: offset, hasMore: hasMore, payload, depth: depth, into: &sink)
  }

  /// RFC 8200 §3, §4.
  private mutating func ipv6(
    _ bytes: Span<UInt8>, depth: Int, into sink: inout some StreamSink
  ) throws(DecodeError) {
    var reader = ByteReader(bytes)
    try reader.skip(4, "version, class and flow label")
    let length = Int(try reader.readUInt16("payload length"))
    var number = try reader.readUInt8("next header")
    try reader.skip(1, "hop limit")
    let from = IPAddress(v6High: try reader.readUInt64("source address"), low: try reader.readUInt64("source address"))
    let to = IPAddress(
      v6High: try reader.readUInt64("destination address"), low: try reader.readUInt64("destination address"))
    let captured = reader.remaining
    let announced = length == 0 ? captured : length
    var rest = ByteReader(reader.rest.extracting(first: min(announced, captured)))
    let cutLength = announced - rest.remaining
    var fragment: (offset: Int, hasMore: Bool, id: UInt32)?
    for _ in 0..<limits.encapsulationDepth {
      switch number {
      case IPProtocol.hopByHop, IPProtocol.routing, IPProtocol.destinationOptions, IPProtocol.mobility:
        number = try rest.readUInt8("next header")
        let units = Int(try rest.readUInt8("extension header length"))
        try rest.skip(6 + units * 8, "extension header")
      case IPProtocol.authentication:
        number = try rest.readUInt8("next header")
        let words = Int(try rest.readUInt8("authentication header length"))
        try rest.skip(words * 4 + 6, "authentication header")
      case IPProtocol.fragment where fragment == nil:
        number = try rest.readUInt8("next header")
        try rest.skip(1, "reserved")
        let field = try rest.readUInt16("fragment offset")
        fragment = (Int(field & 0xfff8), field & 1 != 0, try rest.readUInt32("fragment identification"))
        // What follows is part of the datagram, not a header, in all but the first fragment.
        if field & 0xfff8 != 0 || field & 1 != 0 { break }
      default: break
      }
      if let fragment, fragment.offset > 0 || fragment.hasMore {
        let datagram = Datagram(from: from, to: to, number: number, cutLength: cutLength, id: 0)
        let key = FragmentTable.Key(from: from, to: to, id: fragment.id, number: IPProtocol.fragment)
        return try take(
          key, datagram, offset: fragment.offset, hasMore: fragment.hasMore, rest.rest, depth: depth, into: &sink)
      }
      guard isExtension(number) else { break }
    }
    let datagram = Datagram(from: from, to: to, number: number, cutLength: cutLength, id: 0)
    try transport(datagram, rest.rest, depth: depth, into: &sink)
  }

  private func isExtension(_ number: UInt8) -> Bool {
    switch number {
    case IPProtocol.hopByHop, IPProtocol.routing, IPProtocol.destinationOptions, IPProtocol.mobility,
      IPProtocol.authentication, IPProtocol.fragment:
      true
    default: false
    }
  }

  private mutating func take(
    _ key: FragmentTable.Key, _ datagram: Datagram, offset: Int, hasMore: Bool, _ payload: Span<UInt8>, depth: Int,
    into sink: inout some StreamSink
  ) throws(DecodeError) {
    tcp.counts.fragments += 1
    guard datagram.cutLength == 0 else {
      throw DecodeError(.truncated, "fragment", offset: 0, found: "\(datagram.cutLength) bytes cut off")
    }
    guard
      let whole = fragments.add(
        key, number: datagram.number, offset: offset, hasMore: hasMore, payload, at: header.time)
    else { return }
    var datagram = datagram
    datagram.number = whole.number
    try transport(datagram, whole.bytes.span, depth: depth, into: &sink)
  }

  private mutating func transport(
    _ datagram: Datagram, _ bytes: Span<UInt8>, depth: Int, into sink: inout some StreamSink
  ) throws(DecodeError) {
    var reader = ByteReader(bytes)
    switch datagram.number {
    case IPProtocol.tcp:
      var segment = try TCPSegment(parsing: &reader, from: datagram.from, to: datagram.to)
      segment.cutLength = datagram.cutLength
      segment.datagramID = datagram.id
      segment.time = header.time
      segment.origin = Origin(source: header.source, packet: header.number)
      let isPadding = datagram.mayBePadded && segment.flags == .ack && reader.rest.isZero
      tcp.receive(segment, isPadding ? reader.rest.extracting(first: 0) : reader.rest, into: &sink)
    case IPProtocol.udp: try udp(bytes, depth: depth, into: &sink)
    case IPProtocol.ipv4, IPProtocol.ipv6: try ip(bytes, depth: depth + 1, into: &sink)
    case IPProtocol.gre: try gre(bytes, depth: depth, into: &sink)
    case IPProtocol.ethernet: try ethernet(bytes, depth: depth + 1, into: &sink)
    case IPProtocol.authentication:
      let number = try reader.readUInt8("next header")
      let words = Int(try reader.readUInt8("authentication header length"))
      try reader.skip(words * 4 + 6, "authentication header")
      var inner = datagram
      inner.number = number
      guard depth < limits.encapsulationDepth else { return }
      try transport(inner, reader.rest, depth: depth + 1, into: &sink)
    default: return
    }
  }
}

extension Span where Element == UInt8 {
  /// Nothing but zero bytes.
  fileprivate var isZero: Bool {
    for index in indices where self[index] != 0 { return false }
    return true
  }
}
