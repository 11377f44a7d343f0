import Bytes
public import Model

/// Finds the prompts, tool calls and answers in traffic with language models.
///
/// A request sends the history again. What a conversation is, is therefore told by the chain of digests over its elements:
/// a request goes on with the conversation whose chain it repeats furthest, and only what comes after is new.
public struct LLMTrafficReader {
  /// Places in conversations that are remembered, a digest each.
  static let placeLimit = 1 << 18
  /// Conversations and tool calls that are remembered.
  static let nounLimit = 1 << 16
  /// Tool calls that wait for their result; the oldest is told without one when there are more.
  static let pendingLimit = 4_096
  /// Bytes kept of a prompt, of a command, and of an answer's text.
  static let textLimit = 256 << 10
  /// Bytes kept of a tool's result.
  static let resultLimit = 16 << 10

  struct Place: Sendable {
    var conversation: String
    var ordinal: Int
  }

  struct State: Sendable {
    var noun: Conversation
    var tip: Digest
    /// The place where the last request ended.
    var requestEnd: Digest
    var ordinal = 0
    var promptID: String?
    var replyWasComplete = false
  }

  var places = BoundedTable<Digest, Place>(limit: placeLimit)
  var states = BoundedTable<String, State>(limit: nounLimit)
  /// The conversation of a session's main agent, and of an answer's id.
  var sessions = BoundedTable<String, String>(limit: nounLimit)
  var answers = BoundedTable<String, Digest>(limit: nounLimit)
  /// The conversation of a tool call's native id.
  var calls = BoundedTable<String, String>(limit: nounLimit)
  /// The call that gave a text to a sub-agent.
  var delegations = BoundedTable<Digest, (call: String?, conversation: String)>(limit: nounLimit)
  var systems = BoundedTable<String, Bool>(limit: nounLimit)
  var pending: [String: ToolCall] = [:]
  var pendingOrder: [String] = []

  public init() {}

  /// Whether a call talks to a language model, by path, headers and body shape (never by host alone).
  public static func recognizes(_ call: Call) -> Bool { LLMDialect(call) != nil }

  /// Takes a call that was recognised; `origin` becomes that of what is found.
  public mutating func read(
    _ call: Call, startedAt: Timestamp, endedAt: Timestamp?, origin: Origin, into events: inout [ConversationEvent]
  ) {
    guard let dialect = LLMDialect(call) else { return }
    if call.upgrade == "websocket" {
      readSocket(call, startedAt: startedAt, endedAt: endedAt, origin: origin, into: &events)
      return
    }
    var request = LLMRequest()
    if let body = call.requestBody?.content {
      do throws(DecodeError) {
        let (value, notes) = try JSONParser.parse(body.bytes.span, keepsCut: true)
        request = LLMRequest(value, dialect: dialect, head: call.head)
        request.isCut = notes.isCut || body.isCut
        if request.isCut {
          note("llm-request-cut", "the end of a request to a model is missing", origin, startedAt, &events)
        }
        if notes.duplicateCount > 0 {
          note("json-duplicate-member", "\(notes.duplicateCount) members came twice", origin, startedAt, &events)
        }
      } catch {
        note("llm-request-unreadable", "\(error)", origin, startedAt, &events)
        request.isCut = true
      }
    } else {
      request.isCut = true
      note("llm-request-missing", "the body of a request to a model was not seen", origin, startedAt, &events)
    }
    let end = endedAt ?? startedAt
    let reply = self.reply(call, dialect: dialect, origin: origin, at: end, into: &events)
    take(request, reply, startedAt: startedAt, endedAt: endedAt, origin: origin, into: &events)
  }

  /// Tells the tool calls whose result was never seen.
  public mutating func finish(into events: inout [ConversationEvent]) {
    for id in pendingOrder {
      if let call = pending.removeValue(forKey: id) { events.append(.toolCall(call)) }
    }
    pendingOrder = []
  }

  func note(
    _ code: Anomaly.Code, _ detail: String, _ origin: Origin, _ time: Timestamp, _ events: inout [ConversationEvent]
  ) { events.append(.anomaly(Anomaly(code, detail, origin: origin, time: time))) }

