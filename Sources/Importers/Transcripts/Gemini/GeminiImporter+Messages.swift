import Model

extension GeminiImporter {
  /// Tells what a message holds. One that was told and comes again tells only the calls that are new.
  mutating func tell(_ message: Message, into events: inout [ConversationEvent]) {
    if thread.noun.id.isEmpty {
      // A chat whose head is missing is told from others by its first message.
      thread.noun.id = Conversation.identifier([Self.name, "", message.id])
      thread.noun.origin = message.origin
      if let at = message.value[member: "timestamp"]?.string.flatMap(TranscriptTime.instant) {
        thread.noun.startedAt = at
      }
    }
    if let at = message.value[member: "timestamp"]?.string.flatMap(TranscriptTime.instant) { time = at }
    guard let type = message.value[member: "type"] else { return }
    let isNew = told[message.id] == nil
    if isNew {
      told[message.id] = Place(conversation: thread.noun.id, ordinal: thread.ordinal, promptID: thread.promptID)
    }
    if type.equals("user") {
      if isNew { tellPrompt(message, into: &events) }
    } else if type.equals("gemini") {
      tellAnswer(message, isNew: isNew, into: &events)
    } else if type.equals("error") {
      guard isNew else { return }
      let text = Self.text(message.value[member: "content"])
      nouns.answer(message.id, nativeID: message.id, in: &thread, at: time, origin: message.origin, into: &events) {
        $0.error = text.cut(to: TranscriptNouns.resultLimit)
      }
    } else if !type.equals("info"), !type.equals("warning") {
      lines.noteUnknown(type.scalar ?? "", message.origin)
    }
  }

  /// The text of content: a text, a part, or a list of parts.
  private static func text(_ content: JSONNode?) -> String {
    let limit = TranscriptNouns.textLimit + 4
    guard let content else { return "" }
    if let text = content.string(limit: limit) { return text }
    if let text = content[member: "text"]?.string(limit: limit) { return text }
    let parts = content.elements.compactMap { ($0[member: "text"] ?? $0).string(limit: limit) }
    return parts.joined(separator: "\n")
  }

  private mutating func tellPrompt(_ message: Message, into events: inout [ConversationEvent]) {
    let whole = Self.text(message.value[member: "content"])
    // What stands in `content` has the files that were referred to with `@`; what was typed is beside it.
    let typed = message.value[member: "displayContent"].map { Self.text($0) } ?? whole
    var elements = UserText.elements(typed, afterResult: false)
    if elements.isEmpty, message.value[member: "content"]?.isArray == true, whole.isEmpty {
      elements = [.user("[attachment]", kind: .human, context: nil)]
    }
    for case .user(let text, var kind, let context) in elements {
      if kind == .human, thread.noun.link == .subagent { kind = .delegated }
      let added = typed == whole ? context : whole
      let draft = TranscriptNouns.Draft(
        text: text, kind: kind, context: added, nativeID: message.id, at: time, isCut: message.isCut)
      nouns.tell(draft, in: &thread, seenAt: time, origin: message.origin, into: &events)
      thread.turnID = message.id
    }
  }

  private mutating func tellAnswer(_ message: Message, isNew: Bool, into events: inout [ConversationEvent]) {
    let value = message.value
    let limit = TranscriptNouns.nameLimit
    let calls = value.list("toolCalls")
    if isNew {
      let text = Self.text(value[member: "content"])
      nouns.answer(message.id, nativeID: message.id, in: &thread, at: time, origin: message.origin, into: &events) {
        $0.append(text: text)
        for thought in value.list("thoughts") {
          let parts = [thought[member: "subject"], thought[member: "description"]]
          let texts = parts.compactMap { $0?.string(limit: TranscriptNouns.textLimit) }
          $0.append(reasoning: texts.joined(separator: ": "))
        }
        $0.model = value[member: "model"]?.string(limit: limit)
        $0.inputTokens = value[member: "tokens"]?.count("input")
        $0.outputTokens = value[member: "tokens"]?.count("output")
        $0.isCut = message.isCut
        $0.toolCallIDs = calls.compactMap { $0[member: "id"]?.string(limit: limit) }
      }
      thread.model = thread.answer?.model ?? thread.model
    }
    for call in calls { tell(call, of: message, into: &events) }
  }

