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

  /// Writes the whole block of a packet of two parts, for which there is room.
  static func write(
    _ head: [UInt8], _ rest: [UInt8], interface: UInt32, at time: Timestamp, into buffer: inout RecordBuffer
  ) {
    let count = head.count &+ rest.count
    let block = packetBlockLength(count)
    let units = UInt64(bitPattern: time.nanoseconds)
    buffer.note(time)
    unsafe buffer.append(block) { out in
      // The padding; what of it is packet is written over.
      unsafe out.storeBytes(of: 0, toByteOffset: block &- 8, as: UInt32.self)
      unsafe little(6, 0, out)
      unsafe little(UInt32(truncatingIfNeeded: block), 4, out)
      unsafe little(interface, 8, out)
      unsafe little(UInt32(truncatingIfNeeded: units >> 32), 12, out)
      unsafe little(UInt32(truncatingIfNeeded: units), 16, out)
      unsafe little(UInt32(truncatingIfNeeded: count), 20, out)
      unsafe little(UInt32(truncatingIfNeeded: count), 24, out)
      unsafe head.withUnsafeBytes {
        unsafe UnsafeMutableRawBufferPointer(rebasing: out[packetHead...]).copyMemory(from: $0)
      }
      unsafe rest.withUnsafeBytes {
        unsafe UnsafeMutableRawBufferPointer(rebasing: out[(packetHead &+ head.count)...]).copyMemory(from: $0)
      }
      unsafe little(UInt32(truncatingIfNeeded: block), block &- 4, out)
    }
  }

  @inline(__always)
  static func little(_ value: UInt32, _ offset: Int, _ out: UnsafeMutableRawBufferPointer) {
    unsafe out.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt32.self)
  }
}
