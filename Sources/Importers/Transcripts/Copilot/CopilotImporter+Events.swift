import Bytes
import Model

extension CopilotImporter {
  mutating func readEvent(
    _ type: JSONNode, _ data: JSONNode, _ record: TranscriptLines.Record, into events: inout [ConversationEvent]
  ) {
    let limit = TranscriptNouns.nameLimit
    if let turn = data[member: "interactionId"]?.string(limit: limit), data[member: "parentToolCallId"] == nil {
      thread.turnID = turn
    }
    if type.equals("user.message") {
      readPrompt(data, record, into: &events)
    } else if type.equals("assistant.message") {
      readAnswer(data, record, into: &events)
    } else if type.equals("tool.execution_start") || type.equals("tool.user_requested") {
      readStart(data, isTyped: type.equals("tool.user_requested"), record, into: &events)
    } else if type.equals("tool.execution_complete") {
      readComplete(data, record, into: &events)
    } else if type.equals("assistant.turn_start") {
      isInTurn = true
    } else if type.equals("assistant.turn_end") {
      isInTurn = false
    } else if type.equals("assistant.usage") {
      let model = data[member: "model"]?.string(limit: limit)
      with(data, record.origin) { _, thread in
        thread.answer?.inputTokens = data.count("inputTokens")
        thread.answer?.outputTokens = data.count("outputTokens")
        if let model { thread.answer?.model = model }
      }
    } else if type.equals("session.model_change") {
      thread.model = data[member: "newModel"]?.string(limit: limit) ?? thread.model
    } else if type.equals("session.context_changed") {
      thread.workingDirectory = data[member: "cwd"]?.string(limit: limit) ?? thread.workingDirectory
    } else if type.equals("system.message") {
      guard let text = data[member: "content"]?.string(limit: TranscriptNouns.textLimit + 4) else { return }
      let digest = "system \(SHA256.digest(of: text).hex)"
      guard places[digest] == nil else { return }
      places[digest] = (0, nil)
      tell(TranscriptNouns.Draft(text: text, kind: .system, at: time, isCut: record.isCut), data, record, into: &events)
    } else if type.equals("system.notification") {
      guard let text = data[member: "content"]?.string(limit: TranscriptNouns.textLimit + 4) else { return }
      tell(
        TranscriptNouns.Draft(text: text, kind: .notification, at: time, isCut: record.isCut), data, record,
        into: &events)
    } else if type.equals("subagent.started") {
      startAgent(data, record, into: &events)
    } else if type.equals("session.compaction_complete") {
      guard data[member: "success"]?.bool != false else { return }
      let prompt = thread.promptID
      fork(.compaction, "compacted \(record.value[member: "id"]?.scalar ?? "")", record.origin, into: &events)
      thread.ordinal = 0
      if let text = data[member: "summaryContent"]?.string(limit: TranscriptNouns.textLimit + 4), !text.isEmpty {
        tell(
          TranscriptNouns.Draft(text: text, kind: .summary, at: time, isCut: record.isCut), data, record, into: &events)
      }
      thread.promptID = prompt ?? thread.promptID
    } else if type.equals("session.snapshot_rewind") {
      let place = data[member: "upToEventId"]?.string(limit: limit).flatMap { places[$0] }
      fork(.branch, "rewound \(record.value[member: "id"]?.scalar ?? "")", record.origin, into: &events)
      if let place { (thread.ordinal, thread.promptID) = (place.ordinal, place.promptID) }
    } else if type.equals("session.error") {
      let text = data[member: "message"]?.string(limit: TranscriptNouns.resultLimit) ?? ""
      let key = "error \(record.origin.offset)"
      nouns.answer(key, nativeID: nil, in: &thread, at: time, origin: record.origin, into: &events) { $0.error = text }
      nouns.endAnswer(of: &thread, into: &events)
    } else if type.equals("abort") || type.equals("session.abort") {
      thread.answer?.isCut = true
      thread.answer?.stopReason = data[member: "reason"]?.string(limit: limit)
      isInTurn = false
    } else if !isOther(type) {
      lines.noteUnknown(type.scalar ?? "", record.origin)
    }
  }

  /// Whether events of that type are known to hold no prompts and no calls.
  private func isOther(_ type: JSONNode) -> Bool {
    let name = type.string(limit: 64) ?? ""
    guard let family = name.split(separator: ".").first else { return false }
    return ["session", "assistant", "hook", "permission", "subagent", "skill", "tool"].contains(family)
      || Self.families.contains(String(family)) && family != "user"
  }

