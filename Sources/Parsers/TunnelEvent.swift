public import Model

/// Names a stream inside a flow; unique in its parser.
public struct TunnelID: Hashable, Sendable {
  public var number: UInt32

  public init(_ number: UInt32) { self.number = number }
}

/// What is known of a stream that runs inside a flow when it begins.
public struct Tunnel: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// The same conversation goes on inside: TLS after PostgreSQL's SSLRequest.
    case continuation
    /// A conversation of its own with `server`, as the request named it: `db.internal:5432`.
    case child(server: String)
  }

  public var kind: Kind
  public var openedAt: Timestamp
  public var origin: Origin

  public init(_ kind: Kind, openedAt: Timestamp, origin: Origin) {
    self.kind = kind
    self.openedAt = openedAt
    self.origin = origin
  }
}

/// Bytes that a parser hands on: they go round the pipeline again, to be recognised by their content.
public enum TunnelEvent: Sendable {
  case opened(TunnelID, Tunnel)
  case bytes(TunnelID, [UInt8], from: Direction, at: StreamPosition)
  case gap(TunnelID, Gap, from: Direction, at: StreamPosition)
  case closed(TunnelID, at: StreamPosition)
}
