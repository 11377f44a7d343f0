/// Where a noun was seen: every claim can be followed to bytes by it.
public struct Origin: Hashable, Sendable {
  /// Ordinal of the source in this ingest (0 is the first); the case file resolves it to the source's digest.
  public var source: UInt32
  /// Number of the packet in its source, from 1 as Wireshark counts; 0 when unknown.
  public var packet: UInt64
  /// Bytes from the start of that direction of the flow as far as it was seen; gaps count.
  public var offset: UInt64

  public init(source: UInt32, packet: UInt64, offset: UInt64 = 0) {
    self.source = source
    self.packet = packet
    self.offset = offset
  }

  public static let unknown = Origin(source: 0, packet: 0)
}
