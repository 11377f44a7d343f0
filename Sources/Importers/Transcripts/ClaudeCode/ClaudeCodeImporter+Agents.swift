import Bytes
import Model

extension ClaudeCodeImporter {
  /// Notes which call started a sub-agent, and tells its conversation when nothing else in this file does.
  mutating func startAgent(
    _ agent: String, callID: String, prompt: JSONNode?, _ record: RecordContext, in thread: TranscriptThread,
    into events: inout [ConversationEvent]
  ) {
    var child = record
    child.agentID = agent
    // The message itself is that of the parent.
    child.uuid = nil
    child.parentUUID = nil
    guard starts[child.key] == nil else { return }
    starts[child.key] = Delegation(callID: callID, thread: thread.noun.id, agentID: thread.noun.agentID)
    var (place, _) = parent(of: child)
    guard threads[place.thread]?.isTold == false else { return }
    with(&place, child) { importer, inner in
      guard let text = prompt?.string(limit: TranscriptNouns.textLimit + 4), !text.isEmpty else {
        importer.nouns.tell(&inner, into: &events)
        return
      }
      let draft = TranscriptNouns.Draft(text: text.trimmed, kind: .delegated, nativeID: nil, at: nil)
      importer.nouns.tell(draft, in: &inner, seenAt: record.at, origin: record.origin, into: &events)
    }
    last[child.key] = place
  }

  /// Reads the report of something that goes on; a sub-agent's messages come so in some versions.
  mutating func readProgress(
    _ value: JSONNode, _ record: TranscriptLines.Record, into events: inout [ConversationEvent]
  ) {
    pass(value, record)
    guard let data = value[member: "data"], data[member: "type"]?.equals("agent_progress") == true,
      let agent = data[member: "agentId"]?.string(limit: TranscriptNouns.nameLimit),
      let message = data[member: "message"], message.isObject
    else { return }
    let type = message[member: "type"]
    guard type?.equals("user") == true || type?.equals("assistant") == true else { return }
    let outer = RecordContext(value, origin: record.origin, isCut: record.isCut, agentID: fileAgentID, time: time)
    let at = message[member: "timestamp"]?.string.flatMap(TranscriptTime.instant) ?? time
    var inner = RecordContext(message, origin: record.origin, isCut: record.isCut, agentID: agent, time: at)
    inner.session = outer.session
    inner.agentID = agent
    if starts[inner.key] == nil {
      if let call = value[member: "parentToolUseID"]?.string(limit: TranscriptNouns.nameLimit) {
        let thread = nouns.conversation(ofCall: call) ?? Conversation.identifier([Self.name, outer.session])
        starts[inner.key] = Delegation(callID: call, thread: thread, agentID: outer.agentID)
      }
    }
    readMessage(inner, into: &events)
  }

  /// Reads a record of the program itself: the boundary of a compaction, or a command that was typed.
  mutating func readSystem(
    _ value: JSONNode, _ record: TranscriptLines.Record, into events: inout [ConversationEvent]
  ) {
    let context = RecordContext(value, origin: record.origin, isCut: record.isCut, agentID: fileAgentID, time: time)
    if let uuid = context.uuid, places[uuid] != nil { return }
    let subtype = value[member: "subtype"]
    if subtype?.equals("compact_boundary") == true {
      var logical = context
      logical.parentUUID = value[member: "logicalParentUuid"]?.string(limit: TranscriptNouns.nameLimit)
      let (place, _) = parent(of: logical)
      note(fork(.compaction, at: context, from: place), of: context)
      return
    }
    pass(value, record)
    guard subtype?.equals("local_command") == true, let uuid = context.uuid, var place = places[uuid],
      let text = value[member: "content"]?.string(limit: TranscriptNouns.textLimit)
    else { return }
    tell(text, as: nil, at: context.at, in: &place, context, into: &events)
    note(place, of: context)
  }
}
