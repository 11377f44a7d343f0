import Bytes
import Model

/// Reads the events of GitHub Copilot's agents, of the command line and of VS Code: `{type, data, id, parentId, timestamp}`
/// in JSON Lines.
struct CopilotImporter: TranscriptImporter {
  static let name = "copilot"

  /// Sub-agents of one session, and shells that are remembered.
  static let agentLimit = 4_096

  let file: TranscriptFile
  var lines: TranscriptLines
  var nouns = TranscriptNouns(agent: name)
  var thread: TranscriptThread
  /// The sub-agents' conversations by the call that started each.
  var agents: [String: TranscriptThread] = [:]
  var agentOrder: [String] = []
  /// The call that started each shell.
  var shells = BoundedTable<String, String>(limit: agentLimit)
  /// Where each prompt stands, for rewinds.
  var places = BoundedTable<String, (ordinal: Int, promptID: String?)>(limit: 1 << 14)
  var session: String?
  var time: Timestamp
  var isInTurn = false

  init(_ file: TranscriptFile) {
    self.file = file
    lines = TranscriptLines(file, recognizes: Self.isRecord)
    time = file.modifiedAt ?? .epoch
    let start = file.origin(record: 1, offset: 0)
    thread = TranscriptThread(Conversation(id: "", startedAt: time, origin: start))
    thread.noun.agent = Self.name
  }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    let marks = head.records.filter(isRecord).count
    return marks > 0 && marks * 2 >= head.records.count
  }

  private static func isRecord(_ value: JSONNode) -> Bool {
    guard let type = value[member: "type"]?.string(limit: 64), value[member: "data"]?.isObject == true,
      value[member: "id"]?.isString == true, value[member: "timestamp"] != nil,
      let family = type.split(separator: ".").first, type.contains(".")
    else { return false }
    return families.contains(String(family))
  }

  /// What the types of events begin with.
  static let families: Set<String> = [
    "session", "user", "assistant", "tool", "hook", "permission", "system", "subagent", "abort", "skill",
    "elicitation", "user_input", "command", "external_tool", "mcp", "pending_messages", "sampling", "capabilities",
    "exit_plan_mode", "auto_mode_switch", "model",
  ]

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) {
    lines.append(bytes)
    while let record = lines.next(into: &events) { read(record, into: &events) }
  }

  mutating func finish(into events: inout [ConversationEvent]) {
    lines.finish()
    while let record = lines.next(into: &events) { read(record, into: &events) }
    nouns.endAnswer(of: &thread, into: &events)
    for id in agentOrder { if var agent = agents[id] { nouns.endAnswer(of: &agent, into: &events) } }
    nouns.finish(into: &events)
    lines.report(into: &events)
  }

  private mutating func read(_ record: TranscriptLines.Record, into events: inout [ConversationEvent]) {
    let value = record.value
    guard let type = value[member: "type"], let data = value[member: "data"] else {
      lines.noteUnknown(value[member: "type"]?.scalar ?? "", record.origin)
      return
    }
    if let at = value[member: "timestamp"]?.string.flatMap(TranscriptTime.instant) { time = at }
    if type.equals("session.start") || type.equals("session.resume") {
      readSession(data, record.origin)
      return
    }
    if thread.noun.id.isEmpty {
      // The beginning is missing: the first event sets the session apart.
      let id = value[member: "id"]?.string(limit: TranscriptNouns.nameLimit) ?? file.path
      thread.noun.id = Conversation.identifier([Self.name, "", id])
      (thread.noun.startedAt, thread.noun.origin) = (time, record.origin)
    }
    readEvent(type, data, record, into: &events)
  }

  private mutating func readSession(_ data: JSONNode, _ origin: Origin) {
    let limit = TranscriptNouns.nameLimit
    thread.workingDirectory = data["context", "cwd"]?.string(limit: limit) ?? thread.workingDirectory
    thread.model = data[member: "selectedModel"]?.string(limit: limit) ?? thread.model
    guard session == nil, !thread.isTold, let id = data[member: "sessionId"]?.string(limit: limit) else { return }
    session = id
    var noun = Conversation(id: Conversation.identifier([Self.name, id]), startedAt: time, origin: origin)
    noun.startedAt = data[member: "startTime"]?.string.flatMap(TranscriptTime.instant) ?? time
    (noun.nativeID, noun.agent) = (id, Self.name)
    noun.agentVersion = data[member: "copilotVersion"]?.string(limit: limit)
    noun.workingDirectory = thread.workingDirectory
    noun.model = thread.model
    thread.noun = noun
  }

  /// Works on the conversation to which an event belongs: a sub-agent's when it names the call that started one.
  mutating func with(
    _ data: JSONNode, _ origin: Origin, _ body: (inout CopilotImporter, inout TranscriptThread) -> Void
  ) {
    let limit = TranscriptNouns.nameLimit
    guard let call = data[member: "parentToolCallId"]?.string(limit: limit), !call.isEmpty else {
      var main = thread
      body(&self, &main)
      thread = main
      return
    }
    var agent = agents[call] ?? newAgent(call, name: nil, origin)
    body(&self, &agent)
    agents[call] = agent
  }

  mutating func newAgent(_ call: String, name: String?, _ origin: Origin) -> TranscriptThread {
    let id = Conversation.identifier([Self.name, session ?? thread.noun.id, call])
    var noun = Conversation(id: id, startedAt: time, origin: origin)
    (noun.nativeID, noun.agent, noun.agentID) = (session, Self.name, name ?? call)
    (noun.link, noun.parentCallID) = (.subagent, call)
    noun.parentID = nouns.conversation(ofCall: call) ?? thread.noun.id
    noun.parentAgentID = agents.values.first { $0.noun.id == noun.parentID }?.noun.agentID
    noun.agentVersion = thread.noun.agentVersion
    var agent = TranscriptThread(noun)
    (agent.workingDirectory, agent.turnID, agent.model) = (thread.workingDirectory, thread.turnID, thread.model)
    agentOrder.append(call)
    if agentOrder.count > Self.agentLimit { agents[agentOrder.removeFirst()] = nil }
    agents[call] = agent
    return agent
  }

  /// Goes on in a conversation of its own.
  mutating func fork(
    _ link: Conversation.Link, _ name: String, _ origin: Origin, into events: inout [ConversationEvent]
  ) {
    nouns.endAnswer(of: &thread, into: &events)
    var noun = thread.noun
    noun.id = Conversation.identifier([Self.name, session ?? thread.noun.id, name])
    (noun.parentID, noun.link) = (thread.noun.id, link)
    (noun.startedAt, noun.origin) = (time, origin)
    thread.noun = noun
    thread.isTold = false
  }
}
