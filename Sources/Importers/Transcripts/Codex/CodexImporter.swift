import Bytes
import Model

/// Reads the rollouts of Codex: envelopes of `{timestamp, type, payload}` in JSON Lines, or the bare items of its first
/// versions.
struct CodexImporter: TranscriptImporter {
  static let name = "codex"

  /// Turns of which is remembered where they began.
  static let turnLimit = 1 << 14
  /// Running programs and executed commands that are remembered.
  static let processLimit = 1 << 14

  /// Where a turn began.
  struct Turn: Sendable {
    var id: String?
    var promptID: String?
    var ordinal: Int
  }

  /// What belongs to a turn, for items that name another than the one that began last: sessions that run side by side may
  /// write one file.
  struct TurnFacts: Sendable {
    var promptID: String?
    var workingDirectory: String?
  }

  /// What is known of a command besides the text of its result.
  struct Execution: Sendable {
    var startedAt: Timestamp?
    var endedAt: Timestamp?
    var exitCode: Int?
    var workingDirectory: String?
  }

  let file: TranscriptFile
  var lines: TranscriptLines
  var nouns = TranscriptNouns(agent: name)
  var thread: TranscriptThread
  /// The session's own id.
  var session: String?
  var isSubagent = false
  var time: Timestamp
  /// The prompts that `user_message` tells, which the items of the history tell again.
  var hasMessages = false
  /// A prompt of the history for which no `user_message` has come.
  var held: (drafts: [TranscriptNouns.Draft], origin: Origin)?
  /// Prompts that were told, for histories that come again.
  var told = BoundedTable<Digest, Bool>(limit: turnLimit)
  var turns: [Turn] = []
  var turnFacts = BoundedTable<String, TurnFacts>(limit: turnLimit)
  /// A person's prompt was told in the turn, so that the next one was typed while the model was at work.
  var turnHasPrompt = false
  var responseCount = 0
  /// The model's part of a response is over: the results of its calls have come.
  var responseIsOver = false
  /// The call that started the program behind each session number.
  var processes = BoundedTable<Int, String>(limit: processLimit)
  var executions = BoundedTable<String, Execution>(limit: processLimit)
  var searchCount = 0

