import Bytes
import Model

/// Reads what `codex exec --json` prints: threads, turns and items, without times and without the prompt.
struct CodexExecImporter: TranscriptImporter {
  static let name = "codex-exec"

  /// Items that have begun and wait for their end.
  static let openLimit = 4_096

  private struct Started: Sendable {
    var item: JSONNode
    var origin: Origin
  }

  let file: TranscriptFile
  private var lines: TranscriptLines
  private var nouns = TranscriptNouns(agent: CodexImporter.name)
  private var thread: TranscriptThread
  /// Items by their number, which is their own only within a turn or a thread.
  private var started: [String: Started] = [:]
  private var order: [String] = []
  private var turnCount = 0
  private let time: Timestamp

  init(_ file: TranscriptFile) {
    self.file = file
    lines = TranscriptLines(file, recognizes: Self.isRecord)
    time = file.modifiedAt ?? .epoch
    let id = Conversation.identifier([CodexImporter.name, file.path])
    thread = TranscriptThread(Conversation(id: id, startedAt: time, origin: file.origin(record: 1, offset: 0)))
    (thread.noun.agent, thread.noun.clock) = (CodexImporter.name, .none)
  }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    guard let first = head.records.first, let type = first[member: "type"] else { return false }
    if type.equals("thread.started") { return first[member: "thread_id"]?.isString == true }
    let marks = head.records.filter(isRecord).count
    return marks > 0 && marks * 2 >= head.records.count
  }

  private static func isRecord(_ value: JSONNode) -> Bool {
    guard let type = value[member: "type"] else { return false }
    if type.equals("turn.started") || type.equals("turn.failed") { return !value.has("data") }
    if type.equals("thread.started") { return value[member: "thread_id"] != nil }
    if type.equals("turn.completed") { return value[member: "usage"] != nil }
    let isItem = type.equals("item.started") || type.equals("item.updated") || type.equals("item.completed")
    return isItem && value["item", "id"] != nil
  }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) {
    lines.append(bytes)
    while let record = lines.next(into: &events) { read(record, into: &events) }
  }

  mutating func finish(into events: inout [ConversationEvent]) {
    lines.finish()
    while let record = lines.next(into: &events) { read(record, into: &events) }
    for id in order {
      if let open = started.removeValue(forKey: id) { tell(open.item, isOver: false, open.origin, into: &events) }
    }
    nouns.endAnswer(of: &thread, into: &events)
    nouns.finish(into: &events)
    lines.report(into: &events)
  }

  private mutating func read(_ record: TranscriptLines.Record, into events: inout [ConversationEvent]) {
    let limit = TranscriptNouns.nameLimit
    guard let type = record.value[member: "type"] else {
      lines.noteUnknown("", record.origin)
      return
    }
    if type.equals("thread.started") {
      guard let id = record.value[member: "thread_id"]?.string(limit: limit), !thread.isTold else { return }
      var noun = Conversation(
        id: Conversation.identifier([CodexImporter.name, id]), startedAt: time, origin: record.origin)
      (noun.nativeID, noun.agent, noun.clock) = (id, CodexImporter.name, .none)
      thread = TranscriptThread(noun)
    } else if type.equals("turn.started") {
      turnCount += 1
    } else if type.equals("turn.completed") {
      let usage = record.value[member: "usage"]
      thread.answer?.inputTokens = usage?.count("input_tokens")
      thread.answer?.outputTokens = usage?.count("output_tokens")
      nouns.endAnswer(of: &thread, into: &events)
    } else if type.equals("turn.failed") || type.equals("error") {
      let text = (record.value["error", "message"] ?? record.value[member: "message"])?.string(limit: limit) ?? ""
      answer(record.origin, into: &events) { $0.error = text }
      nouns.endAnswer(of: &thread, into: &events)
    } else if type.equals("item.started") || type.equals("item.updated") {
      guard let item = record.value[member: "item"], let id = item[member: "id"]?.string(limit: limit) else { return }
      if started.updateValue(Started(item: item, origin: record.origin), forKey: id) == nil { order.append(id) }
      guard order.count > Self.openLimit else { return }
      let oldest = order.removeFirst()
      if let open = started.removeValue(forKey: oldest) { tell(open.item, isOver: false, open.origin, into: &events) }
    } else if type.equals("item.completed") {
      guard let item = record.value[member: "item"] else { return }
      if let id = item[member: "id"]?.string(limit: limit), started.removeValue(forKey: id) != nil {
        order.removeAll { $0 == id }
      }
      tell(item, isOver: !record.isCut, record.origin, into: &events)
    } else {
      lines.noteUnknown(type.scalar ?? "", record.origin)
    }
  }

  private mutating func answer(
    _ origin: Origin, into events: inout [ConversationEvent], change: (inout TranscriptThread.Answer) -> Void
  ) {
    nouns.answer("\(turnCount)", nativeID: nil, in: &thread, at: time, origin: origin, into: &events, change: change)
  }

  private mutating func tell(
    _ item: JSONNode, isOver: Bool, _ origin: Origin, into events: inout [ConversationEvent]
  ) {
    guard let type = item[member: "type"] ?? item[member: "item_type"] else { return }
    let text = item[member: "text"]?.string(limit: TranscriptNouns.textLimit) ?? ""
    if type.equals("agent_message") || type.equals("assistant_message") {
      answer(origin, into: &events) { $0.append(text: text) }
    } else if type.equals("reasoning") {
      answer(origin, into: &events) { $0.append(reasoning: text) }
    } else if type.equals("error") {
      let message = item[member: "message"]?.string(limit: TranscriptNouns.resultLimit) ?? ""
      answer(origin, into: &events) { $0.error = message }
    } else if type.equals("command_execution") || type.equals("file_change") || type.equals("mcp_tool_call")
      || type.equals("web_search")
    {
      tellCall(item, type.string ?? "", isOver: isOver, origin, into: &events)
    } else if !type.equals("todo_list") {
      lines.noteUnknown("item \(type.scalar ?? "")", origin)
    }
  }

  private mutating func tellCall(
    _ item: JSONNode, _ type: String, isOver: Bool, _ origin: Origin, into events: inout [ConversationEvent]
  ) {
    let limit = TranscriptNouns.nameLimit
    let names = [item[member: "server"], item[member: "tool"]].compactMap { $0?.string(limit: limit) }
    let command = item[member: "command"].flatMap(ToolCommand.line).map(ToolCommand.unwrapped)
    let sent = item[member: "arguments"] ?? item[member: "changes"] ?? item[member: "query"] ?? item[member: "command"]
    let result = item[member: "aggregated_output"] ?? item[member: "result"] ?? item["error", "message"]
    let status = item[member: "status"]
    // The numbers of items begin again in every thread: they are no ids.
    nouns.open(
      nil, tool: names.isEmpty ? type : names.joined(separator: "."),
      arguments: sent?.source(limit: TranscriptNouns.textLimit + 4) ?? "", in: &thread, at: nil, seenAt: time,
      origin: origin, into: &events
    ) { call in
      if let command { call.command = command }
      call.isServerSide = type == "web_search"
      guard isOver else { return }
      call.endedAt = time
      call.exitCode = item[member: "exit_code"]?.integer
      call.result =
        result?.string(limit: TranscriptNouns.resultLimit) ?? result?.source(limit: TranscriptNouns.resultLimit)
      let failed = status?.equals("failed") == true || status?.equals("declined") == true
      call.status = failed || (call.exitCode ?? 0) != 0 ? .failed : .succeeded
    }
  }
}
