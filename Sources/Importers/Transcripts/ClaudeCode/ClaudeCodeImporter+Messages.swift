import Bytes
import Model

extension ClaudeCodeImporter {
  /// Reads a message of the user's or of the model's, and tells what is in it.
  mutating func readMessage(_ record: RecordContext, into events: inout [ConversationEvent]) {
    var record = record
    // A history that is copied into a session that goes on, or told by its parent and in a file of its own.
    if let uuid = record.uuid, places[uuid] != nil { return }
    guard let message = record.value[member: "message"], message.isObject,
      let content = message[member: "content"], content.isString || content.isArray
    else {
      if record.isCut { return }
      let detail = "a message has no content that can be read"
      events.append(.anomaly(Anomaly("transcript-message-unreadable", detail, origin: record.origin, time: record.at)))
      return
    }
    if record.agentID == nil, record.value[member: "isSidechain"]?.bool == true { nameSidechain(&record, content) }
    var (place, isKnown) = parent(of: record)
    if record.value[member: "type"]?.equals("assistant") == true {
      with(&place, record) { $0.readAnswer(record, message, content, in: &$1, into: &events) }
    } else {
      readUser(record, content, &place, isKnown: isKnown, into: &events)
    }
    note(place, of: record)
  }

  mutating func note(_ place: Place, of record: RecordContext) {
    if let uuid = record.uuid {
      places[uuid] = place
      lastRecord[record.key] = uuid
    }
    last[record.key] = place
  }

  /// Gives a side chain of an old version, which names no agent, the `uuid` of its first record for a name.
  private mutating func nameSidechain(_ record: inout RecordContext, _ content: JSONNode) {
    if let parent = record.parentUUID, let place = places[parent] {
      record.agentID = threads[place.thread]?.noun.agentID
    }
    guard record.agentID == nil else { return }
    record.agentID = record.uuid ?? "sidechain"
    let text = Self.texts(content).joined(separator: "\n")
    if let start = delegations[SHA256.digest(of: text.trimmed)] { starts[record.key] = start }
  }

  /// The texts of a message's content.
  static func texts(_ content: JSONNode) -> [String] {
    let limit = TranscriptNouns.textLimit + 4
    if let text = content.string(limit: limit) { return [text] }
    return content.elements.compactMap { block in
      if block.isString { return block.string(limit: limit) }
      guard block[member: "type"]?.equals("text") == true else { return nil }
      return block[member: "text"]?.string(limit: limit)
    }
  }

  /// Whether a block is content without a text.
  private static func isAttached(_ block: JSONNode) -> Bool {
    block[member: "type"]?.equals("image") == true || block[member: "type"]?.equals("document") == true
  }

  // MARK: The user's side

  private mutating func readUser(
    _ record: RecordContext, _ content: JSONNode, _ place: inout Place, isKnown: Bool,
    into events: inout [ConversationEvent]
  ) {
    var hasResult = false
    for block in content.elements where block[member: "type"]?.equals("tool_result") == true {
      hasResult = true
      with(&place, record) { $0.readResult(block, record, in: &$1, into: &events) }
    }
    guard record.value[member: "isMeta"]?.bool != true else { return }
    let drafts = drafts(record, content, afterResult: hasResult)
    guard !drafts.isEmpty else { return }
    let first = drafts[0].kind
    if first == .summary {
      if threads[place.thread].map({ $0.noun.link != .compaction || $0.ordinal > 0 }) == true, place.promptID != nil {
        place = fork(.compaction, at: record, from: place)
      }
    } else if first == .human || first == .command, !hasResult, isKnown || record.parentUUID == nil && isChained {
      // A second prompt after the same one: the history was taken back to there.
      if !isKnown { place = beginning(of: place) }
      if followed[place.node] != nil { place = fork(.branch, at: record, from: place) }
    }
    // What was typed beside a result may stand on one of several branches of calls that ran at once.
    if !hasResult { followed[place.node] = true }
    if let uuid = record.uuid { place.node = uuid }
    with(&place, record) { importer, thread in
      for draft in drafts {
        importer.nouns.tell(draft, in: &thread, seenAt: record.at, origin: record.origin, into: &events)
      }
      if record.value[member: "promptId"] == nil { thread.turnID = record.uuid }
    }
  }

