import GRDB
import Model

/// Conversations with language models.
final class ConversationTables {
  private let database: Database
  private let search: SearchIndexWriter
  private let conversations: BulkInsert
  private let prompts: BulkInsert
  private let calls: BulkInsert
  private let completions: BulkInsert

  init(_ database: Database, search: SearchIndexWriter) throws {
    self.database = database
    self.search = search
    // A row that is there already stays as it is, because its id says that it is the same.
    let stays = "ON CONFLICT(id) DO NOTHING"
    // One file tells of an agent, another of the call that started it.
    let learned = ["parent_id", "link", "parent_call_id", "parent_agent_id", "model", "human", "agent_version"]
    let changes = learned.map { "\($0) = coalesce(\($0), excluded.\($0))" }.joined(separator: ", ")
    conversations = try BulkInsert(
      database,
      into: """
        conversation(id, native_id, parent_id, link, parent_call_id, agent, agent_id, parent_agent_id, model, human,
          agent_version, working_directory, clock, started_ns, source, packet)
        """, columns: 16, conflict: "ON CONFLICT(id) DO UPDATE SET \(changes)")
    prompts = try BulkInsert(
      database,
      into: """
        prompt(id, native_id, conversation, ordinal, kind, agent, agent_id, model, human, at_ns, seen_ns, text, context,
          cut, source, packet)
        """, columns: 16, conflict: stays)
    calls = try BulkInsert(
      database,
      into: """
        tool_call(n, id, native_id, conversation, prompt_id, agent, agent_id, parent_agent_id, parent_call_id, at_ns,
          ended_ns, seen_ns, tool, command, arguments, status, result, exit_code, turn_id, working_directory, background,
          continues_call_id, server_side, cut, spans, source, packet, command_is_arguments,
          search_entry)
        """, columns: 29, conflict: stays)
    completions = try BulkInsert(
      database,
      into: """
        completion(id, native_id, conversation, prompt_id, model, at_ns, ended_ns, text, reasoning, stop_reason, status,
          error, tool_calls, input_tokens, output_tokens, source, packet)
        """, columns: 17, conflict: stays)
  }

  /// Adds what was told; `source` gives the row of a source.
  func write(_ event: ConversationEvent, source: (UInt32) -> Int64) throws {
    switch event {
    case .conversation(let conversation): try write(conversation, source(conversation.origin.source))
    case .prompt(let prompt): try write(prompt, source(prompt.origin.source))
    case .toolCall(let call): try write(call, source(call.origin.source))
    case .completion(let completion): try write(completion, source(completion.origin.source))
    // The Pipeline keeps anomalies in one place.
    case .anomaly: break
    }
  }

  private func packet(_ origin: Origin) -> UInt64? { origin.packet == 0 ? nil : origin.packet }

  private func write(_ conversation: Conversation, _ source: Int64) throws {
    try conversations.insert { row in
      row.add(conversation.id)
      row.add(conversation.nativeID)
      row.add(conversation.parentID)
      row.add(conversation.link?.rawValue)
      row.add(conversation.parentCallID)
      row.add(conversation.agent)
      row.add(conversation.agentID)
      row.add(conversation.parentAgentID)
      row.add(conversation.model)
      row.add(conversation.human)
      row.add(conversation.agentVersion)
      row.add(conversation.workingDirectory)
      row.add(conversation.clock.rawValue)
      row.add(conversation.startedAt.nanoseconds)
      row.add(source)
      row.add(packet(conversation.origin))
    }
  }

  private func write(_ prompt: Prompt, _ source: Int64) throws {
    try prompts.insert { row in
      row.add(prompt.id)
      row.add(prompt.nativeID)
      row.add(prompt.conversationID)
      row.add(prompt.ordinal)
      row.add(prompt.kind.rawValue)
      row.add(prompt.agent)
      row.add(prompt.agentID)
      row.add(prompt.model)
      row.add(prompt.human)
      row.add(prompt.at?.nanoseconds)
      row.add(prompt.seenAt.nanoseconds)
      row.add(prompt.text)
      row.add(prompt.context)
      row.add(prompt.isCut)
      row.add(source)
      row.add(packet(prompt.origin))
    }
    guard database.changesCount > 0 else { return }
    try search.add(kind: "prompt", prompt.text, place: database.lastInsertedRowID, ref: prompt.id)
  }

