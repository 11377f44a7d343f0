import Bytes
import Model

/// What was typed while the model was at work, and waits to be given to it.
struct QueuedText: Sendable {
  var session: String
  var text: String
  var at: Timestamp
  var origin: Origin
  /// It was taken for a turn of its own, whose record comes.
  var isTaken = false
}

extension ClaudeCodeImporter {
  /// Texts that wait at once.
  static let queueLimit = 1_024

  /// Reads what happened in the queue of typed texts.
  ///
  /// `dequeue` begins a turn, whose record tells the prompt; `remove` gives the text to the model in the middle of one,
  /// and some versions write no other record of it; `popAll` takes all back to where they were typed.
  mutating func readQueue(_ value: JSONNode, _ origin: Origin, into events: inout [ConversationEvent]) {
    let session = value[member: "sessionId"]?.string(limit: TranscriptNouns.nameLimit) ?? ""
    let text = value[member: "content"]?.string(limit: TranscriptNouns.textLimit)
    guard let operation = value[member: "operation"] else { return }
    if operation.equals("enqueue") {
      queue.append(QueuedText(session: session, text: text ?? "", at: time, origin: origin))
      guard queue.count > Self.queueLimit else { return }
      tell(queue.removeFirst(), at: time, into: &events)
    } else if operation.equals("dequeue") {
      guard let index = waiting(session, text) else { return }
      queue[index].isTaken = true
      if queue[index].text.isEmpty { queue.remove(at: index) }
    } else if operation.equals("remove") {
      guard let index = waiting(session, text) else { return }
      tell(queue.remove(at: index), at: time, into: &events)
    } else if operation.equals("popAll") {
      queue.removeAll { $0.session == session && !$0.isTaken }
    } else {
      lines.noteUnknown("queue-operation \(operation.scalar ?? "")", origin)
    }
  }

  private func waiting(_ session: String, _ text: String?) -> Int? {
    queue.firstIndex { $0.session == session && !$0.isTaken && (text == nil || text == $0.text) }
  }

  /// Takes a text out of the queue that a record tells; whether it was there.
  mutating func takeFromQueue(_ text: String, session: String) -> Bool {
    guard !queue.isEmpty, !text.isEmpty else { return false }
    let trimmed = text.trimmed
    let found = queue.firstIndex { $0.session == session && ($0.text == text || $0.text.trimmed == trimmed) }
    guard let found else { return false }
    queue.remove(at: found)
    return true
  }

  /// Tells what no record told.
  mutating func finishQueue(into events: inout [ConversationEvent]) {
    let left = queue
    queue = []
    for item in left { tell(item, at: item.at, into: &events) }
  }

  private mutating func tell(_ item: QueuedText, at: Timestamp, into events: inout [ConversationEvent]) {
    let key = "\(item.session)\n"
    guard !item.text.isEmpty else { return }
    guard var place = last[key] else {
      let detail = "a text was typed before anything else of its session"
      events.append(.anomaly(Anomaly("transcript-queue-unplaced", detail, origin: item.origin, time: item.at)))
      return
    }
    guard var thread = threads[place.thread] else { return }
    let turn = thread.turnID
    for case .user(let typed, let kind, let context) in UserText.elements(item.text, afterResult: true) {
      let draft = TranscriptNouns.Draft(text: typed, kind: kind, context: context, at: at)
      nouns.tell(draft, in: &thread, seenAt: at, origin: item.origin, into: &events)
    }
    thread.turnID = turn
    (place.promptID, place.ordinal) = (thread.promptID, thread.ordinal)
    threads[place.thread] = thread
    last[key] = place
    // What the model does from here on, it does with this text before it.
    if let uuid = lastRecord[key], places[uuid]?.thread == place.thread { places[uuid] = place }
  }

  /// Reads what was attached to a turn: texts that were typed in the middle of it.
  mutating func readAttachment(
    _ value: JSONNode, _ record: TranscriptLines.Record, into events: inout [ConversationEvent]
  ) {
    let context = RecordContext(value, origin: record.origin, isCut: record.isCut, agentID: fileAgentID, time: time)
    if let uuid = context.uuid, places[uuid] != nil { return }
    pass(value, record)
    guard let attachment = value[member: "attachment"], attachment[member: "type"]?.equals("queued_command") == true,
      let prompt = attachment[member: "prompt"]
    else { return }
    var (place, _) = parent(of: context)
    let isNotice = attachment[member: "commandMode"]?.equals("task-notification") == true
    for text in Self.texts(prompt) {
      _ = takeFromQueue(text, session: context.session)
      tell(text, as: isNotice ? .notification : nil, at: context.at, in: &place, context, into: &events)
    }
    note(place, of: context)
  }

  /// Tells a text that came in the middle of a turn.
  mutating func tell(
    _ text: String, as kind: Prompt.Kind?, at: Timestamp, in place: inout Place, _ record: RecordContext,
    into events: inout [ConversationEvent]
  ) {
    with(&place, record) { importer, thread in
      for case .user(let typed, let found, let context) in UserText.elements(text, afterResult: true) {
        let draft = TranscriptNouns.Draft(
          text: typed, kind: kind ?? found, context: context, nativeID: record.uuid, at: at, isCut: record.isCut)
        importer.nouns.tell(draft, in: &thread, seenAt: at, origin: record.origin, into: &events)
      }
    }
  }
}