  private func beginning(of place: Place) -> Place {
    Place(thread: place.thread, node: place.thread, promptID: nil, turnID: nil, ordinal: 0)
  }

  /// The prompts that a record holds.
  private mutating func drafts(
    _ record: RecordContext, _ content: JSONNode, afterResult: Bool
  ) -> [TranscriptNouns.Draft] {
    let value = record.value
    let nativeID = value[member: "promptId"]?.string(limit: TranscriptNouns.nameLimit) ?? record.uuid
    var drafts: [TranscriptNouns.Draft] = []
    for text in Self.texts(content) {
      if value[member: "isCompactSummary"]?.bool == true {
        drafts.append(TranscriptNouns.Draft(text: text, kind: .summary, nativeID: nativeID, at: record.at))
        continue
      }
      for case .user(let typed, let kind, let context) in UserText.elements(text, afterResult: afterResult) {
        var draft = TranscriptNouns.Draft(text: typed, kind: kind, context: context, nativeID: nativeID, at: record.at)
        draft.kind = refined(kind, typed, record)
        // The blocks of one message are one prompt.
        if let before = drafts.last, before.kind == draft.kind, draft.kind != .summary {
          drafts[drafts.count - 1].text += "\n" + draft.text
          let contexts = [before.context, draft.context].compactMap(\.self)
          drafts[drafts.count - 1].context = contexts.isEmpty ? nil : contexts.joined(separator: "\n")
        } else {
          drafts.append(draft)
        }
      }
    }
    if drafts.isEmpty, !afterResult, content.elements.contains(where: Self.isAttached) {
      drafts = [
        TranscriptNouns.Draft(text: "[image]", kind: refined(.human, "", record), nativeID: nativeID, at: record.at)
      ]
    }
    if record.isCut, !drafts.isEmpty { drafts[drafts.count - 1].isCut = true }
    return drafts
  }

  /// What a record says of its prompt besides its text.
  private mutating func refined(_ kind: Prompt.Kind, _ text: String, _ record: RecordContext) -> Prompt.Kind {
    let wasQueued = takeFromQueue(text, session: record.session)
    guard kind == .human || kind == .queued else { return kind }
    // Nobody types to a sub-agent.
    if record.agentID != nil { return .delegated }
    if record.value[member: "promptSource"]?.equals("system") == true { return .notification }
    if record.value["origin", "kind"]?.equals("task-notification") == true { return .notification }
    return wasQueued ? .queued : kind
  }

  // MARK: The model's side

  private mutating func readAnswer(
    _ record: RecordContext, _ message: JSONNode, _ content: JSONNode, in thread: inout TranscriptThread,
    into events: inout [ConversationEvent]
  ) {
    let limit = TranscriptNouns.nameLimit
    let id = message[member: "id"]?.string(limit: limit)
    let isError = record.value[member: "isApiErrorMessage"]?.bool == true
    var texts: [String] = []
    var reasoning: [String] = []
    var uses: [JSONNode] = []
    if content.isString { texts = Self.texts(content) }
    for block in content.elements {
      guard let type = block[member: "type"] else { continue }
      if type.equals("text") {
        texts += [block[member: "text"]?.string(limit: TranscriptNouns.textLimit)].compactMap(\.self)
      } else if type.equals("thinking") {
        reasoning += [block[member: "thinking"]?.string(limit: TranscriptNouns.textLimit)].compactMap(\.self)
      } else if type.equals("tool_use") || type.equals("server_tool_use") || type.equals("mcp_tool_use") {
        uses.append(block)
      }
    }
    let usage = message[member: "usage"]
    let key = id ?? record.uuid ?? "\(record.origin.offset)"
    nouns.answer(key, nativeID: id, in: &thread, at: record.at, origin: record.origin, into: &events) { answer in
      if !isError { answer.model = message[member: "model"]?.string(limit: limit) ?? answer.model }
      for text in texts { answer.append(text: text.trimmed) }
      for text in reasoning { answer.append(reasoning: text) }
      if isError {
        answer.error = record.value[member: "error"]?.string(limit: limit) ?? texts.first?.cut(to: limit) ?? ""
      }
      answer.stopReason = message[member: "stop_reason"]?.string(limit: limit) ?? answer.stopReason
      answer.inputTokens = usage?.count("input_tokens") ?? answer.inputTokens
      // The numbers of the first records are those of a stream that had only begun.
      answer.outputTokens = max(answer.outputTokens, usage?.count("output_tokens"))
      answer.isCut = answer.isCut || record.isCut
      answer.toolCallIDs += uses.compactMap { $0[member: "id"]?.string(limit: limit) }
    }
    thread.model = thread.answer?.model ?? thread.model
    for use in uses { readUse(use, record, in: &thread, into: &events) }
  }

