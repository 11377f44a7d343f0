/// The end of a connection through a gateway: a `session.close` event.
public struct SessionClosing: Sendable, Hashable {
  /// One line: `client closed`, `target closed`, `recording failed`, …
  public var reason: String
  /// Bytes recorded from the client and from the server.
  public var bytesIn: UInt64
  public var bytesOut: UInt64

  public init(reason: String, bytesIn: UInt64, bytesOut: UInt64) {
    self.reason = reason
    self.bytesIn = bytesIn
    self.bytesOut = bytesOut
  }
}
