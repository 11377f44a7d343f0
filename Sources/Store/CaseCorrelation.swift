import Bytes
import Foundation
import GRDB
public import Model

/// The case as the attribution needs it, within the transaction of an ingest.
public struct CaseCorrelation: CorrelationStore {
  let database: Database

  public func hasBothSides() throws -> Bool {
    try Bool.fetchOne(
      database, sql: "SELECT EXISTS(SELECT 1 FROM tool_call) AND EXISTS(SELECT 1 FROM action)") ?? false
  }

  public func prompts() throws -> [PromptPlace] {
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT n, id, native_id, conversation, kind, at_ns, coalesce(source, 0) AS source, text FROM prompt
        ORDER BY conversation, ordinal, n
        """)
    var places: [PromptPlace] = []
    while let row = try rows.next() {
      var place = PromptPlace(
        number: row["n"], id: row["id"], nativeID: row["native_id"], conversation: row["conversation"],
        kind: Prompt.Kind(rawValue: row["kind"]) ?? .human)
      place.at = (row["at_ns"] as Int64?).map { Timestamp(nanoseconds: $0) }
      place.source = row["source"]
      place.digest = Self.digest(ofWordsIn: row["text"])
      places.append(place)
    }
    return places
  }

  /// What texts have in common that differ in blanks alone; nil for one without words.
  private static func digest(ofWordsIn text: String) -> Digest? {
    // Of ASCII the bytes are the characters, or parts of one that is a blank: CR LF. The letters of western Europe (of
    // U+00C0 and above) have no blanks among them, and nothing that joins what stands before.
    if text.utf8.allSatisfy({ $0 < 0xC2 || (0xC3...0xCB).contains($0) }) {
      let words = text.utf8.split { $0 == 0x20 || (0x09...0x0D).contains($0) }
      let joined = Array(words.joined(separator: [0x20]))
      return words.isEmpty ? nil : SHA256.digest(of: joined.span)
    }
    let words = text.split(whereSeparator: \.isWhitespace)
    return words.isEmpty ? nil : SHA256.digest(of: words.joined(separator: " "))
  }

  public func sharedCalls() throws -> [(String, String)] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT DISTINCT c.conversation, t.conversation FROM completion c, json_each(c.tool_calls) j
        JOIN tool_call t ON t.native_id = j.value WHERE c.conversation <> t.conversation ORDER BY 1, 2
        """
    ).map { ($0[0], $0[1]) }
  }

  public func replaceTwins(_ twins: [(prompt: Int64, sameAs: Int64)]) throws {
    try database.execute(sql: "DELETE FROM prompt_twin")
    let statement = try database.makeStatement(sql: "INSERT INTO prompt_twin VALUES (?, ?)")
    for twin in twins { try statement.execute(arguments: [twin.prompt, twin.sameAs]) }
  }

  public func replaceRoots(_ roots: [(prompt: Int64, root: Int64)]) throws {
    try database.execute(sql: "DELETE FROM prompt_root")
    let statement = try database.makeStatement(sql: "INSERT INTO prompt_root VALUES (?, ?)")
    for entry in roots { try statement.execute(arguments: [entry.prompt, entry.root]) }
  }

  public func conversations() throws -> [ConversationPlace] {
    try Row.fetchAll(
      database, sql: "SELECT id, native_id, parent_id, parent_call_id, clock FROM conversation ORDER BY id"
    ).map {
      ConversationPlace(
        id: $0[0], nativeID: $0[1], parentID: $0[2], parentCallID: $0[3],
        clock: Conversation.Clock(rawValue: $0[4]) ?? .utc)
    }
  }

  public func forEachToolCall(_ body: (StoredCall) throws -> Void) throws {
    // Numbers are put in order, not rows: SQLite would hold the results of all calls while it sorts.
    let numbers = try Int64.fetchAll(database, sql: "SELECT n FROM tool_call ORDER BY coalesce(at_ns, seen_ns), n")
    let statement = try database.makeStatement(sql: "SELECT * FROM tool_call WHERE n = ?")
    for number in numbers {
      guard let row = try Row.fetchOne(statement, arguments: [number]) else { continue }
      try body(StoredCall(number: number, source: row["source"] ?? 0, call: ToolCall(stored: row)))
    }
  }

  public func startingCalls() throws -> [(id: String, prompt: String)] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT native_id, prompt_id FROM tool_call WHERE prompt_id IS NOT NULL AND native_id IN (
          SELECT parent_call_id FROM conversation WHERE parent_call_id IS NOT NULL
          UNION SELECT parent_call_id FROM tool_call WHERE parent_call_id IS NOT NULL)
        ORDER BY coalesce(at_ns, seen_ns), n
        """
    ).map { ($0[0], $0[1]) }
  }

  public func callCounts() throws -> [String: Int] {
    let rows = try Row.fetchAll(
      database, sql: "SELECT prompt_id, count(*) FROM tool_call WHERE prompt_id IS NOT NULL GROUP BY prompt_id")
    return Dictionary(uniqueKeysWithValues: rows.map { ($0[0] as String, $0[1] as Int) })
  }

  public func forEachSession(_ body: (Int64, Session, [Action]) throws -> Void) throws {
    let sessions = try Row.fetchAll(
      database,
      sql: "SELECT (SELECT s.n FROM session s WHERE s.id = v.id) AS n, v.* FROM sessions v ORDER BY started_ns, id")
    let statement = try database.makeStatement(
      sql: ActionQuery.select + " WHERE a.n BETWEEN ? AND ? ORDER BY a.n")
    for row in sessions {
      let number: Int64 = row["n"]
      let actions = try Row.fetchAll(
        statement, arguments: [number << 32, number << 32 | Int64(UInt32.max)]
      ).map { Action(row: $0) }
      try body(number, Session(row: row), actions)
    }
  }

  public func facts(ofSession number: Int64) throws -> [(name: String, value: String)] {
    guard
      let text = try String.fetchOne(database, sql: "SELECT facts FROM session WHERE n = ?", arguments: [number])
    else { return [] }
    let values = (try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))) ?? [:]
    return values.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
  }

  public func callHead(ofAction number: Int64) throws -> CallHead? {
    try String.fetchOne(database, sql: "SELECT head FROM call WHERE n = ?", arguments: [number])
      .flatMap { CallHeadText.head($0) }
  }

  public func requestBody(ofAction number: Int64, limit: Int) throws -> [UInt8]? {
    let row = try Row.fetchOne(
      database, sql: "SELECT p.body, p.kept FROM action a JOIN payload p ON p.n = a.request WHERE a.n = ?",
      arguments: [number])
    guard let row else { return nil }
    return ZstdCodec.expand(Array(row["body"] as Data), byteCount: row["kept"]).map { Array($0.prefix(limit)) }
  }

  public func replaceAttributions(
    _ attributions: [Attribution], verdicts: [CallVerdict], offsets: [ClockOffset]
  ) throws {
    try database.execute(sql: "DELETE FROM attribution; DELETE FROM witness; DELETE FROM clock_offset")
    let attribution = try database.makeStatement(
      sql: "INSERT INTO attribution VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    for entry in attributions {
      try attribution.execute(arguments: [
        entry.action, entry.rank, entry.prompt, entry.call, entry.method.rawValue, entry.confidence, entry.score,
        entry.reason, entry.isAmbiguous, entry.via,
      ])
    }
    let witness = try database.makeStatement(sql: "INSERT INTO witness VALUES (?, ?, ?, ?, ?, ?)")
    for entry in verdicts {
      try witness.execute(arguments: [
        entry.call, entry.verdict.rawValue, entry.expectedCount, entry.seenCount, entry.detail, entry.effectsJSON,
      ])
    }
    let offset = try database.makeStatement(sql: "INSERT INTO clock_offset VALUES (?, ?, ?, ?)")
    for entry in offsets {
      try offset.execute(arguments: [entry.source, entry.nanoseconds, entry.spread, entry.anchorCount])
    }
  }
}

extension CaseCorrelation {
  public func replaceCarrierConflicts(_ conflicts: [CarrierConflict]) throws {
    try database.execute(
      sql: "DELETE FROM anomaly WHERE code >= ? AND code < ?", arguments: [CarrierConflict.prefix, "carrier."])
    let statement = try database.makeStatement(
      sql: """
        INSERT INTO anomaly(source, session, packet, at_ns, code, detail)
        SELECT a.source, a.n >> 32, a.packet, ?, ?, s.id || '.' || (a.n & 4294967295) || ': ' || ?
        FROM action a JOIN session s ON s.n = a.n >> 32 WHERE a.n = ?
        """)
    for conflict in conflicts {
      let more = conflict.count > 1 ? "; so do \(conflict.count - 1)\(CarrierConflict.more)" : ""
      try statement.execute(arguments: [
        conflict.at.nanoseconds, conflict.kind.rawValue, conflict.detail + more, conflict.action,
      ])
    }
  }
}

extension ToolCall {
  /// As the table holds it.
  fileprivate init(stored row: Row) {
    self.init(
      nativeID: row["native_id"], conversationID: row["conversation"], ordinal: 0, tool: row["tool"],
      arguments: row["arguments"], seenAt: Timestamp(nanoseconds: row["seen_ns"]), origin: .unknown)
    id = row["id"]
    promptID = row["prompt_id"]
    agent = row["agent"]
    agentID = row["agent_id"]
    parentAgentID = row["parent_agent_id"]
    parentCallID = row["parent_call_id"]
    at = (row["at_ns"] as Int64?).map { Timestamp(nanoseconds: $0) }
    endedAt = (row["ended_ns"] as Int64?).map { Timestamp(nanoseconds: $0) }
    command = StoredToolCall.command(of: row)
    status = ToolCall.Status(rawValue: row["status"]) ?? .pending
    result = row["result"]
    exitCode = row["exit_code"]
    turnID = row["turn_id"]
    workingDirectory = row["working_directory"]
    isBackground = row["background"]
    continuesCallID = row["continues_call_id"]
    isServerSide = row["server_side"]
    isCut = row["cut"]
    spans = (row["spans"] as String?)?.split(separator: " ").map(String.init) ?? []
  }
}
