/// One thing that a server's own log tells: a witness of what happened that does not depend on a capture.
///
/// What one log spreads over several lines (a statement and its error, a request and its duration) is one record.
public struct ServerRecord: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// A connection was taken.
    case connection
    /// Somebody proved who they are, or failed to.
    case login
    /// A statement, an HTTP request, a call of an API.
    case request
    /// A program or shell that was started for somebody: by sshd, by sudo.
    case command
    /// A connection ended.
    case disconnection
  }

  /// The other end as the server saw it.
  public enum Peer: Sendable, Hashable {
    case unknown
    /// A socket of the server's own machine: no capture of a network shows it.
    case local
    /// An address, or a name where the server resolved it; the port where the log has it.
    case host(String, port: UInt16?)
  }

  /// Where it stands: the source, the number of its first line or record from 1, and that line's first byte.
  public var origin: Origin
  public var kind: Kind
  /// `postgres`, `http`, `ssh`, as of sessions.
  public var protocolName: String
  public var at: Timestamp
  /// `at` is when it was over, as access logs tell; otherwise when it began.
  public var isEnd = false
  /// The step of the log's clock in nanoseconds: 1,000,000,000 where it tells seconds.
  public var precision: Int64
  /// Nanoseconds from begin to end, where the log tells.
  public var duration: Int64?
  /// What the log itself calls the session: `%c` of PostgreSQL, the process of sshd.
  public var sessionKey: String?
  public var peer: Peer
  /// `host:port` or name of the server, where the log has it.
  public var server: String?
  public var user: String?
  /// Database, virtual host, namespace.
  public var target: String?
  public var application: String?
  /// The statement as the client sent it; `METHOD target` of a request (`GET /a?b=c`); the command line.
  public var text: String
  /// How the client asked, in the server's own terms. PostgreSQL: `simple`, `execute`, `fetch`, `fastpath`, `replication`;
  /// `error` of a statement that only its error tells; `audit` of one that only pgaudit tells.
  public var form: String?
  /// The log does not have all of the text.
  public var isCut = false
  /// Values bound to `$1`, `$2`, …, in the server's spelling; nil where the log has none.
  public var parameters: [String?]?
  /// Ids that the wire has too: `Audit-Id`, `x-amzn-RequestId`, `X-Request-Id`, a trace's.
  public var nativeIDs: [String] = []
  public var status: Action.Status
  /// SQLSTATE, HTTP status, exit code.
  public var code: String?
  /// The error's text, the method and key of a login (`publickey ED25519 SHA256:…`), what else a reader needs.
  public var message: String?
  public var rowCount: Int?
  /// Bytes that the server sent as its answer, heads included or not as the log counts.
  public var byteCount: UInt64?

  public init(
    _ kind: Kind, of protocolName: String, at: Timestamp, precision: Int64, peer: Peer = .unknown, text: String,
    status: Action.Status = .ok, origin: Origin
  ) {
    self.kind = kind
    self.protocolName = protocolName
    self.at = at
    self.precision = precision
    self.peer = peer
    self.text = text
    self.status = status
    self.origin = origin
  }
}