  private mutating func tell(
    _ draft: TranscriptNouns.Draft, _ data: JSONNode, _ record: TranscriptLines.Record,
    into events: inout [ConversationEvent]
  ) {
    let time = time
    with(data, record.origin) { importer, thread in
      importer.nouns.tell(draft, in: &thread, seenAt: time, origin: record.origin, into: &events)
    }
  }

  private mutating func readPrompt(
    _ data: JSONNode, _ record: TranscriptLines.Record, into events: inout [ConversationEvent]
  ) {
    let limit = TranscriptNouns.nameLimit
    let id = record.value[member: "id"]?.string(limit: limit)
    if let id { places[id] = (thread.ordinal, thread.promptID) }
    let text = data[member: "content"]?.string(limit: TranscriptNouns.textLimit + 4) ?? ""
    let sent = data[member: "transformedContent"]?.string(limit: TranscriptNouns.resultLimit)
    let source = data[member: "source"]?.string(limit: limit)
    let nativeID = data[member: "interactionId"]?.string(limit: limit) ?? id
    var elements = UserText.elements(text, afterResult: isInTurn)
    if elements.isEmpty, text.isEmpty, !data.list("attachments").isEmpty {
      elements = [.user("[attachment]", kind: .human, context: nil)]
    }
    let isDelegated = data[member: "parentToolCallId"] != nil
    for case .user(let typed, var kind, let context) in elements {
      if kind == .human || kind == .queued {
        if isDelegated { kind = .delegated }
        // A skill's instructions and the like are given in the user's name.
        if let source, source != "user", !source.isEmpty { kind = .notification }
      }
      let draft = TranscriptNouns.Draft(
        text: typed, kind: kind, context: context ?? (sent == text ? nil : sent), nativeID: nativeID, at: time,
        isCut: record.isCut)
      tell(draft, data, record, into: &events)
    }
  }

  private mutating func readAnswer(
    _ data: JSONNode, _ record: TranscriptLines.Record, into events: inout [ConversationEvent]
  ) {
    let limit = TranscriptNouns.nameLimit
    let requests = data.list("toolRequests")
    let id = (data[member: "apiCallId"] ?? data[member: "messageId"])?.string(limit: limit)
    let key = data[member: "messageId"]?.string(limit: limit) ?? "\(record.origin.offset)"
    let time = time
    with(data, record.origin) { importer, thread in
      importer.nouns.answer(key, nativeID: id, in: &thread, at: time, origin: record.origin, into: &events) { answer in
        if let text = data[member: "content"]?.string(limit: TranscriptNouns.textLimit) { answer.append(text: text) }
        if let text = data[member: "reasoningText"]?.string(limit: TranscriptNouns.textLimit) {
          answer.append(reasoning: text)
        }
        answer.model = data[member: "model"]?.string(limit: limit) ?? answer.model
        answer.outputTokens = data.count("outputTokens") ?? answer.outputTokens
        answer.isCut = record.isCut
        answer.toolCallIDs += requests.compactMap { $0[member: "toolCallId"]?.string(limit: limit) }
      }
      for request in requests {
        importer.open(
          request[member: "toolCallId"], request[member: "name"], request[member: "arguments"], in: &thread, record,
          into: &events)
      }
    }
  }

  // MARK: Tools

  private mutating func open(
    _ id: JSONNode?, _ name: JSONNode?, _ arguments: JSONNode?, in thread: inout TranscriptThread,
    _ record: TranscriptLines.Record, into events: inout [ConversationEvent]
  ) {
    let limit = TranscriptNouns.nameLimit
    let tool = name?.string(limit: limit) ?? ""
    // VS Code writes them as a text, the command line as they are.
    let text = arguments?.string ?? arguments?.source(limit: TranscriptNouns.textLimit + 4) ?? ""
    var sent = arguments
    if arguments?.isString == true {
      var entries: [JSONTape.Entry] = []
      let bytes = Array(text.utf8)
      sent = nil
      if case .value = JSONTape.scan(bytes.span, from: 0, into: &entries) {
        sent = JSONTape(bytes: bytes, entries: entries).root
      }
    }
    let key = id?.string(limit: limit)
    let shell = sent?[member: "shellId"]?.scalar
    let isStart = tool == "bash" || tool == "powershell"
    let earlier = isStart ? nil : shell.flatMap { shells[$0] }
    let isNew = nouns.open(
      key, tool: tool, arguments: text, in: &thread, at: time, seenAt: time, origin: record.origin, into: &events
    ) { call in
      if let line = sent.flatMap({ ToolCommand.line(tool, $0) }) { call.command = line }
      call.continuesCallID = earlier
      call.isBackground =
        sent?[member: "isBackground"]?.bool == true || sent?[member: "mode"]?.equals("async") == true
        || sent?[member: "detach"]?.bool == true
      if record.isCut { (call.status, call.isCut) = (.incomplete, true) }
    }
    if isNew, isStart, let shell, let key { shells[shell] = key }
  }

