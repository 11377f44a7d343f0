import GRDB
public import Model

extension CaseFile {
  /// Puts the findings and approvals of a verdict in the place of all that were there.
  public func replaceVerdict(_ verdict: Verdict) throws {
    try StoreError.mapping(path) {
      try queue.write { database in
        try database.execute(sql: "DELETE FROM finding; DELETE FROM approval")
        for finding in verdict.findings {
          try database.execute(
            sql: "INSERT OR REPLACE INTO finding VALUES (?,?,?,?,?,?,?,?)",
            arguments: [
              finding.id, finding.rule, finding.severity.rawValue, finding.sessionID, finding.actionID, finding.title,
              finding.detail, JSONText.array(finding.controls),
            ])
        }
        for approval in verdict.approvals {
          try database.execute(
            sql: "INSERT OR REPLACE INTO approval VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
            arguments: [
              approval.id, approval.actionID, approval.subjectSHA256, approval.approver, approval.key,
              approval.stance?.rawValue, approval.reason, approval.decidedAt?.nanoseconds,
              approval.expiresAt?.nanoseconds, approval.state.rawValue, approval.file, approval.fileSHA256,
            ])
        }
      }
    }
  }

  /// Writes the whole case as one file, without what SQLite keeps beside it.
  public func copy(to path: String) throws {
    try StoreError.mapping(path) { try queue.vacuum(into: path) }
  }

  /// Where secrets were seen, by their keyed hashes, in the order in which they were.
  public func secretSightings() throws -> [SecretSighting] {
    try read { database in
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT x.kind, x.hash, s.id AS session_id, x.seq, coalesce(a.started_ns, s.started_ns) AS at
          FROM secret x LEFT JOIN session s ON s.n = x.session
            LEFT JOIN action a ON a.n = x.session * 4294967296 + x.seq
          ORDER BY x.n LIMIT \(CaseFile.sightingLimit)
          """)
      var found: [SecretSighting] = []
      while let row = try rows.next() {
        let session: String? = row["session_id"]
        let sequence: Int? = row["seq"]
        found.append(
          SecretSighting(
            hash: row["hash"], kind: row["kind"], sessionID: session,
            actionID: session.flatMap { id in sequence.map { "\(id).\($0)" } },
            at: (row["at"] as Int64?).map { Timestamp(nanoseconds: $0) }))
      }
      return found
    }
  }

  /// Sightings that are read; findings tell of the first.
  static let sightingLimit = 1_000_000

  /// Of the last check: the signatures that were weighed for an action, or all of them when nil.
  public func approvals(of actionID: String? = nil) throws -> [Approval] {
    try read { database in
      guard try database.tableExists("approval") else { return [] }
      return try Row.fetchAll(
        database,
        sql:
          "SELECT * FROM approval WHERE ?1 IS NULL OR action_id = ?1 ORDER BY action_id IS NULL, action_id, file, id",
        arguments: [actionID]
      ).map { Approval(row: $0) }
    }
  }
}

extension Approval {
  init(row: Row) {
    self.init(
      id: row["id"], actionID: row["action_id"], subjectSHA256: row["subject_sha256"], approver: row["approver"],
      key: row["key"], stance: (row["decision"] as String?).flatMap { Stance(rawValue: $0) }, reason: row["reason"],
      decidedAt: (row["decided_ns"] as Int64?).map { Timestamp(nanoseconds: $0) },
      expiresAt: (row["expires_ns"] as Int64?).map { Timestamp(nanoseconds: $0) },
      state: State(rawValue: row["state"]) ?? .untrusted, file: row["file"], fileSHA256: row["file_sha256"])
  }
}
