/// What reassembly saw, for reports.
public struct StreamCounts: Sendable, Hashable {
  public var packets: UInt64 = 0
  public var segments: UInt64 = 0
  /// Packets that carry no TCP: ARP, UDP, ICMP, unknown link types.
  public var otherPackets: UInt64 = 0
  /// Packets whose headers are cut or damaged.
  public var unreadablePackets: UInt64 = 0
  public var fragments: UInt64 = 0
  /// The same packet captured again.
  public var duplicates: UInt64 = 0
  /// Segments that repeat delivered bytes and are no duplicates.
  public var retransmissions: UInt64 = 0
  public var retransmittedBytes: UInt64 = 0
  public var outOfOrder: UInt64 = 0
  public var overlapConflicts: UInt64 = 0
  public var gaps: UInt64 = 0
  public var missingBytes: UInt64 = 0
  public var flows: UInt64 = 0
  public var evictedFlows: UInt64 = 0
  /// Late packets of flows that were over.
  public var strayPackets: UInt64 = 0

  public init() {}
}
