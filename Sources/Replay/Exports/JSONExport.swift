import Bytes
public import Model

/// One object a line for each action and gap.
public struct JSONExport: ReplayExport {
  public static let id = "json"

  public init() {}

  public func export(_ session: Session, from reading: any CaseReading, write: (String) throws -> Void) throws {
    for event in try Timeline(of: session, from: reading).events {
      var writer = JSONWriter()
      writer.beginObject()
      switch event.kind {
      case .gap(let gap):
        writer.member("at_ns", gap.at.nanoseconds)
        writer.member("bytes", Int64(clamping: gap.byteCount))
        writer.member("event", "gap")
        writer.member("reason", gap.reason.rawValue)
        writer.member("sender", gap.direction == .fromClient ? "client" : "server")
      case .action(let action): try put(action, &writer, reading)
      }
      writer.endObject()
      try write(String(decoding: writer.bytes, as: UTF8.self) + "\n")
    }
  }

  private func put(_ action: Action, _ writer: inout JSONWriter, _ reading: any CaseReading) throws {
    writer.member("at_ns", action.startedAt.nanoseconds)
    writer.member("code", action.code)
    writer.member("effect", action.effect.rawValue)
    writer.member("ended_ns", action.endedAt?.nanoseconds)
    writer.member("event", action.kind)
    writer.member("id", action.id)
    writer.member("message", action.message)
    writer.key("parameters")
    writer.json(action.parameters ?? "null")
    if action.hasResponsePayload, let payload = try reading.responsePayload(of: action.id), payload.layout == .rows {
      writer.key("result")
      try put(payload, &writer)
    }
    writer.member("rows", action.rowCount.map(Int64.init))
    writer.member("status", action.status.rawValue)
    writer.member("text", action.text)
    writer.member("transaction", action.transaction?.rawValue)
    writer.member("verb", action.verb)
  }

  private func put(_ payload: StoredPayload, _ writer: inout JSONWriter) throws {
    writer.beginObject()
    writer.key("columns")
    writer.beginArray()
    for column in payload.columns { writer.value(column.name) }
    writer.endArray()
    writer.member("cut", payload.isCut)
    writer.key("rows")
    writer.beginArray()
    var cursor = RowCursor(payload.bytes)
    while let row = try cursor.next() {
      writer.beginArray()
      for cell in row { writer.value(cell) }
      writer.endArray()
    }
    writer.endArray()
    writer.endObject()
  }
}