  init(_ file: TranscriptFile) {
    self.file = file
    lines = TranscriptLines(file, recognizes: Self.isRecord)
    time = file.modifiedAt ?? .epoch
    let start = file.origin(record: 1, offset: 0)
    thread = TranscriptThread(
      Conversation(id: Conversation.identifier([Self.name, file.path]), startedAt: time, origin: start))
    thread.noun.agent = Self.name
  }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    guard let first = head.records.first else { return false }
    if isBareHead(first) { return true }
    let marks = head.records.filter(isRecord).count
    return marks > 0 && marks * 2 >= head.records.count
  }

  private static func isRecord(_ value: JSONNode) -> Bool {
    guard let type = value[member: "type"], value[member: "payload"]?.isObject == true else { return false }
    return type.equals("session_meta") || type.equals("turn_context") || type.equals("response_item")
      || type.equals("event_msg") || type.equals("compacted")
  }

  /// The first line of the first versions: the session without an envelope.
  private static func isBareHead(_ value: JSONNode) -> Bool {
    value[member: "type"] == nil && value[member: "id"]?.isString == true
      && value[member: "timestamp"]?.isString == true
      && (value.has("instructions") || value.has("git")) && !value.has("payload")
  }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) {
    lines.append(bytes)
    while let record = lines.next(into: &events) { read(record, into: &events) }
  }

  mutating func finish(into events: inout [ConversationEvent]) {
    lines.finish()
    while let record = lines.next(into: &events) { read(record, into: &events) }
    tellHeld(into: &events)
    nouns.endAnswer(of: &thread, into: &events)
    nouns.finish(into: &events)
    lines.report(into: &events)
  }

  private mutating func read(_ record: TranscriptLines.Record, into events: inout [ConversationEvent]) {
    let value = record.value
    if let at = value[member: "timestamp"]?.string.flatMap(TranscriptTime.instant) { time = at }
    guard let payload = value[member: "payload"], payload.isObject, let type = value[member: "type"] else {
      readBare(record, into: &events)
      return
    }
    if type.equals("response_item") {
      readItem(payload, record, into: &events)
    } else if type.equals("event_msg") {
      readEvent(payload, record, into: &events)
    } else if type.equals("turn_context") {
      readContext(payload)
    } else if type.equals("session_meta") {
      readSession(payload, record.origin, into: &events)
    } else if type.equals("compacted") {
      readCompaction(payload, record, into: &events)
    } else if !Self.otherRecords.contains(type.string ?? "") {
      lines.noteUnknown(type.scalar ?? "", record.origin)
    }
  }

  /// Types of records that hold neither prompts nor calls.
  private static let otherRecords: Set<String> = ["ghost_snapshot", "state", "session_state"]

  private mutating func readBare(_ record: TranscriptLines.Record, into events: inout [ConversationEvent]) {
    if record.value[member: "type"] != nil {
      readItem(record.value, record, into: &events)
    } else if Self.isBareHead(record.value) {
      readSession(record.value, record.origin, into: &events)
      // The items that follow have no times.
      if !thread.isTold { thread.noun.clock = .start }
    } else if record.value[member: "record_type"] == nil {
      lines.noteUnknown("", record.origin)
    }
  }

  // MARK: Session and turns

  private mutating func readSession(_ payload: JSONNode, _ origin: Origin, into events: inout [ConversationEvent]) {
    let limit = TranscriptNouns.nameLimit
    guard let id = payload[member: "id"]?.string(limit: limit) else { return }
    let spawn = payload["source", "subagent"]?[member: "thread_spawn"]
    let parent =
      payload[member: "parent_thread_id"]?.string(limit: limit)
      ?? spawn?[member: "parent_thread_id"]?.string(limit: limit)
    let forked = payload[member: "forked_from_id"]?.string(limit: limit)
    guard session == nil else {
      // A fork repeats the history of another session, with that one's own head.
      if id != session, !thread.isTold, thread.noun.parentID == nil {
        (thread.noun.parentID, thread.noun.link) = (Conversation.identifier([Self.name, id]), .branch)
      }
      return
    }
    session = id
    var noun = Conversation(id: Conversation.identifier([Self.name, id]), startedAt: time, origin: origin)
    if let at = payload[member: "timestamp"]?.string.flatMap(TranscriptTime.instant) {
      noun.startedAt = at
      if time == file.modifiedAt ?? .epoch { time = at }
    }
    noun.nativeID = id
    noun.agent = Self.name
    noun.agentVersion = payload[member: "cli_version"]?.string(limit: limit)
    noun.workingDirectory = payload[member: "cwd"]?.string(limit: limit)
    isSubagent =
      payload[member: "thread_source"]?.equals("subagent") == true || payload["source", "subagent"] != nil
    if isSubagent {
      noun.link = .subagent
      noun.agentID = id
      noun.parentID = (parent ?? forked).map { Conversation.identifier([Self.name, $0]) }
      noun.parentAgentID = parent
    } else if let forked = forked ?? parent {
      (noun.link, noun.parentID) = (.branch, Conversation.identifier([Self.name, forked]))
    }
    thread = TranscriptThread(noun)
    thread.workingDirectory = noun.workingDirectory
    let instructions =
      payload["base_instructions", "text"]?.string(limit: TranscriptNouns.textLimit + 4)
      ?? payload[member: "instructions"]?.string(limit: TranscriptNouns.textLimit + 4)
    guard let instructions, !instructions.trimmed.isEmpty else { return }
    let draft = TranscriptNouns.Draft(text: instructions, kind: .system, at: noun.startedAt)
    nouns.tell(draft, in: &thread, seenAt: time, origin: origin, into: &events)
  }

  private mutating func readContext(_ payload: JSONNode) {
    let limit = TranscriptNouns.nameLimit
    thread.workingDirectory = payload[member: "cwd"]?.string(limit: limit) ?? thread.workingDirectory
    thread.model = payload[member: "model"]?.string(limit: limit) ?? thread.model
    if let turn = payload[member: "turn_id"]?.string(limit: limit), turn != thread.turnID { beginTurn(turn) }
    noteTurn()
  }

  /// Keeps what belongs to the turn that began last.
  mutating func noteTurn(hasPrompt: Bool = false) {
    guard let turn = thread.turnID else { return }
    var facts = turnFacts[turn] ?? TurnFacts()
    facts.workingDirectory = thread.workingDirectory
    if hasPrompt { facts.promptID = thread.promptID }
    turnFacts[turn] = facts
  }

  mutating func beginTurn(_ id: String?) {
    thread.turnID = id
    turnHasPrompt = false
    if turns.count >= Self.turnLimit { turns.removeFirst(Self.turnLimit / 2) }
    turns.append(Turn(id: id, promptID: thread.promptID, ordinal: thread.ordinal))
  }

  /// Goes on in a conversation of its own.
  mutating func fork(
    _ link: Conversation.Link, _ name: String, _ origin: Origin, into events: inout [ConversationEvent]
  ) {
    nouns.endAnswer(of: &thread, into: &events)
    var noun = thread.noun
    noun.id = Conversation.identifier([Self.name, session ?? file.path, name])
    (noun.parentID, noun.link) = (thread.noun.id, link)
    (noun.startedAt, noun.origin) = (time, origin)
    thread.noun = noun
    thread.isTold = false
  }
}

extension JSONNode {
  /// Whether there is a member of that name, null included.
  func has(_ name: StaticString) -> Bool { isObject && members.contains { $0.name == name.description } }
}
