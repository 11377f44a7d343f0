/// Bounds on what the parser believes and holds.
enum PostgresLimits {
  /// The server refuses larger start-up packets (MAX_STARTUP_PACKET_LENGTH in its source).
  static let startupLength = 10_000
  /// The server's own bound on messages that may be large (PQ_LARGE_MESSAGE_LIMIT: MaxAllocSize, 1 GiB - 1).
  static let messageLength = (1 << 30) - 1
  /// The server's bound on all others (PQ_SMALL_MESSAGE_LIMIT).
  static let smallMessageLength = 10_000
  /// Bytes of one message that are held in memory; the rest of a larger one is counted and passed over.
  static let heldLength = 16 << 20
  /// The same for rows and COPY data, which pass through.
  static let heldRowLength = 1 << 20
  /// Requests that wait for their answers.
  static let pendingRequests = 50_000
  /// The same while nothing at all came from the server: half a capture.
  static let unansweredRequests = 512
  /// Exchanges held until the ReadyForQuery that ends their cycle.
  static let cycleExchanges = 1_024
  static let cycleBytes = 8 << 20
  /// Prepared statements and portals of a session.
  static let prepared = 20_000
  static let portals = 20_000
  /// Columns and parameters of one message: 16 bits on the wire.
  static let fields = 65_535
  /// Notices kept of one exchange.
  static let notices = 100
  /// Bytes that are searched for the next message after a gap.
  static let searchWindow = 256 << 10
  /// Results of one simple query.
  static let results = 10_000
}