  private mutating func readUse(
    _ block: JSONNode, _ record: RecordContext, in thread: inout TranscriptThread,
    into events: inout [ConversationEvent]
  ) {
    let limit = TranscriptNouns.nameLimit
    let id = block[member: "id"]?.string(limit: limit)
    let tool = block[member: "name"]?.string(limit: limit) ?? ""
    let input = block[member: "input"]
    let isNew = nouns.open(
      id, tool: tool, arguments: input?.source(limit: TranscriptNouns.textLimit + 4) ?? "", in: &thread,
      at: record.at, seenAt: record.at, origin: record.origin, into: &events
    ) { call in
      if let line = input.flatMap({ ToolCommand.line(tool, $0) }) { call.command = line }
      call.isBackground = input?[member: "run_in_background"]?.bool == true
      call.isServerSide = block[member: "type"]?.equals("server_tool_use") == true
      if record.isCut { (call.status, call.isCut) = (.incomplete, true) }
    }
    guard isNew, let id, let text = input?[member: "prompt"]?.string(limit: TranscriptNouns.textLimit) else { return }
    delegations[SHA256.digest(of: text.trimmed)] = Delegation(
      callID: id, thread: thread.noun.id, agentID: thread.noun.agentID)
  }

  private mutating func readResult(
    _ block: JSONNode, _ record: RecordContext, in thread: inout TranscriptThread,
    into events: inout [ConversationEvent]
  ) {
    let limit = TranscriptNouns.nameLimit
    guard let id = block[member: "tool_use_id"]?.string(limit: limit) else { return }
    let outcome = record.value[member: "toolUseResult"]
    if let agent = outcome?[member: "agentId"]?.string(limit: limit) {
      startAgent(agent, callID: id, prompt: outcome?[member: "prompt"], record, in: thread, into: &events)
    }
    let text = Self.resultText(block[member: "content"], outcome)
    let isError = block[member: "is_error"]?.bool == true || outcome?[member: "interrupted"]?.bool == true
    nouns.close(id, in: &thread, at: record.at, seenAt: record.at, origin: record.origin, into: &events) { call in
      call.result = text
      call.exitCode = outcome?[member: "exitCode"]?.integer ?? (isError ? LLMTrafficReader.exitCode(text) : nil)
      call.status = isError || (call.exitCode ?? 0) != 0 ? .failed : .succeeded
      call.isBackground =
        call.isBackground || outcome?[member: "backgroundTaskId"] != nil || outcome?[member: "isAsync"]?.bool == true
    }
  }

  /// The start of a result's text: what the model was given, or what the program wrote when that is more.
  private static func resultText(_ content: JSONNode?, _ outcome: JSONNode?) -> String {
    let limit = TranscriptNouns.resultLimit
    var text = ""
    if let content {
      if let whole = content.string(limit: limit) {
        text = whole
      } else {
        for block in content.elements where text.utf8.count < limit {
          guard let part = block[member: "text"]?.string(limit: limit) ?? block.string(limit: limit) else { continue }
          text += text.isEmpty ? part : "\n" + part
        }
      }
    }
    // They hold the same text where it was short enough for the model; as written it has the same length then.
    guard let output = outcome?[member: "stdout"], text.utf8.count < limit,
      output.range.count > max(content?.range.count ?? 0, 2), let whole = output.string(limit: limit)
    else { return text }
    let errors = outcome?[member: "stderr"]?.string(limit: limit) ?? ""
    let written = errors.isEmpty ? whole : whole + "\n" + errors
    return written.utf8.count > text.utf8.count ? written : text
  }
}

extension JSONNode {
  /// A count; nil for what is none.
  func count(_ name: StaticString) -> UInt64? { self[member: name]?.integer.flatMap { UInt64(exactly: $0) } }
}

/// The greater of two numbers that may not be there.
private func max(_ left: UInt64?, _ right: UInt64?) -> UInt64? {
  guard let left, let right else { return left ?? right }
  return Swift.max(left, right)
}
