/// What a server answered to one statement.
public struct StatementResult: Sendable {
  public enum Outcome: Sendable, Hashable {
    /// CommandComplete with this tag: `UPDATE 3`.
    case completed(tag: String)
    /// EmptyQueryResponse.
    case empty
    /// PortalSuspended: the row limit was reached.
    case suspended
    case failed(ServerMessage)
    /// The end of it was not captured.
    case unknown
  }

  public var outcome: Outcome
  /// Rows returned (DataRow messages or COPY rows out), or affected according to the tag when none were returned.
  public var rowCount: UInt64?
  public var columns: [Column]
  /// Layout `rows`; nil when the statement returned no rows.
  public var rows: Payload?
  public var copy: CopyTransfer?
  public var firstResponseAt: Timestamp?
  public var endedAt: Timestamp?

  public init(
    outcome: Outcome, rowCount: UInt64? = nil, columns: [Column] = [], rows: Payload? = nil, copy: CopyTransfer? = nil,
    firstResponseAt: Timestamp? = nil, endedAt: Timestamp? = nil
  ) {
    self.outcome = outcome
    self.rowCount = rowCount
    self.columns = columns
    self.rows = rows
    self.copy = copy
    self.firstResponseAt = firstResponseAt
    self.endedAt = endedAt
  }
}

/// The data of a COPY.
public struct CopyTransfer: Sendable {
  public enum Direction: String, Sendable, Hashable {
    /// Client to server: COPY … FROM STDIN.
    case `in`
    /// Server to client: COPY … TO STDOUT.
    case out
    /// Both ways: streaming replication.
    case both
  }

  public var direction: Direction
  /// The overall format code said binary.
  public var isBinary: Bool
  /// Content of the CopyData messages, joined; layout `text` or `bytes`.
  public var content: Payload
  /// Number of CopyData messages.
  public var messageCount: UInt64
  /// The reason of a CopyFail.
  public var failure: String?

  public init(
    direction: Direction, isBinary: Bool, content: Payload, messageCount: UInt64, failure: String? = nil
  ) {
    self.direction = direction
    self.isBinary = isBinary
    self.content = content
    self.messageCount = messageCount
    self.failure = failure
  }
}
