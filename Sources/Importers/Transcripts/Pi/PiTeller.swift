import Bytes
import Model

/// pi's session: lines whose `session` record may come after the first messages.
struct PiTeller: RecordTeller {
  static let name = "pi"
  /// Records that wait for the session's; it is written with the first answer.
  static let heldLimit = 64

  private let file: TranscriptFile
  private var dialogue: Dialogue?
  private var held: [TranscriptDocument.Record] = []
  private var model: String?

  init(_ file: TranscriptFile) { self.file = file }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    HeadJSON(head).values.contains { value in
      switch value["type"]?.string {
      case "session": value["id"]?.string != nil && value["cwd"] != nil && value["timestamp"] != nil
      case "message": value["message"]?["role"] != nil && value["message"]?["timestamp"] != nil
      default: false
      }
    }
  }

  mutating func take(_ record: TranscriptDocument.Record, into events: inout [ConversationEvent]) {
    guard dialogue == nil else {
      tell(record, into: &events)
      return
    }
    let isSession = record.value[member: "type"]?.string == "session"
    if !isSession { held.append(record) }
    guard isSession || held.count >= Self.heldLimit else { return }
    begin(isSession ? record : nil, into: &events)
  }

  mutating func finish(into events: inout [ConversationEvent]) {
    if dialogue == nil { begin(nil, into: &events) }
    dialogue?.begin(into: &events)
    dialogue?.finish(into: &events)
  }

  private mutating func begin(_ session: TranscriptDocument.Record?, into events: inout [ConversationEvent]) {
    let facts = session?.value
    let native = facts?[member: "id"]?.text ?? file.stem
    let times = (held.map(\.value) + [facts].compactMap(\.self)).lazy.compactMap {
      WrittenTime($0[member: "timestamp"])?.at
    }
    var conversation = Conversation(
      id: Conversation.identifier([Self.name, native]), startedAt: times.min() ?? file.fallbackTime,
      origin: session?.origin ?? file.origin(record: 1, offset: 0))
    conversation.nativeID = native.cut(to: LLMRequest.nameLimit)
    conversation.agent = Self.name
    conversation.model = facts?[member: "modelId"]?.text
    conversation.workingDirectory = facts?[member: "cwd"]?.text
    dialogue = Dialogue(conversation)
    let waiting = held
    held = []
    for record in waiting { tell(record, into: &events) }
  }

  private mutating func tell(_ record: TranscriptDocument.Record, into events: inout [ConversationEvent]) {
    let value = record.value
    let at = WrittenTime(value[member: "timestamp"])?.at
    let seenAt = at ?? dialogue?.conversation.startedAt ?? file.fallbackTime
    let moment = Dialogue.Moment(at: at, seenAt: seenAt)
    switch value[member: "type"]?.string {
    case "model_change": dialogue?.conversation.model = value[member: "modelId"]?.text
    case "compaction", "branch_summary":
      dialogue?.prompt(
        value[member: "summary"]?.text ?? "", kind: .summary, nativeID: value[member: "id"]?.text, at: at,
        seenAt: seenAt, origin: record.origin, into: &events)
    case "message": message(record, moment, into: &events)
    default: break
    }
  }

  private mutating func message(
    _ record: TranscriptDocument.Record, _ moment: Dialogue.Moment, into events: inout [ConversationEvent]
  ) {
    guard let message = record.value[member: "message"] else { return }
    let blocks = MessageBlocks(message[member: "content"], isCut: record.isCut)
    let id = record.value[member: "id"]?.text
    switch message[member: "role"]?.string {
    case "user": dialogue?.user(blocks, nativeID: id, moment, origin: record.origin, into: &events)
    case "assistant":
      var answer = Dialogue.Answer()
      answer.id = id
      answer.model = message[member: "model"]?.text
      answer.stopReason = message[member: "stopReason"]?.text
      answer.error = message[member: "errorMessage"]?.text
      answer.inputTokens = message[member: "usage"]?[member: "input"]?.scalar.flatMap { UInt64($0) }
      answer.outputTokens = message[member: "usage"]?[member: "output"]?.scalar.flatMap { UInt64($0) }
      answer.isCut = record.isCut
      dialogue?.assistant(blocks, answer, moment, origin: record.origin, into: &events)
    case "toolResult":
      dialogue?.close(
        message[member: "toolCallId"]?.text, tool: message[member: "toolName"]?.text,
        MessageBlocks.flat(message[member: "content"]), failed: message[member: "isError"]?.bool,
        exitCode: message[member: "details"]?[member: "exitCode"]?.integer, at: moment.at, seenAt: moment.seenAt,
        origin: record.origin, into: &events)
    case "bashExecution":
      // A command that the person ran, `!ls`.
      let command = message[member: "command"]?.text ?? ""
      dialogue?.prompt(
        "!" + command, kind: .command, nativeID: id, at: moment.at, seenAt: moment.seenAt, origin: record.origin,
        into: &events)
      let use = LLMToolUse(id: nil, name: "bash", arguments: command)
      let key = dialogue?.open(use, at: moment.at, seenAt: moment.seenAt, origin: record.origin, into: &events)
      if let key {
        dialogue?.close(
          key, message[member: "output"]?.string ?? "", exitCode: message[member: "exitCode"]?.integer, at: moment.at,
          seenAt: moment.seenAt, origin: record.origin, into: &events)
      }
    default: break
    }
  }
}
