/// A request with all its responses, as a parser gives it.
public struct Exchange: Sendable {
  /// The closed set of shapes: Replay and Reports switch over it and never meet a new protocol.
  public enum Shape: Sendable {
    case login(Login)
    case statement(Statement)
    /// An HTTP request with its response. Boxed, because it is larger than all the others.
    indirect case call(Call)
    /// A program or shell on the other side.
    indirect case command(Command)
    /// Something done to a file by a file transfer protocol.
    indirect case file(FileOperation)
    /// A connection carried inside this one; what went through it is a session of its own.
    case forwarding(Forwarding)
    /// A fetch or push of git.
    indirect case repository(RepositoryExchange)
    case cancellation(Cancellation)
    case notification(Notification)
    /// A named event that carries no more than its name and text: `terminate`, `listen`, …
    case marker(Marker)
    /// Bytes that cannot be looked into: encrypted, replication, unknown.
    case opaque(Opaque)
  }

  public var shape: Shape
  /// Time of the request's first byte.
  public var startedAt: Timestamp
  /// Time of the response's first byte.
  public var firstResponseAt: Timestamp?
  /// Time of the response's last byte.
  public var endedAt: Timestamp?
  /// Where the request begins; of the response when the request was not captured.
  public var origin: Origin
  /// Bytes on the wire from the client that belong to it.
  public var requestByteCount: UInt64
  /// Bytes on the wire from the server that belong to it.
  public var responseByteCount: UInt64
  /// Nil when all of it was seen; else why not, in a few words: `gap of 1,448 bytes in the response`.
  public var incompleteReason: String?

  public init(
    shape: Shape, startedAt: Timestamp, firstResponseAt: Timestamp? = nil, endedAt: Timestamp? = nil, origin: Origin,
    requestByteCount: UInt64 = 0, responseByteCount: UInt64 = 0, incompleteReason: String? = nil
  ) {
    self.shape = shape
    self.startedAt = startedAt
    self.firstResponseAt = firstResponseAt
    self.endedAt = endedAt
    self.origin = origin
    self.requestByteCount = requestByteCount
    self.responseByteCount = responseByteCount
    self.incompleteReason = incompleteReason
  }
}
