import Bytes

/// What a file is, by its first bytes.
enum CaptureKind: String, Sendable {
  case pcap
  case pcapng
  case archive
  case unknown

  /// Bytes that tell.
  static let probeLength = 24

  init(_ head: Span<UInt8>) {
    guard head.count >= 4 else {
      self = .unknown
      return
    }
    let magic = UInt32(head[0]) << 24 | UInt32(head[1]) << 16 | UInt32(head[2]) << 8 | UInt32(head[3])
    if magic == 0x0a0d_0d0a, head.count >= 12, PcapngReader.byteOrder(head.extracting(8..<12)) != nil {
      self = .pcapng
    } else if PcapHeader.magics[magic] != nil {
      self = .pcap
    } else {
      self = .unknown
    }
  }
}
