import Bytes
import Model

/// Amp's thread: one document whose traces tell when tools ran.
struct AmpImporter: TranscriptImporter {
  static let name = "amp"

  private let file: TranscriptFile
  private var document = TranscriptDocument()

  init(_ file: TranscriptFile) { self.file = file }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    guard let first = HeadJSON(head).first else { return false }
    return first["id"]?.string?.hasPrefix("T-") == true && first["created"] != nil && first["messages"]?.isArray == true
  }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) { document.receive(bytes) }

  mutating func finish(into events: inout [ConversationEvent]) {
    document.tellLimit(file, into: &events)
    let head = document.head(besides: ["messages"])
    let facts = head.members
    let native = facts?[member: "id"]?.text ?? file.stem
    let created = WrittenTime(facts?[member: "created"])?.at
    var conversation = Conversation(
      id: Conversation.identifier([Self.name, native]), startedAt: created ?? file.fallbackTime,
      origin: file.origin(record: 0, offset: 0))
    conversation.nativeID = native.cut(to: LLMRequest.nameLimit)
    conversation.agent = Self.name
    let initial = facts?[member: "env"]?[member: "initial"]
    conversation.agentVersion = initial?[member: "platform"]?[member: "clientVersion"]?.text
    conversation.workingDirectory = initial?.list("trees").first?[member: "uri"]?.text?.withoutFileScheme
    if created == nil { conversation.clock = .none }
    // When the tools of a message ran.
    var runs: [Int: (start: Timestamp, end: Timestamp?)] = [:]
    for trace in facts?[member: "meta"]?.list("traces") ?? [] where trace[member: "name"]?.string == "tools" {
      guard let id = trace[member: "context"]?[member: "messageId"]?.integer,
        let start = WrittenTime(trace[member: "startTime"])?.at
      else { continue }
      runs[id] = (start, WrittenTime(trace[member: "endTime"])?.at)
    }
    var dialogue = Dialogue(conversation)
    var last = created ?? file.fallbackTime
    var ended: Timestamp?
    if let open = head.lists["messages"] {
      document.forEachRecord(from: open, file, into: &events) { record, events in
        let message = record.value
        let blocks = MessageBlocks(message[member: "content"], isCut: record.isCut)
        let number = message[member: "messageId"]?.integer
        let id = number.map { "\(native)/\($0)" }
        guard message[member: "role"]?.string == "assistant" else {
          let sent = WrittenTime(message[member: "meta"]?[member: "sentAt"])?.at
          last = max(last, sent ?? ended ?? last)
          var moment = Dialogue.Moment(at: sent, seenAt: last)
          moment.endedAt = ended
          dialogue.user(blocks, nativeID: id, moment, origin: record.origin, into: &events)
          return
        }
        let usage = message[member: "usage"]
        let at = WrittenTime(usage?[member: "timestamp"])?.at
        last = max(last, at ?? last)
        let run = number.flatMap { runs[$0] }
        ended = run?.end
        var answer = Dialogue.Answer()
        answer.id = id
        answer.model = usage?[member: "model"]?.text
        answer.stopReason = message[member: "state"]?[member: "stopReason"]?.text
        answer.inputTokens = usage?[member: "totalInputTokens"]?.scalar.flatMap { UInt64($0) }
        answer.outputTokens = usage?[member: "outputTokens"]?.scalar.flatMap { UInt64($0) }
        answer.isCut = record.isCut
        let moment = Dialogue.Moment(at: at, seenAt: last)
        dialogue.assistant(blocks, answer, moment, origin: record.origin, into: &events) {
          if let run { $0.at = run.start }
        }
      }
    }
    document = TranscriptDocument()
    dialogue.begin(into: &events)
    dialogue.finish(into: &events)
  }
}

extension String {
  /// The path of a `file:` address; other texts as they are.
  var withoutFileScheme: String { hasPrefix("file://") ? String(dropFirst(7)) : self }
}
