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
          reason: row["reason"], people: JSONText.strings(row["people"]), key: row["key"],
          requestSHA256: row["request_sha256"],
          seenAt: (row["seen_ns"] as Int64?).map { Timestamp(nanoseconds: $0) })
      }
    }
  }

  public func release(of actionID: String) throws -> GatewayRelease? {
    guard let place = try place(of: actionID) else { return nil }
    let arguments: StatementArguments = [place >> 32, place & 0xffff_ffff]
    // A recording that is still open has lost nothing of what is signed.
    let verified = """
      FROM decision d JOIN source s ON s.n = d.source
      WHERE d.session = ? AND d.seq = ? AND s.integrity IN ('intact', 'intact-but-open')
      """
    return try read { database in
      let time = try Int64.fetchOne(
        database, sql: "SELECT max(d.at_ns) \(verified) AND d.kind = 'decision' AND d.outcome = 'approved'",
        arguments: arguments)
      guard let time else { return nil }
      var release = GatewayRelease(at: Timestamp(nanoseconds: time))
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT d.outcome, d.key, d.request_sha256, d.seen_ns \(verified) AND d.kind = 'approval'
            AND d.key IS NOT NULL AND d.request_sha256 IS NOT NULL AND d.seen_ns <= \(time)
          """, arguments: arguments)
      for row in rows {
        guard let stance = Approval.Stance(rawValue: row["outcome"]) else { continue }
        let witness = GatewayRelease.Witness(
          requestSHA256: row["request_sha256"], key: row["key"], stance: stance)
        let seenAt = Timestamp(nanoseconds: row["seen_ns"])
        release.seen[witness] = min(release.seen[witness] ?? seenAt, seenAt)
      }
      return release
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
