import Bytes
import Model

/// The blocks of pcapng that a recording holds (draft-ietf-opsawg-pcapng), little-endian.
enum PcapngBlocks {
  /// Interface of the clients' bytes and of the gateway's events.
  static let trafficInterface: UInt32 = 0
  static let eventInterface: UInt32 = 1
  /// Bytes before and behind the packet of an enhanced packet block.
  static let packetHead = 28
  static let packetTail = 4
  /// `if_snaplen`: no packet is longer.
  static let snapLength: UInt32 = 65_535

  /// What every segment begins with: the section and its two interfaces.
  static func segmentHead() -> [UInt8] {
    var section = ByteWriter()
    section.write(UInt32(0x1A2B_3C4D), littleEndian: true)
    section.write(UInt16(1), littleEndian: true)
    section.write(UInt16(0), littleEndian: true)
    section.write(UInt64.max, littleEndian: true)
    option(4, Array(RecordingFormat.application.utf8), in: &section)
    option(0, [], in: &section)
    return block(0x0A0D_0D0A, section) + interface(.raw, "client") + interface(.exportedPDU, "gateway events")
  }

  /// `if_tsresol` 9: nanoseconds.
  private static func interface(_ type: LinkType, _ name: String) -> [UInt8] {
    var body = ByteWriter()
    body.write(type.number, littleEndian: true)
    body.write(UInt16(0), littleEndian: true)
    body.write(snapLength, littleEndian: true)
    option(2, Array(name.utf8), in: &body)
    option(9, [9], in: &body)
    option(0, [], in: &body)
    return block(1, body)
  }

  private static func option(_ code: UInt16, _ value: [UInt8], in body: inout ByteWriter) {
    body.write(code, littleEndian: true)
    body.write(UInt16(clamping: value.count), littleEndian: true)
    body.write(value)
    body.pad(to: 4)
  }

  private static func block(_ type: UInt32, _ body: ByteWriter) -> [UInt8] {
    var block = ByteWriter()
    let length = UInt32(clamping: body.count + 12)
    block.write(type, littleEndian: true)
    block.write(length, littleEndian: true)
    block.write(body.bytes)
    block.write(length, littleEndian: true)
    return block.bytes
  }

  /// Bytes of the block of a packet of `count` bytes.
  static func packetBlockLength(_ count: Int) -> Int { packetHead + ((count + 3) & ~3) + packetTail }

  /// The whole block of a packet of two parts.
  static func packet(_ head: [UInt8], _ rest: [UInt8], interface: UInt32, at time: Timestamp) -> [UInt8] {
    let count = head.count + rest.count
    let length = packetBlockLength(count)
    let units = UInt64(bitPattern: time.nanoseconds)
    var block = ByteWriter()
    block.write(UInt32(6), littleEndian: true)
    block.write(UInt32(clamping: length), littleEndian: true)
    block.write(interface, littleEndian: true)
    block.write(UInt32(truncatingIfNeeded: units >> 32), littleEndian: true)
    block.write(UInt32(truncatingIfNeeded: units), littleEndian: true)
    block.write(UInt32(clamping: count), littleEndian: true)
    block.write(UInt32(clamping: count), littleEndian: true)
    block.write(head)
    block.write(rest)
    block.pad(to: 4)
    block.write(UInt32(clamping: length), littleEndian: true)
    return block.bytes
  }
}
