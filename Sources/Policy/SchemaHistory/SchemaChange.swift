public import Model

/// One thing that an action did to one object of a schema.
public struct SchemaChange: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case create
    case add
    case alter
    case rename
    /// To another schema.
    case move
    case grant
    case revoke
    case drop
  }

  public var kind: Kind
  /// In a few words, where the kind does not say it all: `type integer → bigint`, `was total`.
  public var detail: String?
  public var actionID: String
  public var at: Timestamp
  /// Whether its transaction was committed is not in the evidence.
  public var isUndecided: Bool
}

/// An object, and all that was done to it, in order of time.
public struct SchemaEntry: Sendable, Hashable {
  /// As it is now, or was when it was dropped.
  public var object: SchemaObject
  public var changes: [SchemaChange]
  /// Names of the table's columns that it is about: those of an index, a constraint, a grant.
  public var columns: [String]
  /// A captured action made it; else it was there before, and is known by what was done to it.
  public var isMade: Bool
  public var isDropped: Bool

  /// The last action that made or changed it.
  public var last: SchemaChange? { changes.last }
}