  private func write(_ call: ToolCall, _ source: Int64) throws {
    if try insert(call, spans: joined([], call.spans), source) { return }
    let known = try Row.fetchOne(
      database.cachedStatement(
        sql: "SELECT n, arguments = '' AS bare, spans, search_entry FROM tool_call WHERE id = ?"),
      arguments: [call.id])
    guard let known else { return }
    let spans = joined((known["spans"] as String?)?.split(separator: " ").map(String.init) ?? [], call.spans)
    // Spans and results may tell of a call before the transcript does that has what was asked for.
    if known["bare"] == true, !call.arguments.isEmpty {
      let number: Int64 = known["n"]
      try database.execute(sql: "PRAGMA defer_foreign_keys = ON")
      try (known["search_entry"] as Int64?).map(search.remove)
      try database.execute(sql: "DELETE FROM tool_call WHERE n = ?", arguments: [number])
      _ = try insert(call, spans: spans, source, number: number)
    } else if !call.spans.isEmpty {
      try database.execute(sql: "UPDATE tool_call SET spans = ? WHERE id = ?", arguments: [spans, call.id])
    }
  }

  /// The spans of a call that were known, and after them those that are new.
  private func joined(_ known: [String], _ more: [String]) -> String? {
    var spans = known
    for span in more where !spans.contains(span) { spans.append(span) }
    return spans.isEmpty ? nil : spans.joined(separator: " ")
  }

  /// Writes a call, as the row `number` if that is given, and what it can be found by, if none of its id is there.
  private func insert(_ call: ToolCall, spans: String?, _ source: Int64, number: Int64? = nil) throws -> Bool {
    let isArguments = call.command == call.arguments
    try calls.insert { row in
      row.add(number)
      row.add(call.id)
      row.add(call.nativeID)
      row.add(call.conversationID)
      row.add(call.promptID)
      row.add(call.agent)
      row.add(call.agentID)
      row.add(call.parentAgentID)
      row.add(call.parentCallID)
      row.add(call.at?.nanoseconds)
      row.add(call.endedAt?.nanoseconds)
      row.add(call.seenAt.nanoseconds)
      row.add(call.tool)
      row.add(isArguments ? "" : call.command)
      row.add(call.arguments)
      row.add(call.status.rawValue)
      row.add(call.result)
      row.add(call.exitCode)
      row.add(call.turnID)
      row.add(call.workingDirectory)
      row.add(call.isBackground)
      row.add(call.continuesCallID)
      row.add(call.isServerSide)
      row.add(call.isCut)
      row.add(spans)
      row.add(source)
      row.add(packet(call.origin))
      row.add(isArguments)
      row.add(search.next)
    }
    guard database.changesCount > 0 else { return false }
    try search.add(tool: call.tool, command: call.command, place: database.lastInsertedRowID, ref: call.id)
    return true
  }

  private func write(_ completion: Completion, _ source: Int64) throws {
    try completions.insert { row in
      row.add(completion.id)
      row.add(completion.nativeID)
      row.add(completion.conversationID)
      row.add(completion.promptID)
      row.add(completion.model)
      row.add(completion.at.nanoseconds)
      row.add(completion.endedAt?.nanoseconds)
      row.add(completion.text)
      row.add(completion.reasoning)
      row.add(completion.stopReason)
      row.add(completion.status.rawValue)
      row.add(completion.error)
      row.add(JSONText.array(completion.toolCallIDs))
      row.add(completion.inputTokens)
      row.add(completion.outputTokens)
      row.add(source)
      row.add(packet(completion.origin))
    }
    guard database.changesCount > 0 else { return }
    try search.add(kind: "completion", completion.text, place: database.lastInsertedRowID, ref: completion.id)
  }
}
