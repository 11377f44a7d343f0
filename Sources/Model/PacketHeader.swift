/// What a capture file says of one packet; its bytes are handed along beside it, borrowed.
public struct PacketHeader: Sendable, Hashable {
  /// Ordinal of the source in this ingest.
  public var source: UInt32
  /// Number in its source, from 1.
  public var number: UInt64
  public var time: Timestamp
  public var linkType: LinkType
  /// Interface of the capture (pcapng section-wide running number); 0 in classic pcap.
  public var interface: UInt32
  /// Bytes in the file; equals the length of the span handed along.
  public var capturedLength: Int
  /// Bytes on the wire, at least `capturedLength`; more when a snap length cut the packet.
  public var originalLength: Int
  /// Bytes of frame check sequence at the end of the packet, as far as the file says; 0 when unknown.
  public var frameCheckLength: Int

  public init(
    source: UInt32, number: UInt64, time: Timestamp, linkType: LinkType, interface: UInt32 = 0,
    capturedLength: Int, originalLength: Int, frameCheckLength: Int = 0
  ) {
    self.source = source
    self.number = number
    self.time = time
    self.linkType = linkType
    self.interface = interface
    self.capturedLength = capturedLength
    self.originalLength = originalLength
    self.frameCheckLength = frameCheckLength
  }
}
