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
      case .statement, .result, .note:
        guard let id = timeline.actionID(of: event), let action = try reading.action(id: id) else { break }
        switch event.kind {
        case .statement: statement(action, &json)
        case .result: try result(action, reading, &json)
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

  private func statement(_ action: Action, _ json: inout JSONWriter) {
    json.member("action", action.id)
    json.member("bytes_in", action.bytesIn)
    json.member("effect", action.effect.rawValue)
    json.member("event", "statement")
    json.member("exact", !action.isInferred)
    json.member("fingerprint", action.fingerprint)
    json.member("kind", action.kind)
    json.member("packet", action.packet)
    json.key("parameters")
    Self.parameters(action.parameters, &json)
    json.member("parent", action.parentID)
    json.member("resources", action.resources.map(\.description))
    json.member("source", action.sourceID)
    json.member("text", action.text)
    json.member("unfiltered", action.isUnfiltered)
    json.member("verb", action.verb)
  }

  /// The array; text that is none goes out as a string.
  static func parameters(_ parameters: String?, _ json: inout JSONWriter) {
    guard let parameters else { return json.null() }
    guard let values = ParameterValues.read(parameters) else { return json.value(parameters) }
    json.array { json in for value in values { json.value(value) } }
  }

  private func result(_ action: Action, _ reading: any CaseReading, _ json: inout JSONWriter) throws {
    json.member("action", action.id)
    json.member("bytes_out", action.bytesOut)
    json.member("code", action.code)
    if action.kind == "copy", action.hasRequestPayload, let payload = try reading.requestPayload(of: action.id) {
      json.key("copied_in")
      data(payload, &json)
    }
    let response = action.hasResponsePayload ? try reading.responsePayload(of: action.id) : nil
    if let response, response.layout != .rows {
      json.key("copied_out")
      data(response, &json)
    }
    json.member("event", "result")
    json.member("first_response_ns", action.firstResponseAt?.nanoseconds)
    json.member("message", action.message)
    if let response, response.layout == .rows {
      json.key("result")
      rows(response, &json)
    }
    json.member("rows", action.rowCount)
    json.member("status", action.status.rawValue)
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
