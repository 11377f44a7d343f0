/// An HTTP request with its response, and the messages that followed on the same stream.
public struct Call: Sendable {
  public var head: CallHead
  /// Nil when there was none.
  public var requestBody: CallBody?
  public var responseBody: CallBody?
  /// Messages in time (WebSocket, server-sent events, gRPC): a payload of layout `records`. Nil when there were none.
  public var records: Payload?
  /// What the connection or stream was switched to: `websocket`, `h2c`, `connect`, or the Upgrade field's value.
  public var upgrade: String?
  /// What it was to git, when it was one of git's.
  public var repository: RepositoryExchange?
  /// Time of the request's last byte, where it was seen.
  public var requestEndedAt: Timestamp?

  public init(head: CallHead) { self.head = head }
}
