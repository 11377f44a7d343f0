/// What an action did or could do to a resource; not its verb.
public enum Effect: String, Sendable, Hashable, CaseIterable {
  case read
  case write
  case schema
  case privilege
  case execute
  case transfer
  case session
  case unknown

  /// A change is an action whose effect is not `read` or `session`.
  public var isChange: Bool { self != .read && self != .session }

  /// One of its kind in a sentence: `schema change`, of which there may be `2 schema changes`.
  public var noun: String {
    switch self {
    case .read: "read"
    case .write: "write"
    case .schema: "schema change"
    case .privilege: "privilege change"
    case .execute: "execution"
    case .transfer: "transfer"
    case .session: "session statement"
    case .unknown: "unknown effect"
    }
  }
}
