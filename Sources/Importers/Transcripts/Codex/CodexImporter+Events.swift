import Bytes
import Model

extension CodexImporter {
  /// Reads an event that Codex told its user.
  mutating func readEvent(
    _ payload: JSONNode, _ record: TranscriptLines.Record, into events: inout [ConversationEvent]
  ) {
    let limit = TranscriptNouns.nameLimit
    guard let type = payload[member: "type"] else {
      lines.noteUnknown("event_msg", record.origin)
      return
    }
    if type.equals("user_message") {
      let text = payload[member: "message"]?.string(limit: TranscriptNouns.textLimit + 4) ?? ""
      let isAttached = !payload.list("images").isEmpty || !payload.list("local_images").isEmpty
      readUserMessage(text, isAttached: isAttached, record, into: &events)
    } else if type.equals("token_count") {
      readTokens(payload["info", "last_token_usage"], into: &events)
    } else if type.equals("task_started") || type.equals("turn_started") {
      tellHeld(into: &events)
      nouns.endAnswer(of: &thread, into: &events)
      beginTurn(payload[member: "turn_id"]?.string(limit: limit))
    } else if type.equals("task_complete") || type.equals("turn_complete") {
      nouns.endAnswer(of: &thread, into: &events)
      responseIsOver = true
    } else if type.equals("turn_aborted") {
      thread.answer?.isCut = true
      thread.answer?.stopReason = payload[member: "reason"]?.string(limit: limit)
      nouns.endAnswer(of: &thread, into: &events)
      responseIsOver = true
    } else if type.equals("item_completed") {
      readItemCompleted(payload, record, into: &events)
    } else if type.equals("exec_command_end") {
      readExecution(payload, id: payload[member: "call_id"], payload, record, into: &events)
    } else if type.equals("web_search_end") {
      searchCount += 1
      search(payload[member: "call_id"]?.string(limit: limit), payload, record, at: time, into: &events)
    } else if type.equals("error") || type.equals("stream_error") {
      let text = payload[member: "message"]?.string(limit: TranscriptNouns.resultLimit) ?? ""
      responseIsOver = true
      answer(record, into: &events) { $0.error = text }
      nouns.endAnswer(of: &thread, into: &events)
      responseIsOver = true
    } else if type.equals("thread_rolled_back") {
      rollBack(payload[member: "num_turns"]?.integer ?? 1, record.origin, into: &events)
    } else if !Self.otherEvents.contains(type.string ?? "") {
      lines.noteUnknown("event_msg \(type.scalar ?? "")", record.origin)
    }
  }

  /// Events that repeat what items tell, or tell nothing of prompts and calls.
  private static let otherEvents: Set<String> = [
    "agent_message", "agent_reasoning", "agent_reasoning_raw_content", "agent_reasoning_section_break",
    "context_compacted", "patch_apply_begin", "patch_apply_end", "mcp_tool_call_begin", "mcp_tool_call_end",
    "exec_command_begin", "entered_review_mode", "exited_review_mode", "thread_name_updated", "undo_completed",
    "view_image_tool_call", "dynamic_tool_call_request", "dynamic_tool_call_response", "thread_settings_applied",
    "session_configured", "plan_update", "warning", "item_started", "web_search_begin", "image_generation_end",
    "collab_agent_spawn_end", "collab_agent_interaction_end", "collab_waiting_end", "collab_close_end",
    "collab_resume_end", "thread_goal_updated", "guardian_assessment", "model_reroute", "sub_agent_activity",
  ]

  private mutating func readTokens(_ usage: JSONNode?, into events: inout [ConversationEvent]) {
    guard let usage else { return }
    if thread.answer?.outputTokens == nil {
      thread.answer?.inputTokens = usage.count("input_tokens")
      thread.answer?.outputTokens = usage.count("output_tokens")
    }
    responseIsOver = true
  }

