/// Takes what reassembly gives: for each flow, ordered bytes of each direction, or gaps.
///
/// Calls for one flow come in causal order: the bytes that an end had acknowledged when it sent a piece were delivered
/// before that piece.
public protocol StreamSink {
  mutating func open(_ flow: Flow)
  /// The flow's handshake was seen after all, or its ends were the wrong way round before any byte was delivered.
  mutating func update(_ flow: Flow)
  mutating func receive(_ bytes: Span<UInt8>, of flow: FlowID, from: Direction, at position: StreamPosition)
  mutating func skip(_ gap: Gap, of flow: FlowID, from: Direction, at position: StreamPosition)
  /// One direction ended (FIN), after its last byte was delivered.
  mutating func end(_ flow: FlowID, from: Direction, at position: StreamPosition)
  /// The whole flow is over; nothing follows for it.
  mutating func close(_ flow: FlowID, _ reason: FlowEnd, at position: StreamPosition)
  mutating func report(_ anomaly: Anomaly)
}

/// How a flow ended.
public enum FlowEnd: String, Sendable, Hashable {
  /// FIN in both directions.
  case finished
  /// RST.
  case reset
  /// A new connection took the same addresses and ports.
  case replaced
  /// The capture ended first.
  case captureEnded = "capture-ended"
  /// Idle for longer than the limit, or evicted by the bound on open flows.
  case evicted
}
