/// Something that a log tells of itself, and that a person should know; it does not speak against the log.
public struct LogFinding: Hashable, Sendable {
  public enum Kind: String, Sendable {
    /// More time passed between two leaves than `open` promised.
    case gap = "heartbeat-gap"
    /// The clock on the wall was set back.
    case clock = "clock-step"
    /// Something is not in the recording.
    case loss = "loss"
    /// A run ended without `close`.
    case unclosed = "unclosed-run"
    /// Leaves that a crash left unsigned, and that are not in the log.
    case dropped = "dropped-leaves"
    /// A segment that was deleted, with a leaf that says so.
    case deleted = "deleted-segment"
    /// A kind of leaf that this version does not know.
    case unknown = "unknown-leaf"
    /// The list of checkpoints ends within one, as after a crash.
    case torn = "torn-checkpoint"
  }

  public var kind: Kind
  /// The leaf that tells it.
  public var leaf: UInt64
  public var detail: String

  init(_ kind: Kind, _ leaf: UInt64, _ detail: String) {
    self.kind = kind
    self.leaf = leaf
    self.detail = detail
  }
}
