/// An object of a repository, whole.
public struct RepositoryObject: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable {
    case commit
    case tree
    case blob
    case tag
  }

  public var kind: Kind
  /// Without git's own head of kind and length.
  public var bytes: [UInt8]

  public init(_ kind: Kind, _ bytes: [UInt8]) {
    self.kind = kind
    self.bytes = bytes
  }
}

/// Objects that a pack builds on and does not hold: a local clone, or another pack of the same capture.
///
/// What it gives is used for context only; its ids are checked, so a wrong object is no object.
public protocol ObjectSource: Sendable {
  /// The object of that id (40 or 64 lower-case hexadecimal digits), or nil when it is not there or too large to be of use.
  func object(_ id: String) -> RepositoryObject?
}
