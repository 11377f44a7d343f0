import Foundation
import GRDB
public import Model

extension CaseCorrelation: ReconciliationStore {
  public func serverLogs() throws -> [(number: Int64, format: String)] {
    try Row.fetchAll(
      database,
      sql: "SELECT n, kind FROM source WHERE n IN (SELECT DISTINCT source FROM server_record) ORDER BY n"
    ).map { ($0[0], $0[1]) }
  }

  public func forEachServerRecord(of log: Int64, _ body: (StoredServerRecord) throws -> Void) throws {
    let rows = try Row.fetchCursor(
      database, sql: StoredServerRecord.select + " WHERE r.source = ? ORDER BY r.line, r.part, r.n", arguments: [log])
    while let row = try rows.next() { try body(StoredServerRecord(row: row)) }
  }

  public func sessionsWithGaps() throws -> Set<Int64> {
    try Set(Int64.fetchAll(database, sql: "SELECT DISTINCT session FROM gap WHERE direction = 0"))
  }

  public func captureSpans() throws -> [(from: Timestamp, through: Timestamp)] {
    try Row.fetchAll(
      database,
      sql: "SELECT first_ns, last_ns FROM source WHERE packets > 0 AND first_ns IS NOT NULL AND last_ns IS NOT NULL"
    ).map { (Timestamp(nanoseconds: $0[0]), Timestamp(nanoseconds: $0[1])) }
  }

  public func replaceReconciliation(_ found: [LogReconciliation]) throws {
    try database.execute(sql: "DELETE FROM record_pairing; DELETE FROM server_log; DELETE FROM untold_action")
    let pairing = try BulkInsert(
      database, into: "record_pairing(record, outcome, action, session, offset_ns, reason)", columns: 6)
    let log = try database.makeStatement(sql: "INSERT INTO server_log VALUES (?, ?, ?, ?, ?, ?, ?)")
    let untold = try BulkInsert(database, into: "untold_action(action, log)", columns: 2)
    for entry in found {
      for pair in entry.pairings {
        try pairing.insert { row in
          row.add(pair.record)
          row.add(pair.outcome.rawValue)
          row.add(pair.action)
          row.add(pair.session)
          row.add(pair.offset)
          row.add(pair.reason)
        }
      }
      for action in entry.untold {
        try untold.insert { row in
          row.add(action.action)
          row.add(action.log)
        }
      }
      try log.execute(arguments: [
        entry.log, JSONText.array(entry.servers), entry.clock?.offset, entry.clock?.spread, entry.clock?.pairCount,
        entry.coveredCount, entry.unloggedCount,
      ])
    }
  }

  public func replaceServerSessions(
    sources: [Int64], _ write: (any CaseWriting) throws -> [ServerSession]
  ) throws {
    try removeServerSessions()
    guard !sources.isEmpty else { return }
    let writer = try CaseWriter(database)
    for source in sources { writer.assign(ordinal: UInt32(clamping: source), to: source) }
    let sessions = try write(writer)
    try writer.finish()
    let statement = try database.makeStatement(sql: "INSERT INTO server_session VALUES (?, ?, ?, ?)")
    for session in sessions {
      try statement.execute(arguments: [session.number, session.outcome.rawValue, session.captured, session.reason])
    }
  }

  /// Takes the sessions of logs out of the case, with all that hangs on them.
  public func removeServerSessions() throws {
    guard try Bool.fetchOne(database, sql: "SELECT EXISTS(SELECT 1 FROM server_session)") ?? false else { return }
    // A writer shares no row of `statement` with what was there before it.
    try database.execute(
      sql: """
        CREATE TEMP TABLE leaving AS SELECT n FROM search_entry
          WHERE instr(ref_id, '.') > 0 AND substr(ref_id, 1, instr(ref_id, '.') - 1) IN
            (SELECT s.id FROM session s JOIN server_session v ON v.session = s.n);
        DELETE FROM search WHERE rowid IN (SELECT n FROM leaving);
        DELETE FROM search_entry WHERE n IN (SELECT n FROM leaving);
        DROP TABLE leaving;
        DELETE FROM statement WHERE n IN (SELECT a.statement FROM action a JOIN server_session v ON a.n >> 32 = v.session);
        DELETE FROM attribution WHERE action >> 32 IN (SELECT session FROM server_session);
        DELETE FROM secret WHERE session IN (SELECT session FROM server_session);
        DELETE FROM segment WHERE session IN (SELECT session FROM server_session);
        DELETE FROM action WHERE n >> 32 IN (SELECT session FROM server_session);
        DELETE FROM session WHERE n IN (SELECT session FROM server_session);
        DELETE FROM server_session;
        """)
  }
}
