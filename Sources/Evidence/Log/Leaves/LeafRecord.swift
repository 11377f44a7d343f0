import Bytes

/// What a leaf says, by its kind.
public enum LeafRecord: Hashable, Sendable {
  case open(LeafOpening)
  case extent(LeafExtent)
  case heartbeat(LeafHeartbeat)
  case config(LeafConfiguration)
  case decision(LeafDecision)
  case deletion(LeafDeletion)
  case lost(LeafLoss)
  case close(LeafClosing)
  case epoch(LeafEpoch)
  case clock(LeafClockStep)
  /// A kind that this version does not know: it counts as told, and is not judged.
  case other(String)

  /// `open`, `extent`, …
  public var kind: String {
    if case .other(let kind) = self { return kind }
    return content.map { type(of: $0).kind } ?? ""
  }

  private var content: (any LeafContent)? {
    switch self {
    case .open(let content): content
    case .extent(let content): content
    case .heartbeat(let content): content
    case .config(let content): content
    case .decision(let content): content
    case .deletion(let content): content
    case .lost(let content): content
    case .close(let content): content
    case .epoch(let content): content
    case .clock(let content): content
    case .other: nil
    }
  }

  func write(to json: inout JSONWriter) { content?.write(to: &json) }

  init(kind: String, _ fields: LeafFields) throws(LeafError) {
    switch kind {
    case LeafOpening.kind: self = .open(try LeafOpening(fields))
    case LeafExtent.kind: self = .extent(try LeafExtent(fields))
    case LeafHeartbeat.kind: self = .heartbeat(try LeafHeartbeat(fields))
    case LeafConfiguration.kind: self = .config(try LeafConfiguration(fields))
    case LeafDecision.kind: self = .decision(try LeafDecision(fields))
    case LeafDeletion.kind: self = .deletion(try LeafDeletion(fields))
    case LeafLoss.kind: self = .lost(try LeafLoss(fields))
    case LeafClosing.kind: self = .close(try LeafClosing(fields))
    case LeafEpoch.kind: self = .epoch(try LeafEpoch(fields))
    case LeafClockStep.kind: self = .clock(try LeafClockStep(fields))
    default: self = .other(kind)
    }
  }
}
