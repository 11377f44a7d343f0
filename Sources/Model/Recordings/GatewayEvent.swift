/// What a gateway tells beside the bytes that cross it.
public enum GatewayEvent: Sendable, Hashable {
  case opening(SessionOpening)
  case decision(GatewayDecision)
  case approval(GatewayApproval)
  case mask(GatewayMask)
  case closing(SessionClosing)
  case heartbeat(RecorderHeartbeat)
  case lost(RecorderLoss)
  /// One that this version does not know, by its type.
  case other(String)

  /// As it is written: `session.open`, `decision`, …
  public var type: String {
    switch self {
    case .opening: "session.open"
    case .decision: "decision"
    case .approval: "approval"
    case .mask: "mask"
    case .closing: "session.close"
    case .heartbeat: "heartbeat"
    case .lost: "recorder.lost"
    case .other(let type): type
    }
  }

  /// It decides over a request, so that it is a leaf of the evidence log too.
  public var isVerdict: Bool {
    switch self {
    case .approval: true
    case .decision(let decision): decision.outcome != .allowed
    case .opening, .mask, .closing, .heartbeat, .lost, .other: false
    }
  }
}
