import GRDB
public import Model

extension CaseFile {
  /// The conversations in order of time; none of a case that was made before they were kept.
  public func conversations() throws -> [StoredConversation] {
    try read { database in
      guard try database.tableExists("conversation") else { return [] }
      return try Row.fetchAll(database, sql: "SELECT * FROM conversations ORDER BY started_ns, id").map {
        StoredConversation(row: $0)
      }
    }
  }

  /// How far the clocks of transcripts run ahead of the captures', by path.
  public func clockOffsets() throws -> [StoredClockOffset] {
    try read { database in
      guard try database.tableExists("clock_offset") else { return [] }
      return try Row.fetchAll(database, sql: "SELECT * FROM clock_offsets ORDER BY path, source_id").map { row in
        StoredClockOffset(
          sourceID: row["source_id"], nanoseconds: row["offset_ns"], spread: row["spread_ns"],
          anchorCount: row["anchors"])
      }
    }
  }
}

extension StoredConversation {
  init(row: Row) {
    self.init(id: row["id"], startedAt: Timestamp(nanoseconds: row["started_ns"]))
    nativeID = row["native_id"]
    parentID = row["parent_id"]
    link = (row["link"] as String?).flatMap { Conversation.Link(rawValue: $0) }
    parentCallID = row["parent_call_id"]
    agent = row["agent"]
    model = row["model"]
    human = row["human"]
    sourceID = row["source_id"]
    // A case of an older version has no such columns.
    guard row.hasColumn("clock") else { return }
    agentVersion = row["agent_version"]
    workingDirectory = row["working_directory"]
    clock = Conversation.Clock(rawValue: row["clock"]) ?? .utc
  }
}
