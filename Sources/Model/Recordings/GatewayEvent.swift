/// What a gateway tells beside the bytes that cross it.
public enum GatewayEvent: Sendable, Hashable {
  case opening(SessionOpening)
  case decision(GatewayDecision)
  case approval(GatewayApproval)
  case mask(GatewayMask)
  case context(GatewayContext)
  case agent(AgentEvent)
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
    case .context: "context"
    case .agent: "agent"
    case .closing: "session.close"
    case .heartbeat: "heartbeat"
    case .lost: "recorder.lost"
    case .other(let type): type
    }
  }
}
