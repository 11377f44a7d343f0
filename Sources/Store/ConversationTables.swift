import GRDB
import Model

/// Conversations with language models: few rows beside those of actions, so each is written by itself.
final class ConversationTables {
  private let database: Database
  private let search: SearchIndexWriter
  /// Gives the row of a source.
  private let source: (UInt32) -> Int64

  init(_ database: Database, search: SearchIndexWriter, source: @escaping (UInt32) -> Int64) {
    self.database = database
    self.search = search
    self.source = source
  }

  /// Adds what was told; a row that is there already stays as it is, because its id says that it is the same.
  func write(_ event: ConversationEvent) throws {
    switch event {
    case .conversation(let conversation): try write(conversation)
    case .prompt(let prompt): try write(prompt)
    case .toolCall(let call): try write(call)
    case .completion(let completion): try write(completion)
    // The Pipeline keeps anomalies in one place.
    case .anomaly: break
    }
  }

  /// `learned` names columns that are filled in when a row that is there lacks them.
  private func insert(
    _ table: String, _ values: KeyValuePairs<String, (any DatabaseValueConvertible)?>, learned: [String] = []
  ) throws -> Bool {
    let names = values.map(\.key).joined(separator: ", ")
    let marks = values.map { _ in "?" }.joined(separator: ", ")
    let changes = learned.map { "\($0) = coalesce(\($0), excluded.\($0))" }.joined(separator: ", ")
    let conflict = learned.isEmpty ? "DO NOTHING" : "DO UPDATE SET \(changes)"
    let statement = try database.cachedStatement(
      sql: "INSERT INTO \(table)(\(names)) VALUES (\(marks)) ON CONFLICT(id) \(conflict)")
    try statement.execute(arguments: StatementArguments(values.map(\.value)))
    return database.changesCount > 0
  }

  private func packet(_ origin: Origin) -> Int64? { origin.packet == 0 ? nil : Int64(clamping: origin.packet) }

  private func write(_ conversation: Conversation) throws {
    _ = try insert(
      "conversation",
      [
        "id": conversation.id, "native_id": conversation.nativeID, "parent_id": conversation.parentID,
        "link": conversation.link?.rawValue, "parent_call_id": conversation.parentCallID, "agent": conversation.agent,
        "agent_id": conversation.agentID, "parent_agent_id": conversation.parentAgentID, "model": conversation.model,
        "human": conversation.human, "agent_version": conversation.agentVersion,
        "working_directory": conversation.workingDirectory, "clock": conversation.clock.rawValue,
        "started_ns": conversation.startedAt.nanoseconds,
        "source": source(conversation.origin.source), "packet": packet(conversation.origin),
      ],
      // One file tells of an agent, another of the call that started it.
      learned: ["parent_id", "link", "parent_call_id", "parent_agent_id", "model", "human", "agent_version"])
  }

  private func write(_ prompt: Prompt) throws {
    let isNew = try insert(
      "prompt",
      [
        "id": prompt.id, "native_id": prompt.nativeID, "conversation": prompt.conversationID,
        "ordinal": prompt.ordinal, "kind": prompt.kind.rawValue, "agent": prompt.agent, "agent_id": prompt.agentID,
        "model": prompt.model, "human": prompt.human, "at_ns": prompt.at?.nanoseconds,
        "seen_ns": prompt.seenAt.nanoseconds, "text": prompt.text, "context": prompt.context, "cut": prompt.isCut,
        "source": source(prompt.origin.source), "packet": packet(prompt.origin),
      ])
    if isNew { try search.add(kind: "prompt", prompt.text, ref: prompt.id) }
  }

  private func write(_ call: ToolCall) throws {
    let known = try Row.fetchOne(
      database.cachedStatement(sql: "SELECT n, arguments = '' AS bare, spans FROM tool_call WHERE id = ?"),
      arguments: [call.id])
    var spans = (known?["spans"] as String?)?.split(separator: " ").map(String.init) ?? []
    for span in call.spans where !spans.contains(span) { spans.append(span) }
    let joined = spans.isEmpty ? nil : spans.joined(separator: " ")
    guard let known else {
      _ = try insert(call, spans: joined)
      return try search.add(kind: "tool-call", "\(call.tool) \(call.command)", ref: call.id)
    }
    // Spans and results may tell of a call before the transcript does that has what was asked for.
    if known["bare"] == true, !call.arguments.isEmpty {
      let number: Int64 = known["n"]
      try database.execute(sql: "PRAGMA defer_foreign_keys = ON")
      try database.execute(sql: "DELETE FROM tool_call WHERE n = ?", arguments: [number])
      _ = try insert(call, spans: joined)
      try database.execute(sql: "UPDATE tool_call SET n = ? WHERE id = ?", arguments: [number, call.id])
      try search.add(kind: "tool-call", "\(call.tool) \(call.command)", ref: call.id)
    } else if !call.spans.isEmpty {
      try database.execute(sql: "UPDATE tool_call SET spans = ? WHERE id = ?", arguments: [joined, call.id])
    }
  }

  private func insert(_ call: ToolCall, spans: String?) throws -> Bool {
    try insert(
      "tool_call",
      [
        "id": call.id, "native_id": call.nativeID, "conversation": call.conversationID, "prompt_id": call.promptID,
        "agent": call.agent, "agent_id": call.agentID, "parent_agent_id": call.parentAgentID,
        "parent_call_id": call.parentCallID, "at_ns": call.at?.nanoseconds, "ended_ns": call.endedAt?.nanoseconds,
        "seen_ns": call.seenAt.nanoseconds, "tool": call.tool, "command": call.command, "arguments": call.arguments,
        "status": call.status.rawValue, "result": call.result, "exit_code": call.exitCode,
        "turn_id": call.turnID, "working_directory": call.workingDirectory, "background": call.isBackground,
        "continues_call_id": call.continuesCallID,
        "server_side": call.isServerSide, "cut": call.isCut, "spans": spans, "source": source(call.origin.source),
        "packet": packet(call.origin),
      ])
  }

  private func write(_ completion: Completion) throws {
    let isNew = try insert(
      "completion",
      [
        "id": completion.id, "native_id": completion.nativeID, "conversation": completion.conversationID,
        "prompt_id": completion.promptID, "model": completion.model, "at_ns": completion.at.nanoseconds,
        "ended_ns": completion.endedAt?.nanoseconds, "text": completion.text, "reasoning": completion.reasoning,
        "stop_reason": completion.stopReason, "status": completion.status.rawValue, "error": completion.error,
        "tool_calls": JSONText.array(completion.toolCallIDs),
        "input_tokens": completion.inputTokens.map { Int64(clamping: $0) },
        "output_tokens": completion.outputTokens.map { Int64(clamping: $0) },
        "source": source(completion.origin.source), "packet": packet(completion.origin),
      ])
    if isNew { try search.add(kind: "completion", completion.text, ref: completion.id) }
  }
}
