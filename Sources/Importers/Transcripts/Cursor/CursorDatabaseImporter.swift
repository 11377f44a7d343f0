import Bytes
import Model

/// Cursor's `state.vscdb`: conversations and their bubbles in a table of keys and values.
struct CursorDatabaseImporter: TranscriptImporter {
  static let name = "cursor-db"

  private let file: TranscriptFile
  private var database = DatabaseFile()

  init(_ file: TranscriptFile) { self.file = file }

  static func recognizes(_ head: TranscriptHead) -> Bool { DatabaseFile.recognizes(head, words: ["cursorDiskKV"]) }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) { database.receive(bytes) }

  mutating func finish(into events: inout [ConversationEvent]) {
    let file = file
    database.read(file, into: &events) { image, events in
      guard image.tables.contains("cursorDiskKV") else { return }
      var composers: [(id: String, value: JSONValue, origin: Origin)] = []
      var bubbles: [String: JSONValue] = [:]
      var number: UInt64 = 0
      // A range of keys instead of a pattern, so that no function of SQL is needed.
      image.rows("SELECT key, value FROM cursorDiskKV WHERE key >= 'bubbleId:' AND key < 'bubbleId;'") { row in
        if let key = row["key"]?.text, let value = row["value"].json { bubbles[key] = value }
      }
      image.rows("SELECT key, value FROM cursorDiskKV WHERE key >= 'composerData:' AND key < 'composerData;'") { row in
        number += 1
        guard let key = row["key"]?.text, let value = row["value"].json else { return }
        let id = value[member: "composerId"]?.text ?? String(key.dropFirst("composerData:".count))
        composers.append((id, value, file.origin(record: number, offset: 0)))
      }
      for composer in composers.sorted(by: { $0.id < $1.id }) {
        Self.tell(composer.id, composer.value, bubbles, file, composer.origin, into: &events)
      }
    }
  }

  private static func tell(
    _ id: String, _ composer: JSONValue, _ bubbles: [String: JSONValue], _ file: TranscriptFile, _ origin: Origin,
    into events: inout [ConversationEvent]
  ) {
    let created = WrittenTime(composer[member: "createdAt"])?.at
    var conversation = Conversation(
      id: Conversation.identifier(["cursor", id]), startedAt: created ?? file.fallbackTime, origin: origin)
    conversation.nativeID = id.cut(to: LLMRequest.nameLimit)
    conversation.agent = "cursor"
    conversation.model = composer[member: "modelConfig"]?[member: "modelName"]?.text
    // Old ones hold their bubbles, new ones their ids.
    let headers = composer.list("fullConversationHeadersOnly").compactMap { $0[member: "bubbleId"]?.text }
    let named = headers.compactMap { bubbles["bubbleId:\(id):\($0)"] }
    let all = named.isEmpty ? composer.list("conversation") : named
    guard !all.isEmpty else { return }
    let isTimed = all.contains { time(of: $0) != nil }
    conversation.clock = isTimed ? .utc : created == nil ? .none : .start
    var dialogue = Dialogue(conversation)
    var seenAt = conversation.startedAt
    for bubble in all {
      let at = time(of: bubble)
      seenAt = at ?? seenAt
      let known = at ?? (isTimed ? nil : created)
      let bubbleID = bubble[member: "bubbleId"]?.text
      if bubble[member: "type"]?.integer == 1 {
        dialogue.user(
          bubble[member: "text"]?.text ?? "", nativeID: bubbleID, at: known, seenAt: seenAt, origin: origin,
          into: &events)
        continue
      }
      var answer = Dialogue.Answer()
      answer.id = bubbleID
      answer.text = bubble[member: "text"]?.text ?? ""
      answer.reasoning = bubble[member: "thinking"]?[member: "text"]?.text ?? ""
      if let tool = bubble[member: "toolFormerData"] {
        call(tool, known, seenAt, &dialogue, &answer, origin, into: &events)
      }
      dialogue.answer(answer, at: seenAt, origin: origin, into: &events)
    }
    dialogue.begin(into: &events)
    dialogue.finish(into: &events)
  }

  private static func time(of bubble: JSONValue) -> Timestamp? {
    let timing = bubble[member: "timingInfo"]
    return
      (WrittenTime(bubble[member: "createdAt"]) ?? WrittenTime(timing?[member: "clientRpcSendTime"])
      ?? WrittenTime(timing?[member: "clientStartTime"]))?.at
  }

  private static func call(
    _ tool: JSONValue, _ at: Timestamp?, _ seenAt: Timestamp, _ dialogue: inout Dialogue,
    _ answer: inout Dialogue.Answer, _ origin: Origin, into events: inout [ConversationEvent]
  ) {
    guard let name = tool[member: "name"]?.text else { return }
    let arguments = tool[member: "rawArgs"]?.text ?? tool[member: "params"].map { $0.string ?? $0.compact } ?? "{}"
    let id = tool[member: "toolCallId"]?.text
    if let id { answer.toolCallIDs.append(id) }
    let use = LLMToolUse(id: id, name: name, arguments: arguments)
    let key = dialogue.open(use, at: at, seenAt: seenAt, origin: origin, into: &events)
    let status = tool[member: "status"]?.string
    guard let key, let status, ["completed", "error", "cancelled", "rejected"].contains(status) else { return }
    let result = tool[member: "result"]
    let inner = result?.string.flatMap { JSONValue($0) } ?? result
    let text = inner?[member: "output"]?.string ?? result.map { MessageBlocks.flat($0) } ?? ""
    let code = (inner?[member: "exitCodeV2"] ?? inner?[member: "exitCode"])?.integer
    dialogue.close(
      key, text, failed: status == "completed" ? nil : true, exitCode: code, at: nil, seenAt: seenAt, origin: origin,
      into: &events)
  }
}
