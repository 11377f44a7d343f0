import Bytes
import Model

/// Reads the transcripts of Claude Code: a tree of records in JSON Lines, one record for each block of a message.
///
/// The place of a record is told by its `parentUuid`. What a prompt is the parent of can be forked by a rewind; calls
/// that run at once fork the tree as well and are no rewind, so that a branch is told by prompts alone.
struct ClaudeCodeImporter: TranscriptImporter {
  static let name = "claude-code"

  /// Records whose place is remembered.
  static let placeLimit = 1 << 17
  /// Conversations that are being read at once.
  static let threadLimit = 4_096

  /// Where a record stands: what the records that follow it belong to.
  struct Place: Sendable {
    var thread: String
    /// The `uuid` of the nearest prompt that can be rewound to.
    var node: String
    var promptID: String?
    var turnID: String?
    var ordinal: Int
  }

  /// A sub-agent that a call started.
  struct Delegation: Sendable {
    var callID: String
    var thread: String
    var agentID: String?
  }

  let file: TranscriptFile
  var lines: TranscriptLines
  var nouns = TranscriptNouns(agent: name)
  /// Conversations by id.
  var threads: [String: TranscriptThread] = [:]
  var order: [String] = []
  var places = BoundedTable<String, Place>(limit: placeLimit)
  /// The place of the last record of each session and agent.
  var last = BoundedTable<String, Place>(limit: threadLimit)
  /// Prompts (or conversations, for their first prompt) that another prompt followed.
  var followed = BoundedTable<String, Bool>(limit: placeLimit)
  /// Calls by the prompt that they give to a sub-agent.
  var delegations = BoundedTable<Digest, Delegation>(limit: threadLimit)
  /// The call that started each sub-agent.
  var starts = BoundedTable<String, Delegation>(limit: threadLimit)
  var queue: [QueuedText] = []
  /// The last record of a session and agent, by its `uuid`.
  var lastRecord = BoundedTable<String, String>(limit: LLMTrafficReader.nounLimit)
  var time: Timestamp
  var lacksTimes = false
  /// Whether records name their parents: in transcripts that were pieced together none do.
  var isChained = false
  /// Conversations that were forgotten with an open answer.
  var forgotten: [TranscriptThread] = []
  /// The agent that the file's name tells: `agent-ID.jsonl`.
  let fileAgentID: String?

