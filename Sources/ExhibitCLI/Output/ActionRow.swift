import Model

/// An action as a row of a list.
enum ActionRow {
  static let columns: [ListWriter.Column] = [
    .init("id"), .init("session_id", table: false), .init("parent_id", table: false), .init("seq", table: false),
    .init("started_ns"), .init("ended_ns", table: false), .init("kind", table: false), .init("verb"), .init("effect"),
    .init("status"), .init("code"), .init("rows", right: true), .init("transaction"), .init("text", limit: 100),
    .init("parameters", limit: 40), .init("resources", table: false), .init("bytes_in", table: false),
    .init("bytes_out", table: false), .init("fingerprint", table: false), .init("inferred", table: false),
    .init("message", table: false), .init("source_id", table: false), .init("packet", table: false),
    .init("user", table: false), .init("target", table: false), .init("application", table: false),
  ]

  static func cells(_ action: Action) -> [Cell] {
    [
      .text(action.id), .text(action.sessionID), .text(action.parentID), .integer(Int64(action.sequence)),
      .integer(action.startedAt.nanoseconds), .integer(action.endedAt?.nanoseconds), .text(action.kind),
      .text(action.verb), .text(action.effect.rawValue), .text(action.status.rawValue), .text(action.code),
      .integer(action.rowCount.map(Int64.init)), .text(action.transaction?.rawValue), .text(action.text),
      .json(action.parameters), .json(action.resourcesJSON), .integer(Int64(clamping: action.bytesIn)),
      .integer(Int64(clamping: action.bytesOut)), .text(action.fingerprint), .boolean(action.isInferred),
      .text(action.message), .text(action.sourceID), .integer(action.packet.map { Int64(clamping: $0) }),
      .text(action.identity.user), .text(action.identity.target), .text(action.identity.application),
    ]
  }

  static func shown(_ action: Action) -> [String: String] {
    [
      "started_ns": action.startedAt.formatted(fractionDigits: 3).replacing("T", with: " ").replacing("Z", with: ""),
      "transaction": action.transaction == .committed ? "" : action.transaction?.rawValue ?? "",
      "rows": action.rowCount.map(Quantity.count) ?? "",
    ]
  }
}
