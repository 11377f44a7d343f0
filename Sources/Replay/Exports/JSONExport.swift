import Bytes
public import Model

/// The events of a session in order of time, one JSON object a line; docs/replay.md names their members.
public struct JSONExport: ReplayExport {
  public static let id = "json"
  public static let summary = "its events in order of time, a JSON object a line"

  public init() {}

  public func export(_ session: Session, from reading: any CaseReading, write: (String) throws -> Void) throws {
    let timeline = try Timeline(of: session, from: reading)
    var json = JSONWriter()
    let records = RecordBook(reading)
    for event in timeline.events {
      json.beginObject()
      json.member("at_ns", event.at.nanoseconds)
      switch event.kind {
      case .opened: opened(session, &json)
      case .closed:
        json.member("complete", session.isComplete)
        json.member("event", "closed")
        json.member("reason", session.reason)
        json.member("session", session.id)
      case .opaque:
        json.member("bytes_in", session.bytesIn)
        json.member("bytes_out", session.bytesOut)
        json.member("event", "opaque")
        json.member("reason", session.reason)
        json.member("session", session.id)
      case .gap:
        guard timeline.gaps.indices.contains(Int(event.number)) else { break }
        gap(timeline.gaps[Int(event.number)], &json)
      case .statement, .result, .note, .message:
        guard let id = timeline.actionID(of: event), let action = try reading.action(id: id) else { break }
        switch event.kind {
        case .statement: try statement(action, reading, &json)
        case .result: try result(action, reading, &json)
        case .message: try message(action, timeline.place(of: event), records, &json)
        default: note(action, &json)
        }
      }
      json.endObject()
      json.newline()
      try write(String(decoding: json.take(), as: UTF8.self))
    }
  }

  private func opened(_ session: Session, _ json: inout JSONWriter) {
    json.member("actions", session.actionCount)
    json.member("application", session.application)
    json.member("changes", session.changeCount)
    json.member("client", session.client)
    json.member("event", "opened")
    json.member("protocol", session.protocolName)
    json.member("server", session.server)
    json.member("session", session.id)
    json.member("target", session.target)
    json.member("user", session.user)
  }

  private func gap(_ gap: StoredGap, _ json: inout JSONWriter) {
    json.member("bytes", gap.byteCount)
    json.member("event", "gap")
    json.member("reason", gap.reason.rawValue)
    json.member("sender", gap.direction == .fromClient ? "client" : "server")
    json.member("session", gap.sessionID)
    json.member("until_ns", gap.until?.nanoseconds)
  }

  private func statement(_ action: Action, _ reading: any CaseReading, _ json: inout JSONWriter) throws {
    let isCall = action.isCall
    json.member("action", action.id)
    if isCall, action.hasRequestPayload, let payload = try reading.requestPayload(of: action.id) {
      json.key("body")
      data(payload, &json)
    }
    json.member("bytes_in", action.bytesIn)
    json.member("effect", action.effect.rawValue)
    json.member("event", isCall ? "request" : "statement")
    json.member("exact", !action.isInferred)
    let head = isCall && action.hasHead ? try reading.callHead(of: action.id) : nil
    if let head {
      json.key("fields")
      fields(head.requestFields, &json)
    }
    json.member("fingerprint", action.fingerprint)
    if let identity = identity(of: action) {
      json.key("identity")
      json.object { json in
        json.member("application", identity.application)
        json.member("target", identity.target)
        json.member("user", identity.user)
      }
    }
    json.member("kind", action.kind)
    if let head { json.member("method", head.method) }
    json.member("packet", action.packet)
    json.key("parameters")
    Self.parameters(action.parameters, &json)
    json.member("parent", action.parentID)
    json.member("resources", action.resources.map(\.description))
    json.member("source", action.sourceID)
    json.member("text", action.text)
    json.member("unfiltered", action.isUnfiltered)
    if let head { json.member("url", head.url) }
    json.member("verb", action.verb)
    if let head { json.member("version", head.version) }
  }

  private func fields(_ fields: [HeaderField], _ json: inout JSONWriter) {
    json.array { json in
      for field in fields {
        json.object { json in
          json.member("name", field.name)
          json.member("value", field.value)
        }
      }
    }
  }

  /// What the wire said at that moment; nil when it said nothing of its own.
  private func identity(of action: Action) -> Identity? { action.identity == Identity() ? nil : action.identity }