  private mutating func readItemCompleted(
    _ payload: JSONNode, _ record: TranscriptLines.Record, into events: inout [ConversationEvent]
  ) {
    guard let item = payload[member: "item"], let type = item[member: "type"] else { return }
    if type.equals("CommandExecution") {
      readExecution(item, id: item[member: "id"], payload, record, into: &events)
    } else if type.equals("UserMessage") {
      let parts = item.list("content")
      let texts = parts.compactMap { $0[member: "text"]?.string(limit: TranscriptNouns.textLimit + 4) }
      readUserMessage(texts.joined(separator: "\n"), isAttached: parts.count > texts.count, record, into: &events)
    }
  }

  /// Reads what a command did: of calls in scripts there is nothing else, and of others its times and its exit code are
  /// better than those of the lines around it.
  private mutating func readExecution(
    _ item: JSONNode, id: JSONNode?, _ payload: JSONNode, _ record: TranscriptLines.Record,
    into events: inout [ConversationEvent]
  ) {
    let limit = TranscriptNouns.nameLimit
    guard let id = id?.string(limit: limit), !id.isEmpty else { return }
    var execution = Execution()
    execution.endedAt = payload[member: "completed_at_ms"]?.number.flatMap(TranscriptTime.milliseconds) ?? time
    execution.startedAt =
      payload[member: "started_at_ms"]?.number.flatMap(TranscriptTime.milliseconds)
      ?? Self.seconds(item[member: "duration"]).flatMap { before(execution.endedAt, $0) }
    execution.exitCode = item[member: "exit_code"]?.integer
    execution.workingDirectory = item[member: "cwd"]?.string(limit: limit)
    if nouns.isPending(id) {
      // Of ids that were scrubbed nobody knows whose they are; the lines around have nearly the same times.
      if !ScrubbedID.isOne(id) { executions[id] = execution }
      return
    }
    guard !nouns.knows(id) else { return }
    let line = item[member: "command"].flatMap(ToolCommand.line) ?? ""
    let result = (item[member: "aggregated_output"] ?? item[member: "stdout"])?.string(
      limit: TranscriptNouns.resultLimit)
    let turn = payload[member: "turn_id"]?.string(limit: limit)
    let facts = turn.flatMap { turnFacts[$0] }
    let process = item[member: "process_id"].flatMap { $0.integer ?? Int($0.scalar ?? "") }
    nouns.open(
      id, tool: "exec_command", arguments: item[member: "command"]?.source(limit: TranscriptNouns.textLimit + 4) ?? "",
      in: &thread, at: execution.startedAt ?? time, seenAt: time, origin: record.origin, into: &events
    ) { call in
      call.command = line
      if let turn { Self.place(&call, inTurn: turn, facts) }
      if let directory = execution.workingDirectory { call.workingDirectory = directory }
    }
    nouns.close(
      id, in: &thread, at: execution.endedAt, seenAt: time, origin: record.origin, into: &events
    ) { call in
      call.result = result
      call.exitCode = execution.exitCode
      call.status = (execution.exitCode ?? 0) == 0 ? .succeeded : .failed
    }
    if let process { processes[process] = id }
  }

  private func before(_ end: Timestamp?, _ seconds: Double) -> Timestamp? {
    guard let end, let duration = Int64(exactly: (seconds * 1_000_000_000).rounded()), duration >= 0 else { return nil }
    let (start, overflow) = end.nanoseconds.subtractingReportingOverflow(duration)
    return overflow ? nil : Timestamp(nanoseconds: start)
  }

  /// A duration as Rust writes it, `{secs, nanos}`, or as a number of seconds.
  private static func seconds(_ value: JSONNode?) -> Double? {
    guard let value else { return nil }
    if let number = value.number { return number }
    guard let whole = value[member: "secs"]?.number else { return nil }
    return whole + (value[member: "nanos"]?.number ?? 0) / 1_000_000_000
  }

  /// The last turns were taken back: what follows goes on from before them.
  private mutating func rollBack(_ count: Int, _ origin: Origin, into events: inout [ConversationEvent]) {
    guard count > 0, !turns.isEmpty else { return }
    let kept = max(0, turns.count - count)
    let turn = turns[kept]
    fork(.branch, "rolled back \(turn.id ?? "") \(origin.offset)", origin, into: &events)
    (thread.promptID, thread.ordinal) = (turn.promptID, turn.ordinal)
    turns.removeSubrange(kept...)
    responseIsOver = true
  }
}
