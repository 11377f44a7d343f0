import Bytes
import Model

extension ClaudeCodeImporter {
  /// The place after which a record stands, and whether its parent says so.
  mutating func parent(of record: RecordContext) -> (place: Place, isKnown: Bool) {
    if let place = record.parentUUID.flatMap({ places[$0] }) {
      isChained = true
      let known = threads[place.thread]?.noun
      if known?.nativeID == record.session, known?.agentID == record.agentID { return (place, true) }
      // A copied history goes on under another session's id.
      if let before = last[record.key] { return (before, false) }
      return (root(of: record, after: place), true)
    }
    // A damaged or missing parent: the record before it in the file is the best that is known.
    if let before = last[record.key] { return (before, false) }
    return (root(of: record, after: nil), false)
  }

  /// The beginning of the conversation of a session or of one of its agents.
  private mutating func root(of record: RecordContext, after place: Place?) -> Place {
    var parts = [Self.name, record.session]
    if let agent = record.agentID { parts.append(agent) }
    let id = Conversation.identifier(parts)
    if threads[id] == nil {
      var noun = conversation(id, record)
      if record.agentID != nil {
        let start = starts[record.key]
        noun.link = .subagent
        noun.parentCallID = start?.callID
        noun.parentAgentID = start?.agentID
        noun.parentID = start?.thread ?? Conversation.identifier([Self.name, record.session])
      } else if let place {
        (noun.link, noun.parentID) = (.branch, place.thread)
      }
      insert(TranscriptThread(noun))
    }
    return Place(thread: id, node: id, promptID: nil, turnID: nil, ordinal: 0)
  }

  /// A conversation that goes on from another one of the same session and agent.
  mutating func fork(_ link: Conversation.Link, at record: RecordContext, from place: Place) -> Place {
    let id = Conversation.identifier([Self.name, record.session, record.uuid ?? "\(record.origin.offset)"])
    if threads[id] == nil {
      var noun = conversation(id, record)
      if let old = threads[place.thread]?.noun {
        (noun.parentCallID, noun.parentAgentID) = (old.parentCallID, old.parentAgentID)
      }
      (noun.link, noun.parentID) = (link, place.thread)
      var thread = TranscriptThread(noun)
      thread.ordinal = link == .compaction ? 0 : place.ordinal
      insert(thread)
    }
    return Place(
      thread: id, node: link == .compaction ? id : place.node, promptID: place.promptID, turnID: place.turnID,
      ordinal: place.ordinal)
  }

  private func conversation(_ id: String, _ record: RecordContext) -> Conversation {
    let limit = TranscriptNouns.nameLimit
    var noun = Conversation(id: id, startedAt: record.at, origin: record.origin)
    noun.nativeID = record.session
    noun.agent = Self.name
    noun.agentID = record.agentID
    noun.agentVersion = record.value[member: "version"]?.string(limit: limit)
    noun.workingDirectory = record.value[member: "cwd"]?.string(limit: limit)
    return noun
  }

  mutating func insert(_ thread: TranscriptThread) {
    threads[thread.noun.id] = thread
    order.append(thread.noun.id)
    guard order.count > Self.threadLimit else { return }
    if let oldest = threads.removeValue(forKey: order.removeFirst()) { forgotten.append(oldest) }
  }

  /// Works on the thread of a place, as it stands there.
  mutating func with(
    _ place: inout Place, _ record: RecordContext,
    _ body: (inout ClaudeCodeImporter, inout TranscriptThread) -> Void
  ) {
    // It may have been forgotten for others, and begins anew.
    if threads[place.thread] == nil { place = root(of: record, after: nil) }
    guard var thread = threads[place.thread] else { return }
    (thread.promptID, thread.turnID) = (place.promptID, place.turnID)
    if let directory = record.value[member: "cwd"]?.string(limit: TranscriptNouns.nameLimit) {
      thread.workingDirectory = directory
    }
    if let turn = record.value[member: "promptId"]?.string(limit: TranscriptNouns.nameLimit) { thread.turnID = turn }
    body(&self, &thread)
    (place.promptID, place.turnID, place.ordinal) = (thread.promptID, thread.turnID, thread.ordinal)
    threads[place.thread] = thread
  }
}