  /// The messages of one place; what a terminal showed is text without its control sequences, and whole by its bytes.
  private func message(
    _ action: Action, _ place: RecordPlace?, _ records: RecordBook, _ json: inout JSONWriter
  ) throws {
    json.member("action", action.id)
    json.member("event", "message")
    guard let place else { return }
    let shown = try records.records(of: action.id, at: place).shown
    let bytes = shown.flatMap(\.bytes)
    json.member("base64", bytes.span.isUTF8 ? nil : bytes.base64)
    json.member("bytes", bytes.count)
    json.member("kind", Self.name(of: place.kind))
    json.member("sender", shown.first?.direction == .fromServer ? "server" : "client")
    json.member("text", bytes.span.validString)
  }

  static func name(of kind: StreamRecord.Kind) -> String {
    switch kind {
    case .text: "text"
    case .binary: "binary"
    case .ping: "ping"
    case .pong: "pong"
    case .close: "close"
    case .event: "event"
    case .message: "message"
    case .input: "input"
    case .output: "output"
    case .errorOutput: "error-output"
    case .resize: "resize"
    case .exit: "exit"
    }
  }

  /// The array; text that is none goes out as a string.
  static func parameters(_ parameters: String?, _ json: inout JSONWriter) {
    guard let parameters else { return json.null() }
    guard let values = ParameterValues.read(parameters) else { return json.value(parameters) }
    json.array { json in for value in values { json.value(value) } }
  }

  private func result(_ action: Action, _ reading: any CaseReading, _ json: inout JSONWriter) throws {
    let isCall = action.isCall
    json.member("action", action.id)
    let response = action.hasResponsePayload ? try reading.responsePayload(of: action.id) : nil
    if isCall, let response, response.layout != .rows {
      json.key("body")
      data(response, &json)
    }
    json.member("bytes_out", action.bytesOut)
    json.member("code", action.code)
    if action.kind == "copy", action.hasRequestPayload, let payload = try reading.requestPayload(of: action.id) {
      json.key("copied_in")
      data(payload, &json)
    }
    if !isCall, let response, response.layout != .rows {
      json.key("copied_out")
      data(response, &json)
    }
    json.member("event", isCall ? "response" : "result")
    let head = isCall && action.hasHead ? try reading.callHead(of: action.id) : nil
    if let head {
      json.key("fields")
      fields(head.responseFields, &json)
    }
    json.member("first_response_ns", action.firstResponseAt?.nanoseconds)
    json.member("message", action.message)
    if let response, response.layout == .rows {
      json.key("result")
      rows(response, &json)
    }
    json.member("rows", action.rowCount)
    json.member("status", action.status.rawValue)
    if let head {
      json.member("status_code", head.status)
      json.key("trailers")
      fields(head.responseTrailers, &json)
    }
    json.member("transaction", action.transaction?.rawValue)
  }

  private func note(_ action: Action, _ json: inout JSONWriter) {
    json.member("action", action.id)
    json.member("code", action.code)
    json.member("ended_ns", action.endedAt?.nanoseconds)
    json.member("event", action.kind)
    json.member("message", action.message)
    json.member("packet", action.packet)
    json.member("source", action.sourceID)
    json.member("status", action.status.rawValue)
    json.member("text", action.text)
  }

  /// Content that is text stands there; other content is named by its digest.
  private func data(_ payload: StoredPayload, _ json: inout JSONWriter) {
    json.object { json in
      json.member("bytes", payload.byteCount)
      json.member("cut", payload.isCut)
      json.member("sha256", payload.sha256)
      json.member("text", payload.layout == .text ? String(decoding: payload.bytes, as: UTF8.self) : nil)
    }
  }

  private func rows(_ payload: StoredPayload, _ json: inout JSONWriter) {
    json.object { json in
      json.key("columns")
      json.array { json in
        for column in payload.columns {
          json.object { json in
            json.member("name", column.name)
            json.member("type", column.type)
          }
        }
      }
      json.member("cut", payload.isCut)
      json.key("rows")
      var isDamaged = false
      json.array { json in
        var cursor = RowCursor(payload.bytes)
        do {
          while let row = try cursor.next() {
            json.array { json in for cell in row { json.value(cell) } }
          }
        } catch {
          isDamaged = true
        }
      }
      if isDamaged { json.member("rows_damaged", true) }
      json.member("sha256", payload.sha256)
    }
  }
}
