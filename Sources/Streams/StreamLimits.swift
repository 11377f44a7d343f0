/// Bounds on what reassembly holds and waits for.
public struct StreamLimits: Sendable {
  /// Headers around headers: VLAN in VXLAN in GRE ….
  public var encapsulationDepth = 12
  /// Flows open at once; beyond it those idle for longest are set aside.
  public var openFlows = 100_000
  /// Out-of-order bytes held of one flow.
  public var flowBytes = 4 << 20
  /// Out-of-order bytes held of all flows.
  public var totalBytes = 64 << 20
  /// Out-of-order segments held of one flow.
  public var flowSegments = 20_000
  /// Further packets of a flow before a hole in it is declared a gap.
  public var holePackets: UInt64 = 64
  /// Capture time before a hole is declared a gap, in nanoseconds; only once the flow has another packet.
  public var holeNanoseconds: Int64 = 1_000_000_000
  /// Bytes that an acknowledgement alone may declare missing; more is taken for a damaged header.
  public var acknowledgedGap: Int64 = 64 << 20
  /// Delivered bytes of a direction kept to compare retransmissions with.
  public var historyBytes = 16 << 10
  /// The same over all flows; when it is reached, each keeps its part of it.
  public var totalHistoryBytes = 48 << 20
  /// The least that a direction keeps of it once it keeps any.
  static let leastHistory = 256
  /// Capture time for which a finished flow waits for late packets, in nanoseconds.
  public var lingerNanoseconds: Int64 = 2_000_000_000
  /// Finished flows remembered after that, so that a stray packet does not open a ghost.
  public var rememberedFlows = 50_000
  /// Incomplete IP datagrams held, their bytes, and the capture time for which they are.
  public var datagrams = 10_000
  public var datagramBytes = 16 << 20
  public var datagramNanoseconds: Int64 = 30_000_000_000

  public init() {}
}