  private mutating func readStart(
    _ data: JSONNode, isTyped: Bool, _ record: TranscriptLines.Record, into events: inout [ConversationEvent]
  ) {
    let limit = TranscriptNouns.nameLimit
    guard let id = data[member: "toolCallId"]?.string(limit: limit) else { return }
    if isTyped, let arguments = data[member: "arguments"], let line = ToolCommand.line("bash", arguments) {
      tell(TranscriptNouns.Draft(text: "!" + line, kind: .command, at: time), data, record, into: &events)
    }
    if nouns.isPending(id) {
      // Between the model's answer and the start lies the time in which a person was asked.
      let time = time
      nouns.update(id) { $0.at = time }
      return
    }
    with(data, record.origin) { importer, thread in
      importer.open(
        data[member: "toolCallId"], data[member: "toolName"], data[member: "arguments"], in: &thread, record,
        into: &events)
    }
  }

  private mutating func readComplete(
    _ data: JSONNode, _ record: TranscriptLines.Record, into events: inout [ConversationEvent]
  ) {
    let limit = TranscriptNouns.resultLimit
    guard let id = data[member: "toolCallId"]?.string(limit: TranscriptNouns.nameLimit) else { return }
    let result = data[member: "result"]
    let found =
      result?[member: "content"] ?? result?[member: "text_result_for_llm"] ?? data["error", "message"] ?? result
    let text = found?.string(limit: limit) ?? result?.source(limit: limit) ?? ""
    let failed =
      data[member: "success"]?.bool == false || result?[member: "result_type"]?.equals("failure") == true
      || result?[member: "result_type"]?.equals("error") == true
    // What comes at the end of a long output says how it ended.
    let tail = found?.tail(512) ?? ""
    let code = Self.exitCode(tail)
    if let shell = Self.shell(tail), nouns.isPending(id) { shells[shell] = nouns.origin(ofRunning: id) }
    let runsOn = Self.runsOn(tail)
    let time = time
    with(data, record.origin) { importer, thread in
      importer.nouns.close(id, in: &thread, at: time, seenAt: time, origin: record.origin, into: &events) { call in
        call.result = text
        call.exitCode = ToolCommand.isShell(call.tool) ? code : nil
        call.status = failed || (call.exitCode ?? 0) != 0 ? .failed : .succeeded
        if runsOn, ToolCommand.isShell(call.tool), call.continuesCallID == nil { call.isBackground = true }
      }
    }
  }

  /// The exit code that the shell tool writes after the output: `<shellId: 1 completed with exit code 0>`.
  private static func exitCode(_ end: String) -> Int? {
    let bytes = Array(end.utf8)
    return ["with exit code ", "exit code: ", "Exit code: "].lazy.compactMap { bytes.number(after: $0, last: true) }
      .first
  }

  private static func runsOn(_ end: String) -> Bool {
    let bytes = Array(end.utf8)
    return ["is still running", "started in background", "started in detached background"].contains {
      bytes.firstIndex(of: $0) != nil
    }
  }

  private static func shell(_ end: String) -> String? {
    let bytes = Array(end.utf8)
    var found: Int?
    while let place = bytes.firstIndex(of: "shellId: ", from: found ?? 0) { found = place + 9 }
    guard let found else { return nil }
    let name = bytes[found...].prefix {
      (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2D || $0 == 0x5F
    }
    return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
  }

  // MARK: Sub-agents

  private mutating func startAgent(
    _ data: JSONNode, _ record: TranscriptLines.Record, into events: inout [ConversationEvent]
  ) {
    let limit = TranscriptNouns.nameLimit
    guard let call = data[member: "toolCallId"]?.string(limit: limit), agents[call] == nil else { return }
    let name = data[member: "agentName"]?.string(limit: limit).map { "\($0) \(call)" }
    var agent = newAgent(call, name: name, record.origin)
    let given = nouns.arguments(ofPending: call).flatMap { JSONValue($0) }
    if let text = (given?[member: "prompt"] ?? given?[member: "message"])?.text {
      let draft = TranscriptNouns.Draft(text: text, kind: .delegated, nativeID: call, at: time)
      nouns.tell(draft, in: &agent, seenAt: time, origin: record.origin, into: &events)
    }
    agents[call] = agent
  }
}
