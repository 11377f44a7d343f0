/// Bounds on what the parser believes and holds.
enum PostgresLimits {
  /// The server refuses larger start-up packets (MAX_STARTUP_PACKET_LENGTH in its source).
  static let startupLength = 10_000
  /// The server's own bound on messages that may be large (PQ_LARGE_MESSAGE_LIMIT: MaxAllocSize, 1 GiB - 1).
  static let messageLength = (1 << 30) - 1
  /// The server's bound on all others (PQ_SMALL_MESSAGE_LIMIT).
  static let smallMessageLength = 10_000
  /// PG_MAX_AUTH_TOKEN_LENGTH, the largest of the answers to an authentication request.
  static let authenticationLength = 65_535 + 4

  /// Bytes of one message that are held in memory, so also of a statement's text; the rest of a larger one is counted.
  static let heldLength = 16 << 20
  /// The same for a row when fewer bytes than this are kept of a result: a larger row is counted and hashed.
  static let heldRowLength = 64 << 10
  /// CopyData messages up to this are taken whole; larger ones pass through.
  static let heldCopyLength = 64 << 10

  /// Requests that wait for their answers: what a pipelining client may have in flight.
  static let pendingRequests = 50_000
  /// Bytes of those requests.
  static let pendingBytes = 64 << 20
  /// Requests that wait while nothing at all came from the server: half a capture.
  static let unansweredRequests = 512
  /// Exchanges held until the ReadyForQuery that ends their cycle, and bytes of them.
  static let cycleExchanges = 1_024
  static let cycleBytes = 8 << 20

  /// Prepared statements of a session, and bytes of their text; the oldest is forgotten first.
  static let prepared = 20_000
  static let preparedBytes = 64 << 20
  /// Portals of a session, and bytes bound to them.
  static let portals = 20_000
  static let portalBytes = 64 << 20

  /// Notices kept of one exchange, and bytes of them.
  static let notices = 100
  static let noticeBytes = 1 << 20
  /// Results of one simple query.
  static let results = 10_000
  /// Start-up parameters of one packet.
  static let startupParameters = 1_000
  /// Encryption requests that a client may send before the first is answered.
  static let encryptionRequests = 4

  /// The longest message that a search for a boundary waits for.
  static let searchedMessageLength = 256 << 10
  /// Bytes that one decision of a search may need; also the most that it holds.
  static let searchWindow = 512 << 10

  /// Anomalies of one flow that are listed one by one.
  static let anomalies = 1_000
}
