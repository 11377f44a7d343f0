/// The case as the reconciliation of servers' logs needs it, within the transaction of an ingest.
public protocol ReconciliationStore {
  /// Rows and formats of the logs that the case has, in the order in which they came.
  func serverLogs() throws -> [(number: Int64, format: String)]
  /// What the log tells, in its order.
  func forEachServerRecord(of log: Int64, _ body: (StoredServerRecord) throws -> Void) throws
  /// Sessions with all their actions, in a stable order; one at a time is in memory.
  func forEachSession(_ body: (_ number: Int64, Session, [Action]) throws -> Void) throws
  /// What is known of a session that has no column of its own.
  func facts(ofSession number: Int64) throws -> [(name: String, value: String)]
  /// The heads of a request and its response, by the action's row.
  func callHead(ofAction number: Int64) throws -> CallHead?
  /// Rows of sessions of which something that the client sent is missing.
  func sessionsWithGaps() throws -> Set<Int64>
  /// When the captures begin and end; empty without captures.
  func captureSpans() throws -> [(from: Timestamp, through: Timestamp)]
  /// Takes the place of all that was found before.
  func replaceReconciliation(_ found: [LogReconciliation]) throws
  /// Takes the sessions of logs out of the case, with all that hangs on them.
  func removeServerSessions() throws
  /// Writes sessions that only logs tell of, in the place of those that were there.
  ///
  /// - Parameters:
  ///   - sources: rows of the logs; an origin's source is such a row.
  ///   - write: writes them, and says which they are.
  /// - Throws: what `write` throws, or that the case cannot be written.
  func replaceServerSessions(sources: [Int64], _ write: (any CaseWriting) throws -> [ServerSession]) throws
}

/// A session that is in the case because a log tells of it and no capture shows it.
public struct ServerSession: Sendable, Hashable {
  /// Its row.
  public var number: Int64
  public var outcome: RecordOutcome
  /// The row of the captured session that hides it.
  public var captured: Int64?
  public var reason: String

  public init(number: Int64, outcome: RecordOutcome, captured: Int64?, reason: String) {
    self.number = number
    self.outcome = outcome
    self.captured = captured
    self.reason = reason
  }
}

/// What was found of one log.
public struct LogReconciliation: Sendable {
  /// The row of its source.
  public var log: Int64
  public var servers: [String]
  public var clock: ServerLog.Clock?
  public var pairings: [RecordPairing]
  public var untold: [UntoldAction]
  public var coveredCount: Int
  public var unloggedCount: Int

  public init(
    log: Int64, servers: [String] = [], clock: ServerLog.Clock? = nil, pairings: [RecordPairing] = [],
    untold: [UntoldAction] = [], coveredCount: Int = 0, unloggedCount: Int = 0
  ) {
    self.log = log
    self.servers = servers
    self.clock = clock
    self.pairings = pairings
    self.untold = untold
    self.coveredCount = coveredCount
    self.unloggedCount = unloggedCount
  }
}
