import Bytes
import Model

/// Agent Trace: which lines of which files a conversation wrote, and calls only where the metadata name them.
struct AgentTraceImporter: TranscriptImporter {
  static let name = "agent-trace"

  private let file: TranscriptFile
  private var document = TranscriptDocument()

  init(_ file: TranscriptFile) { self.file = file }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    HeadJSON(head).records.contains { value in
      if value["schema"]?.string?.hasPrefix("agent-trace/") == true { return true }
      guard value["version"]?.string != nil, value["timestamp"] != nil, let files = value["files"] else { return false }
      return files.elements.contains { $0["path"] != nil && $0["conversations"] != nil }
    }
  }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) { document.receive(bytes) }

  mutating func finish(into events: inout [ConversationEvent]) {
    document.tellLimit(file, into: &events)
    var tellers: [String: Dialogue] = [:]
    var order: [String] = []
    document.forEachInList(named: [], file, into: &events) { record, events in
      guard let at = WrittenTime(record.value[member: "timestamp"]) else { return }
      for (session, facts) in Self.sessions(record.value) {
        if tellers[session] == nil {
          var conversation = Conversation(
            id: Conversation.identifier([Self.name, session]), startedAt: at.at, origin: record.origin)
          conversation.nativeID = session.cut(to: LLMRequest.nameLimit)
          conversation.agent = facts.agent
          conversation.agentVersion = facts.version
          conversation.model = facts.model
          conversation.clock = at.isLocal ? .local : .utc
          tellers[session] = Dialogue(conversation)
          tellers[session]?.begin(into: &events)
          order.append(session)
        }
        guard let use = Self.call(record.value) else { continue }
        tellers[session]?.tell(use, record.value, at.at, record.origin, into: &events)
      }
    }
    document = TranscriptDocument()
    for session in order { tellers[session]?.finish(into: &events) }
  }

  private struct Facts {
    var agent: String?
    var version: String?
    var model: String?
  }

  /// The conversations of a record: of its metadata, or the addresses of those that wrote its lines.
  private static func sessions(_ record: JSONValue) -> [(String, Facts)] {
    let metadata = record[member: "metadata"]
    let tool = record[member: "tool"]
    var facts = Facts(agent: tool?[member: "name"]?.text, version: tool?[member: "version"]?.text)
    let named = [
      record[member: "session_id"], metadata?[member: "conversation_id"], metadata?[member: "session_id"],
    ]
    let conversations = record.list("files").flatMap { $0.list("conversations") }
    facts.model = conversations.lazy.compactMap { $0[member: "contributor"]?[member: "model_id"]?.text }.first
    if let id = named.lazy.compactMap({ $0?.text }).first { return [(id, facts)] }
    var seen: Set<String> = []
    return conversations.compactMap { conversation in
      guard let url = conversation[member: "url"]?.text, seen.insert(url).inserted else { return nil }
      var facts = facts
      facts.model = conversation[member: "contributor"]?[member: "model_id"]?.text
      return (url, facts)
    }
  }

  private static func call(_ record: JSONValue) -> LLMToolUse? {
    let metadata = record[member: "metadata"]
    let id = record[member: "tool_use_id"] ?? metadata?[member: "tool_use_id"]
    if let command = metadata?[member: "command"]?.text {
      var json = JSONWriter()
      json.object { json in
        json.key("command")
        json.value(command)
      }
      return LLMToolUse(id: id?.text, name: "shell", arguments: json.text)
    }
    guard let id = id?.text, let tool = record[member: "tool"]?.string else { return nil }
    var json = JSONWriter()
    json.object { json in
      for name in ["file_path", "start_line", "end_line", "content_hash"] {
        guard let value = record[member: name] else { continue }
        json.key(name)
        json.json(value.compact)
      }
    }
    return LLMToolUse(id: id, name: tool, arguments: json.text)
  }
}

extension Dialogue {
  /// A call of which a record written after it tells.
  fileprivate mutating func tell(
    _ use: LLMToolUse, _ record: JSONValue, _ at: Timestamp, _ origin: Origin, into events: inout [ConversationEvent]
  ) {
    let taken = record[member: "metadata"]?[member: "duration_ms"]?.integer.map { Int64($0) }
    let (nanoseconds, overflow) = (taken ?? 0).multipliedReportingOverflow(by: 1_000_000)
    let start = overflow || nanoseconds < 0 ? at : Timestamp(nanoseconds: at.nanoseconds &- nanoseconds)
    guard let key = open(use, at: start, seenAt: start, origin: origin, into: &events) else { return }
    close(key, "", at: at, seenAt: at, origin: origin, into: &events)
  }
}
