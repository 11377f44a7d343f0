import Bytes
import Model

extension LLMTrafficReader {
  /// The answer of a call; nil when there was none at all.
  func reply(
    _ call: Call, dialect: LLMDialect, origin: Origin, at: Timestamp, into events: inout [ConversationEvent]
  ) -> LLMReply? {
    let content = call.responseBody?.content
    let body = content?.bytes ?? []
    guard !body.isEmpty || call.records?.bytes.isEmpty == false else { return nil }
    var assembler = LLMReplyAssembler(dialect)
    var isCut = content?.isCut ?? false
    var unreadableCount = 0
    let type = call.responseBody?.mediaType ?? call.head.responseFields["content-type"] ?? ""
    let first = body.first { $0 > 0x20 }
    if type.hasPrefix("application/vnd.amazon.eventstream") {
      let stream = AWSEventStream.messages(body)
      if let error = stream.damage { note("llm-event-stream-damaged", "\(error)", origin, at, &events) }
      for message in stream.messages { unreadableCount += assembler.receive(message) ? 0 : 1 }
    } else if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
      // Gemini without `alt=sse` streams one array.
      if let text = try? JSONText(body) {
        isCut = isCut || text.isCut
        assembler.isCut = text.isCut
        for event in text.value.isArray ? text.value.elements : [text.value] { assembler.receive(event) }
      } else {
        unreadableCount += 1
      }
    } else {
      let stream = eventStream(call, origin: origin, at: at, into: &events)
      isCut = stream.isCut
      unreadableCount += stream.droppedCount
      for (data, time) in stream.events where !data.elementsEqual("[DONE]".utf8) {
        if let event = JSONValue(bytes: data) { assembler.receive(event, at: time) } else { unreadableCount += 1 }
      }
    }
    if isCut { note("llm-answer-cut", "the end of a model's answer was not kept", origin, at, &events) }
    if unreadableCount > 0 {
      note("llm-event-unreadable", "\(unreadableCount) events of an answer could not be read", origin, at, &events)
    }
    return assembler.finish()
  }

  /// The data of the server-sent events of an answer: from its records, which have times, and what its body has more.
  private func eventStream(
    _ call: Call, origin: Origin, at: Timestamp, into events: inout [ConversationEvent]
  ) -> (events: [(data: [UInt8], at: Timestamp?)], isCut: Bool, droppedCount: Int) {
    var stream = ServerSentEvents()
    var found: [(data: [UInt8], at: Timestamp?)] = []
    var isWhole = call.records != nil
    let records = call.records?.bytes ?? []
    var cursor = StreamRecordCursor(records)
    do throws(DecodeError) {
      while let record = try cursor.next() {
        guard record.kind == .event else { continue }
        found += stream.receive(record.bytes + Array("\n\n".utf8)).map { ($0, record.at) }
      }
    } catch {
      isWhole = false
      note("llm-records-damaged", "\(error)", origin, at, &events)
    }
    if call.records?.isCut == true { isWhole = false }
    var droppedCount = stream.droppedCount
    if !isWhole, let body = call.responseBody?.content, !body.bytes.isEmpty {
      var rest = ServerSentEvents()
      var datas = rest.receive(body.bytes)
      datas += rest.finish()
      if datas.count > found.count {
        found += datas.dropFirst(found.count).map { ($0, nil) }
        droppedCount = rest.droppedCount
      }
      isWhole = !body.isCut
    }
    return (found, !isWhole, droppedCount)
  }

  /// The WebSocket form of the Responses API: `response.create` from the client, then the events of its answer.
  mutating func readSocket(
    _ call: Call, startedAt: Timestamp, endedAt: Timestamp?, origin: Origin, into events: inout [ConversationEvent]
  ) {
    var cursor = StreamRecordCursor(call.records?.bytes ?? [])
    var open: (request: LLMRequest, at: Timestamp, assembler: LLMReplyAssembler)?
    var unreadableCount = 0
    func end(at time: Timestamp?, reader: inout LLMTrafficReader, into events: inout [ConversationEvent]) {
      guard var asked = open else { return }
      open = nil
      let reply = asked.assembler.finish()
      reader.take(asked.request, reply, startedAt: asked.at, endedAt: time, origin: origin, into: &events)
    }
    do throws(DecodeError) {
      while let record = try cursor.next() {
        guard record.kind == .text || record.kind == .binary else { continue }
        guard let text = try? JSONText(record.bytes) else {
          unreadableCount += 1
          continue
        }
        let type = text.value[member: "type"]?.string ?? ""
        if record.direction == .fromClient {
          guard type == "response.create" else { continue }
          end(at: record.at, reader: &self, into: &events)
          var asked = text
          if let inner = text.value[member: "response"] { asked.value = inner }
          let request = LLMRequest(asked, dialect: .responses, head: call.head)
          if text.isCut { note("llm-request-cut", "the end of a request is missing", origin, record.at, &events) }
          open = (request, record.at, LLMReplyAssembler(.responses))
        } else if open != nil {
          open?.assembler.receive(text.value, at: record.at)
          let ends = ["response.completed", "response.failed", "response.incomplete", "response.done", "error"]
          if ends.contains(type) { end(at: record.at, reader: &self, into: &events) }
        }
      }
    } catch {
      note("llm-records-damaged", "\(error)", origin, startedAt, &events)
    }
    end(at: endedAt, reader: &self, into: &events)
    if call.records?.isCut == true {
      note("llm-answer-cut", "later messages of a connection were not kept", origin, startedAt, &events)
    }
    if unreadableCount > 0 {
      note("llm-event-unreadable", "\(unreadableCount) messages could not be read", origin, startedAt, &events)
    }
  }
}

extension LLMReplyAssembler {
  /// Takes a message of AWS's binary stream; false when it could not be read.
  mutating func receive(_ message: AWSEventStream) -> Bool {
    let value = JSONValue(bytes: message.payload)
    let kind = message.headers[":message-type"]
    if kind == "exception" || kind == "error" {
      let type = message.headers[":exception-type"] ?? message.headers[":error-code"] ?? "exception"
      let told = value?[member: "message"] ?? value?[member: "Message"]
      fail(type, told?.string ?? message.headers[":error-message"] ?? "")
      return true
    }
    guard let value else { return false }
    guard let coded = value[member: "bytes"]?.string else {
      receive(value)
      return true
    }
    guard let event = Base64.decode(coded).flatMap({ JSONValue(bytes: $0) }) else { return false }
    receive(event)
    return true
  }
}
