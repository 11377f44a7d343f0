import Bytes
import Model

extension CodexImporter {
  /// The turn that an item names.
  static func turn(of item: JSONNode) -> String? {
    let holder = item[member: "metadata"] ?? item[member: "internal_chat_message_metadata_passthrough"]
    return holder?[member: "turn_id"]?.string(limit: TranscriptNouns.nameLimit)
  }

  /// Reads an item of the history that the model is given.
  mutating func readItem(
    _ payload: JSONNode, _ record: TranscriptLines.Record, into events: inout [ConversationEvent]
  ) {
    guard let type = payload[member: "type"] else {
      lines.noteUnknown("response_item", record.origin)
      return
    }
    if type.equals("message") {
      guard let role = payload[member: "role"] else { return }
      if role.equals("user") {
        readUserItem(payload, record, into: &events)
      } else if role.equals("assistant") {
        tellHeld(into: &events)
        let texts = payload.list("content").compactMap {
          $0[member: "text"]?.string(limit: TranscriptNouns.textLimit)
        }
        answer(record, into: &events) { for text in texts { $0.append(text: text) } }
      }
    } else if type.equals("reasoning") {
      tellHeld(into: &events)
      let parts = payload.list("summary") + payload.list("content")
      let texts = parts.compactMap { $0[member: "text"]?.string(limit: TranscriptNouns.textLimit) }
      answer(record, into: &events) { for text in texts { $0.append(reasoning: text) } }
    } else if !readCall(payload, record, at: time, into: &events) {
      lines.noteUnknown("response_item \(type.scalar ?? "")", record.origin)
    }
  }

  mutating func answer(
    _ record: TranscriptLines.Record, into events: inout [ConversationEvent],
    change: (inout TranscriptThread.Answer) -> Void
  ) {
    if responseIsOver { responseCount += 1 }
    responseIsOver = false
    nouns.answer("\(responseCount)", nativeID: nil, in: &thread, at: time, origin: record.origin, into: &events) {
      $0.isCut = $0.isCut || record.isCut
      change(&$0)
    }
  }

  /// Reads a call or a result.
  ///
  /// - Returns: Whether it was one, or an item that is known to hold none.
  @discardableResult
  mutating func readCall(
    _ item: JSONNode, _ record: TranscriptLines.Record, at: Timestamp?, into events: inout [ConversationEvent]
  ) -> Bool {
    let limit = TranscriptNouns.nameLimit
    guard let type = item[member: "type"] else { return false }
    let id = (item[member: "call_id"] ?? item[member: "id"])?.string(limit: limit)
    if type.equals("function_call") {
      let text = item[member: "arguments"]?.string(limit: TranscriptNouns.textLimit + 4) ?? ""
      open(id, item[member: "name"]?.string(limit: limit) ?? "", text, item, record, at: at, into: &events)
    } else if type.equals("custom_tool_call") {
      let text = item[member: "input"]?.string(limit: TranscriptNouns.textLimit + 4) ?? ""
      open(id, item[member: "name"]?.string(limit: limit) ?? "", text, item, record, at: at, into: &events)
    } else if type.equals("local_shell_call") {
      let action = item[member: "action"]
      let text = action?.source(limit: TranscriptNouns.textLimit + 4) ?? ""
      open(id, "local_shell_call", text, item, record, at: at, into: &events) { call in
        if let line = action.flatMap({ $0[member: "command"] }).flatMap(ToolCommand.line) { call.command = line }
        if let directory = action?[member: "working_directory"]?.string(limit: limit) {
          call.workingDirectory = directory
        }
      }
    } else if type.equals("web_search_call") {
      // Where an event told it, with an id, this is the same one.
      if searchCount > 0 { searchCount -= 1 } else { search(nil, item, record, at: at, into: &events) }
    } else if type.equals("image_generation_call") || type.equals("tool_search_call") {
      let text = item.source(limit: TranscriptNouns.resultLimit)
      open(id, type.string ?? "", text, item, record, at: at, into: &events) { $0.isServerSide = true }
      if let id { close(id, "", item, record, at: at, into: &events) }
    } else if type.equals("function_call_output") || type.equals("custom_tool_call_output") {
      responseIsOver = true
      if let id { close(id, Self.output(item[member: "output"]), item, record, at: at, into: &events) }
    } else {
      return Self.otherItems.contains(type.string ?? "")
    }
    return true
  }

  private static let otherItems: Set<String> = [
    "message", "reasoning", "ghost_snapshot", "compaction", "compaction_summary", "context_compaction",
    "tool_search_output", "other",
  ]

