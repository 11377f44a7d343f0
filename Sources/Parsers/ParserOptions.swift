public import Bytes
public import Model

/// What every parser is told.
public struct ParserOptions: Sendable {
  /// Bytes kept of one side of one exchange.
  public var bodyLimit: Int
  public var secrets: SecretHasher
  public var flow: FlowID
  /// The bytes were encrypted on the wire.
  public var isSecure: Bool
  /// Where objects of git are looked up that a pack builds on.
  public var objects: (any ObjectSource)?
  /// Bounds what the exchanges of all flows hold together; nil when nothing does.
  public var held: HeldContent?

  public init(
    bodyLimit: Int = PayloadBuilder.defaultLimit, secrets: SecretHasher, flow: FlowID, isSecure: Bool = false
  ) {
    self.isSecure = isSecure
    self.bodyLimit = bodyLimit
    self.secrets = secrets
    self.flow = flow
  }
}