  /// The answer of a call; nil when there was none at all.
  private func reply(
    _ call: Call, dialect: LLMDialect, origin: Origin, at: Timestamp, into events: inout [ConversationEvent]
  ) -> LLMReply? {
    let body = call.responseBody?.content.bytes ?? []
    let records = call.records?.bytes ?? []
    guard !body.isEmpty || !records.isEmpty else { return nil }
    var assembler = LLMReplyAssembler(dialect)
    var unreadable = 0
    func take(_ bytes: [UInt8], keepsCut: Bool = false) {
      if bytes.elementsEqual("[DONE]".utf8) { return }
      if let (value, _) = try? JSONParser.parse(bytes.span, keepsCut: keepsCut) {
        // Gemini without `alt=sse` streams one array.
        for event in value.array ?? [value] { assembler.receive(event) }
      } else {
        unreadable += 1
      }
    }
    let type = call.responseBody?.mediaType ?? call.head.responseFields["content-type"] ?? ""
    let first = body.first { $0 > 0x20 }
    if type.hasPrefix("application/vnd.amazon.eventstream") {
      let (messages, error) = AWSEventStream.messages(body)
      if let error { note("llm-event-stream-damaged", "\(error)", origin, at, &events) }
      for message in messages {
        let value = try? JSONParser.parse(message.payload.span).0
        if let inner = value?["bytes"]?.string.flatMap(Base64.decode) { take(inner) } else { take(message.payload) }
        if message.headers[":message-type"] == "exception", let value {
          let name = message.headers[":exception-type"] ?? "exception"
          let error = JSONValue(
            .object(
              ["type", "message"],
              [
                "type": JSONValue(.string(name)), "message": value["message"] ?? JSONValue(.string("")),
              ]))
          assembler.receive(JSONValue(.object(["error"], ["error": error])))
        }
      }
    } else if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
      take(body, keepsCut: true)
    } else {
      var stream = ServerSentEvents()
      var datas: [[UInt8]] = []
      var cursor = StreamRecordCursor(records)
      while let record = try? cursor.next() {
        if record.kind == .event { datas += stream.receive(record.bytes + Array("\n\n".utf8)) }
      }
      if datas.isEmpty { datas += stream.receive(body) }
      datas += stream.finish()
      for data in datas { take(data) }
      unreadable += stream.droppedCount
    }
    if unreadable > 0 {
      note("llm-event-unreadable", "\(unreadable) events of an answer could not be read", origin, at, &events)
    }
    return assembler.finish()
  }

  /// The WebSocket form of the Responses API: `response.create` from the client, then the events of its answer.
  private mutating func readSocket(
    _ call: Call, startedAt: Timestamp, endedAt: Timestamp?, origin: Origin, into events: inout [ConversationEvent]
  ) {
    var cursor = StreamRecordCursor(call.records?.bytes ?? [])
    var open: (request: LLMRequest, at: Timestamp, assembler: LLMReplyAssembler)?
    var last = startedAt
    var unreadable = 0
    while let record = try? cursor.next() {
      guard record.kind == .text || record.kind == .binary else { continue }
      guard let value = try? JSONParser.parse(record.bytes.span).0 else {
        unreadable += 1
        continue
      }
      last = record.at
      if record.direction == .fromClient {
        guard value["type"]?.string == "response.create" else { continue }
        if var asked = open {
          take(
            asked.request, asked.assembler.finish(), startedAt: asked.at, endedAt: last, origin: origin, into: &events)
        }
        let body = value["response"] ?? value
        let request = LLMRequest(body, dialect: .responses, head: call.head)
        open = (request, record.at, LLMReplyAssembler(.responses))
      } else if open != nil {
        open?.assembler.receive(value)
        let type = value["type"]?.string ?? ""
        let ends = ["response.completed", "response.failed", "response.incomplete", "response.done", "error"]
        if ends.contains(type), var asked = open {
          open = nil
          take(
            asked.request, asked.assembler.finish(), startedAt: asked.at, endedAt: last, origin: origin, into: &events)
        }
      }
    }
    if var asked = open {
      take(
        asked.request, asked.assembler.finish(), startedAt: asked.at, endedAt: endedAt, origin: origin, into: &events)
    }
    if unreadable > 0 {
      note("llm-event-unreadable", "\(unreadable) messages could not be read", origin, startedAt, &events)
    }
  }
}
