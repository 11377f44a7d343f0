import GRDB
public import Model

/// What gateways recorded beside the bytes.
extension CaseFile {
  /// Decisions and approvals of an action, in the order in which they were recorded.
  public func verdicts(of actionID: String) throws -> [StoredVerdict] {
    try read { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT * FROM decisions WHERE action_id = ? ORDER BY source_id, packet", arguments: [actionID])
      return rows.map { row in
        StoredVerdict(
          kind: row["kind"], at: Timestamp(nanoseconds: row["at_ns"]), outcome: row["outcome"], rule: row["rule"],
          reason: row["reason"], people: JSONText.strings(row["people"]), key: row["key"])
      }
    }
  }

  public func releaseTime(of actionID: String) throws -> Timestamp? {
    guard let place = try place(of: actionID) else { return nil }
    return try read { database in
      // A recording that is still open has lost nothing of what is signed.
      try Int64.fetchOne(
        database,
        sql: """
          SELECT max(d.at_ns) FROM decision d JOIN source s ON s.n = d.source
          WHERE d.session = ? AND d.seq = ? AND d.kind = 'decision' AND d.outcome = 'approved'
            AND s.integrity IN ('intact', 'intact-but-open')
          """, arguments: [place >> 32, place & 0xffff_ffff]
      ).map { Timestamp(nanoseconds: $0) }
    }
  }

  /// What a gateway masked in the answers to an action.
  public func inlineMasks(of actionID: String) throws -> [MaskRecord] {
    try read { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT * FROM masks WHERE action_id = ? AND inline ORDER BY rule, class, location, method",
        arguments: [actionID])
      return rows.map { row in
        var record = MaskRecord(rule: row["rule"], dataClass: row["class"], method: row["method"], count: row["count"])
        record.location = row["location"]
        record.isInline = true
        return record
      }
    }
  }
}
