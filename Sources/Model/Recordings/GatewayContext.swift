/// Whose prompt requests come of from here on, by what the client says: a `context` event. It stands before a request that is
/// of another prompt than the one before.
public struct GatewayContext: Sendable, Hashable {
  /// Bytes that the client had sent before the message with the request.
  public var offset: UInt64
  /// Nothing in it: the request says nothing of a prompt.
  public var context: PromptContext

  public init(offset: UInt64, context: PromptContext) {
    self.offset = offset
    self.context = context
  }
}
