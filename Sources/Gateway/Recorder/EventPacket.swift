import Bytes
import Model

/// An event as Wireshark exports PDUs (LINKTYPE_WIRESHARK_UPPER_PDU): tags, then what the named dissector is given.
enum EventPacket {
  private enum Tag {
    static let end: UInt16 = 0
    static let dissector: UInt16 = 12
    static let ipv4Source: UInt16 = 20
    static let ipv4Destination: UInt16 = 21
    static let ipv6Source: UInt16 = 22
    static let ipv6Destination: UInt16 = 23
    static let portType: UInt16 = 24
    static let sourcePort: UInt16 = 25
    static let destinationPort: UInt16 = 26
  }
  /// EXP_PDU_PT_TCP.
  private static let tcp: UInt32 = 2

  /// What stands before the JSON in the packet of an event: of a connection, if it belongs to one.
  static func head(ends: (client: Endpoint, gateway: Endpoint)?) -> [UInt8] {
    var packet = ByteWriter()
    tag(Tag.dissector, Array(RecordingFormat.eventDissector.utf8), in: &packet)
    if let (client, gateway) = ends {
      if client.address.isIPv4, gateway.address.isIPv4 {
        tag(Tag.ipv4Source, client.address.octets, in: &packet)
        tag(Tag.ipv4Destination, gateway.address.octets, in: &packet)
      } else {
        tag(Tag.ipv6Source, client.address.longOctets, in: &packet)
        tag(Tag.ipv6Destination, gateway.address.longOctets, in: &packet)
      }
      number(Tag.portType, tcp, in: &packet)
      number(Tag.sourcePort, UInt32(client.port), in: &packet)
      number(Tag.destinationPort, UInt32(gateway.port), in: &packet)
    }
    tag(Tag.end, [], in: &packet)
    return packet.bytes
  }

  private static func number(_ type: UInt16, _ value: UInt32, in packet: inout ByteWriter) {
    packet.write(type)
    packet.write(UInt16(4))
    packet.write(value)
  }

  private static func tag(_ type: UInt16, _ value: [UInt8], in packet: inout ByteWriter) {
    packet.write(type)
    packet.write(UInt16(clamping: (value.count + 3) & ~3))
    packet.write(value)
    packet.pad(to: 4)
  }
}
