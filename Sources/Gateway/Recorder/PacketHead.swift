import Bytes
import Model

/// What the packets of one direction of a connection have in common.
enum PacketHead {
  private static let timeToLive: UInt8 = 64
  private static let tcp: UInt8 = 6
  /// Shifted by the handshake's factor this is far more than a side sends before the other acknowledges.
  private static let window: UInt16 = 65_535

  /// Options of SYN: the largest segment (RFC 9293 §3.7.1), padding, a window factor of 2^14 (RFC 7323 §2.2).
  static let handshakeOptions: [UInt8] = [2, 4, 0x80, 0, 1, 3, 3, 14]

  /// The head of an enhanced packet block, an IP header (RFC 791 §3.1, RFC 8200 §3) and a TCP header (RFC 9293 §3.1);
  /// times, lengths, numbers, flags and checksums zero.
  static func bytes(from source: Endpoint, to destination: Endpoint, isIPv4: Bool) -> [UInt8] {
    var head = ByteWriter()
    head.write(UInt32(6), littleEndian: true)
    head.write(UInt32(0))
    head.write(PcapngBlocks.trafficInterface, littleEndian: true)
    head.write([UInt8](repeating: 0, count: 16))
    if isIPv4 {
      head.write([0x45, 0, 0, 0, 0, 0])
      // Don't fragment.
      head.write(UInt16(0x4000))
      head.write([timeToLive, tcp, 0, 0])
      head.write(source.address.octets)
      head.write(destination.address.octets)
    } else {
      head.write(UInt32(0x6000_0000))
      head.write([0, 0, tcp, timeToLive])
      head.write(source.address.longOctets)
      head.write(destination.address.longOctets)
    }
    head.write(source.port)
    head.write(destination.port)
    head.write([UInt8](repeating: 0, count: 10))
    head.write(window)
    head.write(UInt32(0))
    return head.bytes
  }
}

extension IPAddress {
  /// 4 or 16 bytes in network order.
  var octets: [UInt8] {
    var writer = ByteWriter()
    if isIPv4 {
      writer.write(UInt32(truncatingIfNeeded: low))
    } else {
      writer.write(high)
      writer.write(low)
    }
    return writer.bytes
  }

  /// 16 bytes; an IPv4 address as RFC 4291 §2.5.5.2 maps it.
  var longOctets: [UInt8] { isIPv4 ? [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + octets : octets }
}