  private mutating func tell(_ value: JSONNode, of message: Message, into events: inout [ConversationEvent]) {
    let limit = TranscriptNouns.nameLimit
    let tool = value[member: "name"]?.string(limit: limit) ?? ""
    let id = value[member: "id"]?.string(limit: limit)
    let arguments = value[member: "args"]
    let end = value[member: "timestamp"]?.string.flatMap(TranscriptTime.instant)
    let status = value[member: "status"]
    let result = value[member: "result"]
    let isOver = result != nil || ["success", "error", "cancelled"].contains(status?.string ?? "")
    let text = Self.result(result, value[member: "resultDisplay"])
    let ending = isOver && ToolCommand.isShell(tool) ? Self.ending(result) : []
    let finish: (inout ToolCall) -> Void = { call in
      call.result = text
      call.exitCode = ending.number(after: "Exit Code: ", last: true)
      let failed = status?.equals("error") == true || status?.equals("cancelled") == true
      call.status = failed || (call.exitCode ?? 0) != 0 ? .failed : .succeeded
      // The programs that it left running, by number, or `(none)`.
      if ending.number(after: "Background PIDs: ", last: true) != nil { call.isBackground = true }
    }
    let isNew = nouns.open(
      id, tool: tool, arguments: arguments?.source(limit: TranscriptNouns.textLimit + 4) ?? "", in: &thread, at: time,
      seenAt: time, origin: message.origin, into: &events
    ) { call in
      if let line = arguments.flatMap({ ToolCommand.line(tool, $0) }) { call.command = line }
      let directory = arguments?[member: "dir_path"] ?? arguments?[member: "directory"]
      call.workingDirectory = directory?.string(limit: limit) ?? call.workingDirectory
      call.isBackground = arguments?[member: "is_background"]?.bool == true
      if message.isCut, !isOver { (call.status, call.isCut) = (.incomplete, true) }
      if id == nil, isOver {
        call.endedAt = end
        finish(&call)
      }
    }
    if isNew, let agent = value[member: "agentId"]?.string(limit: limit) {
      startAgent(agent, id, message, into: &events)
    }
    guard isOver, let id else { return }
    nouns.close(id, in: &thread, at: end ?? time, seenAt: time, origin: message.origin, into: &events, result: finish)
  }

  private mutating func startAgent(
    _ agent: String, _ callID: String?, _ message: Message, into events: inout [ConversationEvent]
  ) {
    var noun = Conversation(
      id: Conversation.identifier([Self.name, agent]), startedAt: time, origin: message.origin)
    (noun.nativeID, noun.agentID, noun.agent) = (agent, agent, Self.name)
    (noun.link, noun.parentID, noun.parentCallID) = (.subagent, thread.noun.id, callID)
    noun.parentAgentID = thread.noun.agentID
    events.append(.conversation(noun))
  }

  // MARK: Results

  private static func result(_ value: JSONNode?, _ display: JSONNode?) -> String {
    let limit = TranscriptNouns.resultLimit
    var text = ""
    for part in (value.map { $0.isArray ? $0.elements : [$0] }) ?? [] where text.utf8.count < limit {
      let response = part["functionResponse", "response"]
      let found = response?[member: "output"] ?? response?[member: "error"] ?? part[member: "text"] ?? part
      let more = found.string(limit: limit) ?? response?.source(limit: limit) ?? ""
      text += text.isEmpty ? more : "\n" + more
    }
    return text.isEmpty ? display?.string(limit: limit) ?? "" : text
  }

  /// The end of the report of `run_shell_command`, which says how the command ended.
  private static func ending(_ value: JSONNode?) -> [UInt8] {
    let part = value.flatMap { $0.isArray ? $0.elements.last : $0 }
    let found = part?["functionResponse", "response"]?[member: "output"] ?? part?[member: "text"]
    return Array((found?.tail(1_024) ?? "").utf8)
  }

  // MARK: Rewinds

  /// Takes the history back to before a message: what was told stays, and what follows is a branch.
  mutating func rewind(to id: String, _ origin: Origin, into events: inout [ConversationEvent]) {
    tellWaiting(into: &events)
    nouns.endAnswer(of: &thread, into: &events)
    guard !thread.noun.id.isEmpty else { return }
    let place = told[id]
    forkCount += 1
    var noun = thread.noun
    noun.parentID = place?.conversation ?? thread.noun.id
    noun.id = Conversation.identifier([Self.name, session ?? thread.noun.id, "rewind \(forkCount) \(id)"])
    (noun.link, noun.startedAt, noun.origin) = (.branch, time, origin)
    thread.noun = noun
    thread.isTold = false
    // Of an unknown message Gemini CLI takes everything back.
    thread.ordinal = place?.ordinal ?? 0
    thread.promptID = place?.promptID
  }
}
