import GRDB
public import Model

extension CaseFile {
  public func serverLogs() throws -> [ServerLog] {
    try read { database in
      var counts: [String: [RecordOutcome: Int]] = [:]
      var changes: [String: [RecordOutcome: Int]] = [:]
      let effects = Effect.allCases.filter(\.isChange).map { "'\($0.rawValue)'" }.joined(separator: ",")
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT s.id, p.outcome, count(*), sum(r.effect IN (\(effects)) AND r.kind IN ('request', 'command'))
          FROM server_record r JOIN source s ON s.n = r.source JOIN record_pairing p ON p.record = r.n GROUP BY 1, 2
          """)
      while let row = try rows.next() {
        guard let outcome = RecordOutcome(rawValue: row[1]) else { continue }
        counts[row[0], default: [:]][outcome] = row[2]
        changes[row[0], default: [:]][outcome] = row[3]
      }
      return try Row.fetchAll(database, sql: "SELECT * FROM server_logs ORDER BY first_ns, source_id").map { row in
        let id: String = row["source_id"]
        var log = ServerLog(
          sourceID: id, path: row["path"], format: row["format"], servers: JSONText.strings(row["servers"]),
          firstAt: (row["first_ns"] as Int64?).map { Timestamp(nanoseconds: $0) },
          lastAt: (row["last_ns"] as Int64?).map { Timestamp(nanoseconds: $0) }, counts: counts[id] ?? [:],
          changeCounts: changes[id] ?? [:], coveredCount: row["covered"], untoldCount: row["untold"],
          unloggedCount: row["unlogged"])
        if let offset = row["offset_ns"] as Int64? {
          log.clock = ServerLog.Clock(offset: offset, spread: row["spread_ns"] ?? 0, pairCount: row["pairs"] ?? 0)
        }
        return log
      }
    }
  }

  public func forEachServerRecord(
    of sourceID: String?, _ outcomes: Set<RecordOutcome>, _ body: (StoredServerRecord) throws -> Void
  ) throws {
    let names = outcomes.map { "'\($0.rawValue)'" }.sorted().joined(separator: ",")
    try read { database in
      let rows = try Row.fetchCursor(
        database,
        sql: StoredServerRecord.select
          + " WHERE v.outcome IN (\(names)) AND (? IS NULL OR v.source_id = ?) ORDER BY r.source, r.line, r.part, r.n",
        arguments: [sourceID, sourceID])
      while let row = try rows.next() { try body(StoredServerRecord(row: row)) }
    }
  }

  public func untoldActions(limit: Int) throws -> [(actionID: String, sourceID: String)] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT o.id || '.' || (u.action & 4294967295), s.id FROM untold_action u JOIN session o ON o.n = u.action >> 32
          JOIN source s ON s.n = u.log ORDER BY u.action, s.id LIMIT ?
          """, arguments: [limit]
      ).map { ($0[0], $0[1]) }
    }
  }

  public func serverSessions() throws -> [String: RecordOutcome] {
    try read { database in
      let rows = try Row.fetchAll(database, sql: "SELECT session_id, outcome FROM server_sessions")
      return Dictionary(
        rows.compactMap { row in RecordOutcome(rawValue: row[1]).map { (row[0] as String, $0) } },
        uniquingKeysWith: { first, _ in first })
    }
  }
}
