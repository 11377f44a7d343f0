import GRDB
public import Model

extension CaseFile {
  /// The conversations in order of their beginnings; none of a case that was made before they were kept.
  public func conversations() throws -> [StoredConversation] {
    try read { database in
      guard try database.tableExists("conversation") else { return [] }
      let offset = try database.tableExists("clock_offset")
      let sql = """
        SELECT c.*, t.id AS call_id, t.conversation AS call_conversation, coalesce(t.at_ns, t.seen_ns) AS call_ns
          \(offset ? ", o.offset_ns" : "")
        FROM conversations c LEFT JOIN tool_call t ON t.native_id = c.parent_call_id
          \(offset ? "LEFT JOIN source s ON s.id = c.source_id LEFT JOIN clock_offset o ON o.source = s.n" : "")
        ORDER BY c.started_ns, c.id
        """
      var found: [StoredConversation] = []
      let rows = try Row.fetchCursor(database, sql: sql)
      while let row = try rows.next() {
        let conversation = StoredConversation(row: row)
        // Ids of calls derive from the native ones, so there is one; a forged case may say otherwise.
        if found.last?.id != conversation.id { found.append(conversation) }
      }
      return found
    }
  }

  /// Calls `body` for each prompt, without its calls: by conversation, and in each by time.
  public func forEachPrompt(_ body: (StoredPrompt) throws -> Void) throws {
    try read { database in
      guard try database.tableExists("prompt") else { return }
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT p.*, s.id AS source_id FROM prompt p LEFT JOIN source s ON s.n = p.source
          ORDER BY p.conversation, coalesce(p.at_ns, p.seen_ns), p.ordinal, p.id
          """)
      while let row = try rows.next() { try body(StoredPrompt(row: row)) }
    }
  }

  /// Calls `body` for each tool call: by conversation, and in each by time; those of one time as their source has them.
  public func forEachToolCall(_ body: (StoredToolCall) throws -> Void) throws {
    try read { database in
      guard try database.tableExists("tool_call") else { return }
      let witness = try database.tableExists("witness")
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT t.*, s.id AS source_id, p.id AS call_id, p.conversation AS call_conversation,
            coalesce(p.at_ns, p.seen_ns) AS call_ns
            \(witness ? ", w.verdict AS witness, w.detail AS witness_detail" : "")
          FROM tool_call t LEFT JOIN source s ON s.n = t.source LEFT JOIN tool_call p ON p.native_id = t.parent_call_id
            \(witness ? "LEFT JOIN witness w ON w.tool_call = t.n" : "")
          ORDER BY t.conversation, coalesce(t.at_ns, t.seen_ns), t.n
          """)
      var last: Int64?
      while let row = try rows.next() {
        let number: Int64 = row["n"]
        if number == last { continue }
        last = number
        var call = StoredToolCall(row: row)
        call.arguments = row["arguments"]
        call.parentCall = CallPlace(joined: row)
        try body(call)
      }
    }
  }

  /// Of one action: to which prompts it goes back, the likeliest first, each with its conversation.
  public func attributionMarks(of actionID: String) throws -> [AttributionMark] {
    guard let dot = actionID.lastIndex(of: "."), let sequence = UInt32(actionID[actionID.index(after: dot)...])
    else { return [] }
    return try read { database in
      guard try database.tableExists("attribution") else { return [] }
      let statement = try database.cachedStatement(
        sql: """
          SELECT a.*, p.id AS prompt_id, t.id AS call_id, coalesce(t.conversation, p.conversation) AS conversation,
            CASE WHEN a.via IS NOT NULL
              THEN (SELECT v.id FROM session v WHERE v.n = a.via >> 32) || '.' || (a.via & 4294967295) END AS via_id
          FROM attribution a LEFT JOIN prompt p ON p.n = a.prompt LEFT JOIN tool_call t ON t.n = a.tool_call
          WHERE a.action = ((SELECT s.n FROM session s WHERE s.id = ?) << 32 | ?) ORDER BY a.rank
          """)
      let arguments: StatementArguments = [String(actionID[..<dot]), Int64(sequence)]
      return try Row.fetchAll(statement, arguments: arguments).map { row in
        var mark = AttributionMark(
          promptID: row["prompt_id"], callID: row["call_id"],
          method: Attribution.Method(rawValue: row["method"]) ?? .time, confidence: row["confidence"],
          reason: row["reason"], isAmbiguous: row["ambiguous"], viaActionID: row["via_id"])
        mark.conversationID = row["conversation"]
        return mark
      }
    }
  }
}

extension CallPlace {
  /// The call that another row was joined with.
  fileprivate init?(joined row: Row) {
    guard let id: String = row["call_id"], let at: Int64 = row["call_ns"] else { return nil }
    self.init(id: id, conversation: row["call_conversation"], at: Timestamp(nanoseconds: at))
  }
}

extension StoredConversation {
  fileprivate init(row: Row) {
    self.init(id: row["id"], startedAt: Timestamp(nanoseconds: row["started_ns"]))
    nativeID = row["native_id"]
    parentID = row["parent_id"]
    link = (row["link"] as String?).flatMap { Conversation.Link(rawValue: $0) }
    parentCall = CallPlace(joined: row)
    agent = row["agent"]
    agentID = row["agent_id"]
    model = row["model"]
    human = row["human"]
    sourceID = row["source_id"]
    guard row.hasColumn("clock") else { return }
    agentVersion = row["agent_version"]
    workingDirectory = row["working_directory"]
    clock = Conversation.Clock(rawValue: row["clock"]) ?? .utc
    if row.hasColumn("offset_ns") { clockOffset = row["offset_ns"] }
  }
}