  init(_ file: TranscriptFile) {
    self.file = file
    lines = TranscriptLines(file, recognizes: Self.isRecord)
    time = file.modifiedAt ?? .epoch
    let fileName = file.path.split(whereSeparator: { $0 == "/" || $0 == "\\" || $0 == "!" }).last ?? ""
    let isAgent = fileName.hasPrefix("agent-") && fileName.hasSuffix(".jsonl")
    fileAgentID = isAgent ? String(fileName.dropFirst(6).dropLast(6)) : nil
  }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    let marks = head.records.filter(isRecord).count
    return marks > 0 && marks * 2 >= head.records.count
  }

  /// Whether an object is a record, and not a part of one.
  private static func isRecord(_ value: JSONNode) -> Bool {
    guard let type = value[member: "type"] else { return false }
    if type.equals("user") || type.equals("assistant") {
      guard value[member: "message"] != nil, value[member: "sessionId"] != nil else { return false }
      return value[member: "uuid"] != nil || value[member: "isSidechain"] != nil
    }
    if type.equals("summary") { return value[member: "leafUuid"] != nil }
    if type.equals("file-history-snapshot") { return value[member: "messageId"] != nil }
    return value[member: "sessionId"] != nil && isKnown(type)
  }

  private static func isKnown(_ type: JSONNode) -> Bool {
    type.equals("system") || type.equals("progress") || type.equals("queue-operation") || type.equals("attachment")
      || other.contains(type.string ?? "")
  }

  /// Types of records that hold no prompts and no calls.
  static let other: Set<String> = [
    "file-history-snapshot", "file-history-delta", "summary", "pr-link", "ai-title", "custom-title", "last-prompt",
    "mode", "permission-mode", "agent-name", "agent-color", "agent-setting", "tag", "worktree-state", "task-summary",
    "content-replacement",
  ]

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) {
    lines.append(bytes)
    while let record = lines.next(into: &events) { read(record, into: &events) }
  }

  mutating func finish(into events: inout [ConversationEvent]) {
    lines.finish()
    while let record = lines.next(into: &events) { read(record, into: &events) }
    finishQueue(into: &events)
    endForgotten(into: &events)
    for id in order { if var thread = threads[id] { nouns.endAnswer(of: &thread, into: &events) } }
    nouns.finish(into: &events)
    lines.report(into: &events)
  }

  private mutating func read(_ record: TranscriptLines.Record, into events: inout [ConversationEvent]) {
    let value = record.value
    endForgotten(into: &events)
    guard let type = value[member: "type"] else {
      lines.noteUnknown("", record.origin)
      return
    }
    let at = value[member: "timestamp"]?.string.flatMap(TranscriptTime.instant)
    time = at ?? time
    if type.equals("user") || type.equals("assistant") {
      let context = RecordContext(value, origin: record.origin, isCut: record.isCut, agentID: fileAgentID, time: time)
      if at == nil { noteMissingTime(record.origin, into: &events) }
      readMessage(context, into: &events)
    } else if type.equals("progress") {
      readProgress(value, record, into: &events)
    } else if type.equals("queue-operation") {
      readQueue(value, record.origin, into: &events)
    } else if type.equals("system") {
      readSystem(value, record, into: &events)
    } else if type.equals("attachment") {
      readAttachment(value, record, into: &events)
    } else if !Self.other.contains(type.string ?? "") {
      lines.noteUnknown(type.scalar ?? "", record.origin)
      pass(value, record)
    }
  }

  private mutating func noteMissingTime(_ origin: Origin, into events: inout [ConversationEvent]) {
    guard !lacksTimes else { return }
    lacksTimes = true
    let detail = "a record has no time; it and others like it have that of the record before"
    events.append(.anomaly(Anomaly("transcript-time-missing", detail, origin: origin, time: time)))
  }

  private mutating func endForgotten(into events: inout [ConversationEvent]) {
    for var thread in forgotten { nouns.endAnswer(of: &thread, into: &events) }
    forgotten = []
  }

  /// Notes the place of a record that holds nothing itself.
  mutating func pass(_ value: JSONNode, _ record: TranscriptLines.Record) {
    let context = RecordContext(value, origin: record.origin, isCut: record.isCut, agentID: fileAgentID, time: time)
    guard let uuid = context.uuid, places[uuid] == nil, !context.session.isEmpty else { return }
    note(parent(of: context).place, of: context)
  }
}

/// What all records have in common.
struct RecordContext: Sendable {
  var value: JSONNode
  var origin: Origin
  var isCut: Bool
  var session: String { didSet { key = Self.key(session, agentID) } }
  var agentID: String? { didSet { key = Self.key(session, agentID) } }
  /// Session and agent.
  private(set) var key: String
  var uuid: String?
  var parentUUID: String?
  var at: Timestamp

  init(_ value: JSONNode, origin: Origin, isCut: Bool, agentID: String?, time: Timestamp) {
    self.value = value
    self.origin = origin
    self.isCut = isCut
    let limit = TranscriptNouns.nameLimit
    let session = value[member: "sessionId"]?.string(limit: limit) ?? ""
    let agent = value[member: "agentId"]?.string(limit: limit) ?? agentID
    self.session = session
    self.agentID = agent
    key = Self.key(session, agent)
    uuid = value[member: "uuid"]?.string(limit: limit)
    parentUUID = value[member: "parentUuid"]?.string(limit: limit)
    at = time
  }

  private static func key(_ session: String, _ agent: String?) -> String { "\(session)\n\(agent ?? "")" }
}
