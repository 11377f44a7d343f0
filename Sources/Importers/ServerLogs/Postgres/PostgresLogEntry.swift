import Model

/// One message of PostgreSQL's log with what its format says about it, whatever the format.
struct PostgresLogEntry: Sendable {
  var origin: Origin
  var time: LogTime
  /// The process or session id, by which lines of one session are found.
  var session: String
  var severity: String
  var message: String
  var peer: ServerRecord.Peer = .unknown
  var user: String?
  var database: String?
  var application: String?
  /// SQLSTATE.
  var code: String?
  var detail: String?
  var context: String?
  var statement: String?
  /// What the process shows in `ps`: `SELECT`, `BIND`, `PARSE`, `authentication`.
  var commandTag: String?
  var backendType: String?
  /// The file ended within it.
  var isCut = false

  /// Whether a client may have had it done.
  var isOfClient: Bool {
    guard let backendType else { return true }
    return ["client backend", "walsender", "not initialized", "standalone backend"].contains(backendType)
  }

  /// `127.0.0.1:5432` of csvlog, `[local]`.
  static func peer(_ text: String) -> ServerRecord.Peer {
    if text == "[local]" { return .local }
    guard let mark = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: mark)...]) else {
      return text.isEmpty ? .unknown : .host(text, port: nil)
    }
    return .host(String(text[..<mark]), port: port)
  }

  /// `%u` and `%d` of a process that serves nobody yet.
  static func known(_ name: String?) -> String? {
    name.flatMap { $0.isEmpty || $0 == "[unknown]" ? nil : $0 }
  }
}