  private mutating func open(
    _ id: String?, _ tool: String, _ arguments: String, _ item: JSONNode, _ record: TranscriptLines.Record,
    at: Timestamp?, into events: inout [ConversationEvent], more: (inout ToolCall) -> Void = { _ in }
  ) {
    let limit = TranscriptNouns.nameLimit
    if at != nil {
      tellHeld(into: &events)
      answer(record, into: &events) { if let id { $0.toolCallIDs.append(id) } }
    }
    var sent: JSONNode?
    if arguments.utf8.first == 0x7B {
      var entries: [JSONTape.Entry] = []
      let bytes = Array(arguments.utf8)
      if case .value = JSONTape.scan(bytes.span, from: 0, into: &entries) {
        sent = JSONTape(bytes: bytes, entries: entries).root
      }
    }
    let earlier = sent?[member: "session_id"].flatMap { processes[$0.integer ?? Int($0.scalar ?? "") ?? -1] }
    let turn = Self.turn(of: item)
    let facts = turn.flatMap { turnFacts[$0] }
    nouns.open(
      id, tool: tool, arguments: arguments, in: &thread, at: at, seenAt: time, origin: record.origin, into: &events
    ) { call in
      if let turn { Self.place(&call, inTurn: turn, facts) }
      if let line = sent.flatMap({ ToolCommand.line(tool, $0) }) { call.command = line }
      if let directory = sent?[member: "workdir"]?.string(limit: limit), !directory.isEmpty {
        call.workingDirectory = Self.resolve(directory, in: call.workingDirectory)
      }
      if tool == "write_stdin" { call.continuesCallID = earlier }
      if record.isCut { (call.status, call.isCut) = (.incomplete, true) }
      more(&call)
    }
  }

  /// Ties a call to the turn that its record names.
  static func place(_ call: inout ToolCall, inTurn turn: String, _ facts: TurnFacts?) {
    guard turn != call.turnID else { return }
    call.turnID = turn
    guard let facts else { return }
    call.promptID = facts.promptID ?? call.promptID
    call.workingDirectory = facts.workingDirectory ?? call.workingDirectory
  }

  private static func resolve(_ directory: String, in base: String?) -> String {
    guard let base, !directory.hasPrefix("/"), !directory.hasPrefix("~"), !directory.dropFirst().hasPrefix(":") else {
      return directory
    }
    return directory == "." ? base : base + "/" + directory
  }

  /// The text of a result: a text, a list of texts, or an object with one.
  private static func output(_ value: JSONNode?) -> String {
    let limit = TranscriptNouns.resultLimit
    guard let value else { return "" }
    if let text = value.string(limit: limit) { return text }
    if let text = (value[member: "content"] ?? value[member: "output"])?.string(limit: limit) { return text }
    var text = ""
    for part in value.elements + value.list("content_items") where text.utf8.count < limit {
      guard let more = part[member: "text"]?.string(limit: limit) else { continue }
      text += text.isEmpty ? more : "\n" + more
    }
    return text
  }

  private mutating func close(
    _ id: String, _ text: String, _ item: JSONNode, _ record: TranscriptLines.Record, at: Timestamp?,
    into events: inout [ConversationEvent]
  ) {
    // The first versions wrap the text in JSON, with the exit code.
    var result = text
    if text.utf8.starts(with: "{\"output\":".utf8), let inner = JSONValue(text)?[member: "output"]?.string {
      result = inner
    }
    let execution = executions[id]
    let code = execution?.exitCode ?? LLMTrafficReader.exitCode(text)
    let process = text.opening(1_024).number(after: "Process running with session ID ")
    if let process, nouns.isPending(id) { processes[process] = nouns.origin(ofRunning: id) }
    let failed = (code ?? 0) != 0 || item["output", "success"]?.bool == false
    if let agent = Self.agent(text) { startAgent(agent, callID: id, record.origin, into: &events) }
    nouns.close(
      id, in: &thread, at: execution?.endedAt ?? at, seenAt: time, origin: record.origin, into: &events
    ) { call in
      if let start = execution?.startedAt { call.at = start }
      if let directory = execution?.workingDirectory { call.workingDirectory = directory }
      call.result = result
      call.exitCode = code
      call.status = failed ? .failed : .succeeded
      if process != nil, call.tool != "write_stdin" { call.isBackground = true }
    }
  }

  // MARK: Sub-agents

  /// The thread that a call started, as its result names it.
  private static func agent(_ text: String) -> String? {
    guard text.utf8.first == 0x7B, text.utf8.count <= 4_096, let value = JSONValue(text) else { return nil }
    return (value[member: "agent_id"] ?? value[member: "new_thread_id"])?.text
  }

  private mutating func startAgent(
    _ agent: String, callID: String, _ origin: Origin, into events: inout [ConversationEvent]
  ) {
    guard nouns.isPending(callID) else { return }
    var noun = Conversation(id: Conversation.identifier([Self.name, agent]), startedAt: time, origin: origin)
    (noun.nativeID, noun.agentID, noun.agent) = (agent, agent, Self.name)
    (noun.link, noun.parentID, noun.parentCallID) = (.subagent, thread.noun.id, callID)
    noun.parentAgentID = thread.noun.agentID
    nouns.tell(&thread, into: &events)
    events.append(.conversation(noun))
  }

  // MARK: Searches

  /// Tells a search that the provider ran.
  mutating func search(
    _ id: String?, _ item: JSONNode, _ record: TranscriptLines.Record, at: Timestamp?,
    into events: inout [ConversationEvent]
  ) {
    let action = item[member: "action"]?.source(limit: TranscriptNouns.textLimit) ?? ""
    open(id, "web_search", action, item, record, at: at, into: &events) { call in
      call.isServerSide = true
      call.status = .succeeded
      call.endedAt = at
    }
  }
}
