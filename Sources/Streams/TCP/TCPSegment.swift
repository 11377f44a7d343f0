import Bytes
import Model

/// The header of a TCP segment (RFC 9293 §3.1), with where it was seen.
///
///     +-----------------+-----------------+
///     | source port  16 | destination  16 |
///     +-----------------+-----------------+
///     | sequence number                32 |
///     +-----------------------------------+
///     | acknowledgement number         32 |
///     +------+------+-------+-------------+
///     | off 4| res 4| flags | window   16 |
///     +------+------+-------+-------------+
///     | checksum     16 | urgent       16 |
///     +-----------------+-----------------+
struct TCPSegment {
  static let minimumLength = 20

  struct Flags: OptionSet {
    let rawValue: UInt8
    static let fin = Flags(rawValue: 1)
    static let syn = Flags(rawValue: 2)
    static let rst = Flags(rawValue: 4)
    static let ack = Flags(rawValue: 16)
  }

  var from: Endpoint
  var to: Endpoint
  var sequence: UInt32
  var acknowledgement: UInt32
  var flags: Flags
  var window: UInt16
  /// Bytes of header.
  var headerLength: Int
  /// Bytes of payload that the capture cut off.
  var cutLength = 0
  /// Tells a captured-twice packet from a retransmission: the IPv4 identification, 0 for IPv6.
  var datagramID: UInt16 = 0
  var time = Timestamp.epoch
  var origin = Origin.unknown

  init(
    parsing reader: inout ByteReader, from source: IPAddress, to destination: IPAddress
  ) throws(DecodeError) {
    from = Endpoint(address: source, port: try reader.readUInt16("source port"))
    to = Endpoint(address: destination, port: try reader.readUInt16("destination port"))
    sequence = try reader.readUInt32("sequence number")
    acknowledgement = try reader.readUInt32("acknowledgement number")
    headerLength = Int(try reader.readUInt8("data offset") >> 4) * 4
    flags = Flags(rawValue: try reader.readUInt8("flags"))
    window = try reader.readUInt16("window")
    try reader.skip(4, "checksum and urgent pointer")
    guard headerLength >= TCPSegment.minimumLength else {
      throw DecodeError(.outOfRange, "data offset", offset: 12, expected: "at least 5", found: "\(headerLength / 4)")
    }
    try reader.skip(headerLength - TCPSegment.minimumLength, "options")
  }
}
