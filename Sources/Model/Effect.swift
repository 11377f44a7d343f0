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
}
