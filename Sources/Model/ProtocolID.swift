/// A protocol that we have a parser for; each parser folder adds its own static.
public struct ProtocolID: Hashable, Sendable {
  public let name: String

  public init(_ name: String) { self.name = name }
}
