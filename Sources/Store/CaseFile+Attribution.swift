import GRDB
public import Model

extension CaseFile {
  /// Whether the case says anything of prompts behind actions: one made before that did not.
  private func hasAttributions(_ database: Database) throws -> Bool { try database.tableExists("attribution") }

  /// The prompts that an action may go back to, the likeliest first; none when it is nobody's that is known.
  public func attributions(of actionID: String) throws -> [StoredAttribution] {
    guard let place = try place(of: actionID) else { return [] }
    return try read { database in
      guard try hasAttributions(database) else { return [] }
      return try Row.fetchAll(
        database,
        sql: """
          SELECT a.*, p.id AS prompt_id, t.id AS tool_call_id,
            CASE WHEN a.via IS NOT NULL
              THEN (SELECT v.id FROM session v WHERE v.n = a.via >> 32) || '.' || (a.via & 4294967295) END AS via_id
          FROM attribution a LEFT JOIN prompt p ON p.n = a.prompt LEFT JOIN tool_call t ON t.n = a.tool_call
          WHERE a.action = ? ORDER BY a.rank
          """, arguments: [place]
      ).map { row in
        let prompt = try (row["prompt_id"] as String?).flatMap { id in
          try Row.fetchOne(database, sql: "SELECT * FROM prompts WHERE id = ?", arguments: [id])
        }
        let call = try (row["tool_call_id"] as String?).flatMap { id in
          try Row.fetchOne(database, sql: "SELECT * FROM tool_calls WHERE id = ?", arguments: [id])
        }
        return StoredAttribution(
          actionID: actionID, prompt: prompt.map { StoredPrompt(row: $0) }, call: call.map { StoredToolCall(row: $0) },
          method: Attribution.Method(rawValue: row["method"]) ?? .time, confidence: row["confidence"],
          reason: row["reason"], isAmbiguous: row["ambiguous"], rank: row["rank"], viaActionID: row["via_id"])
      }
    }
  }

  public func attributionMarks() throws -> [String: [AttributionMark]]? {
    try read { database in
      guard try hasAttributions(database),
        try Bool.fetchOne(database, sql: "SELECT EXISTS(SELECT 1 FROM tool_call)") == true
      else { return nil }
      var marks: [String: [AttributionMark]] = [:]
      let rows = try Row.fetchCursor(database, sql: "SELECT * FROM attributions ORDER BY action_id, rank")
      while let row = try rows.next() {
        marks[row["action_id"], default: []].append(
          AttributionMark(
            promptID: row["prompt_id"], callID: row["tool_call_id"],
            method: Attribution.Method(rawValue: row["method"]) ?? .time, confidence: row["confidence"],
            reason: row["reason"], isAmbiguous: row["ambiguous"], viaActionID: row["via_action_id"]))
      }
      return marks
    }
  }

  /// What came of each prompt, by its id; prompts of which nothing came are not among them.
  public func effectsOfPrompts() throws -> [String: PromptEffects] {
    try read { database in
      guard try hasAttributions(database) else { return [:] }
      var effects: [String: PromptEffects] = [:]
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT p.id, t.effect, a.ambiguous, count(*) AS actions,
            sum(CASE WHEN t.effect = 'read' THEN coalesce(x.rows, 0) ELSE 0 END) AS rows
          FROM attribution a JOIN prompt p ON p.n = a.prompt JOIN action x ON x.n = a.action
            JOIN statement t ON t.n = x.statement
          WHERE a.rank = 0 OR a.ambiguous GROUP BY 1, 2, 3
          """)
      while let row = try rows.next() {
        let count: Int = row["actions"]
        let id: String = row["id"]
        if row["ambiguous"] {
          effects[id, default: PromptEffects()].ambiguousCount += count
        } else {
          effects[id, default: PromptEffects()].counts[Effect(rawValue: row["effect"]) ?? .unknown, default: 0] += count
          effects[id, default: PromptEffects()].rowCount += row["rows"] as Int
        }
      }
      return effects
    }
  }

  /// The actions that go back to a prompt, in order of time, with how sure that is.
  public func actions(ofPrompt id: String, limit: Int) throws -> [(
    action: Action, confidence: Double, isAmbiguous: Bool
  )] {
    try read { database in
      guard try hasAttributions(database) else { return [] }
      let found = try Row.fetchAll(
        database,
        sql: """
          SELECT a.action, a.confidence, a.ambiguous FROM attribution a JOIN prompt p ON p.n = a.prompt
            JOIN action x ON x.n = a.action
          WHERE p.id = ? ORDER BY x.started_ns, a.action LIMIT ?
          """, arguments: [id, limit])
      return try found.compactMap { entry in
        try Row.fetchOne(
          database, sql: ActionQuery.select + " WHERE a.n = ?", arguments: [entry["action"] as Int64]
        ).map { (Action(row: $0), entry["confidence"], entry["ambiguous"]) }
      }
    }
  }

  /// How many actions go back to prompts, in all; nil when the case has no transcripts.
  public func attributionCounts() throws -> (attributed: Int, ambiguous: Int, unrecordedChanges: Int)? {
    try read { database in
      guard try hasAttributions(database),
        try Bool.fetchOne(database, sql: "SELECT EXISTS(SELECT 1 FROM tool_call)") == true
      else { return nil }
      let row = try Row.fetchOne(
        database, sql: "SELECT count(*), coalesce(sum(ambiguous), 0) FROM attribution WHERE rank = 0")
      let unrecorded = try Int.fetchOne(
        database,
        sql: """
          SELECT count(*) FROM action x JOIN statement t ON t.n = x.statement
          WHERE t.effect NOT IN ('read', 'session') AND NOT EXISTS (SELECT 1 FROM attribution a WHERE a.action = x.n)
          """)
      guard let row else { return nil }
      return (row[0], row[1], unrecorded ?? 0)
    }
  }
}
