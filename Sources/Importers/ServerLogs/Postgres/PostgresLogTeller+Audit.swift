import Bytes
import Model

/// A line of pgaudit (its README, “Format”): `AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.t,SELECT …,<none>`.
struct PostgresAudit: Sendable {
  /// Of the statement in its session.
  var number: String
  /// `SESSION`, the class, the command, and the object: what a reader wants to know.
  var summary: String
  var command: String
  /// Nil where pgaudit did not log it, or has logged it before.
  var statement: String?
  /// Nil where they were not logged, or where a null cannot be told from an empty text.
  var parameters: [String?]?
  var rowCount: Int?

  init?(_ message: String) {
    guard let rest = message.rest(after: "AUDIT: "), let fields = PostgresCSV.fields(Array(rest.utf8)),
      fields.count >= 8, fields[0] == "SESSION" || fields[0] == "OBJECT", UInt64(fields[1]) != nil,
      UInt64(fields[2]) != nil
    else { return nil }
    (number, command) = (fields[1], fields[4])
    let words = ["AUDIT", fields[0], fields[3], fields[4], fields[5], fields[6]]
    summary = words.filter { !$0.isEmpty }.joined(separator: " ")
    statement = ["<not logged>", "<previously logged>"].contains(fields[7]) ? nil : fields[7]
    if fields.count > 8, !fields[8].isEmpty, !fields[8].hasPrefix("<") {
      let values = PostgresCSV.fields(Array(fields[8].utf8))
      parameters = values.flatMap { $0.contains("") ? nil : $0 }
    }
    rowCount = fields.count > 9 ? Int(fields[9]) : nil
  }
}

extension PostgresLogTeller {
  /// Joins a line of pgaudit with the server's own line about the same statement, in whichever order they come.
  ///
  /// In one session they are the same when the texts are equal and the server's line has no account of pgaudit's yet;
  /// parts that a function or `EXECUTE` ran are no statements of the client's.
  mutating func audit(
    _ entry: PostgresLogEntry, in session: inout PostgresLogSession, into events: inout [ServerLogEvent]
  ) {
    guard let audit = PostgresAudit(entry.message) else { return }
    let isKnown = session.auditIDs.contains(audit.number)
    let isLast = session.lastAuditID == audit.number
    session.lastAuditID = audit.number
    if var open = session.open, open.kind == .request, isKnown || joins(audit, open, session) {
      // `EXECUTE` comes behind the statement that it ran.
      if isKnown, open.form == "audit", audit.command == "EXECUTE", let text = audit.statement { open.text = text }
      Self.note(audit, in: &open)
      session.open = open
      session.auditIDs.insert(audit.number)
      return
    }
    if isLast { return }
    if let text = audit.statement, let place = session.unaudited.firstIndex(of: text.hashValue) {
      // Of a portal that was dropped after the next statement had begun.
      session.unaudited.remove(at: place)
      return
    }
    close(&session, into: &events)
    var record = record(.request, entry, audit.statement ?? "", session)
    (record.form, record.isCut) = ("audit", audit.statement == nil || entry.isCut)
    record.parameters = audit.parameters
    Self.note(audit, in: &record)
    session.open = record
    session.auditIDs = [audit.number]
  }

  /// Whether a statement of a new number is told by the record that is open.
  private func joins(_ audit: PostgresAudit, _ open: ServerRecord, _ session: PostgresLogSession) -> Bool {
    guard let text = audit.statement, open.form != "error" else { return false }
    if open.text == text {
      // Each statement of a query message has a number of its own, and the text of the whole.
      let isWhole = open.form == "simple" || open.form == "audit"
      return session.auditIDs.isEmpty || (isWhole && session.auditIDs.count < Self.statementCount(text))
    }
    return session.auditIDs.isEmpty && open.form == "simple" && open.text.prefix(8).lowercased().hasPrefix("execute ")
  }

  /// Statements of a query message, at least one.
  private static func statementCount(_ text: String) -> Int {
    guard text.utf8.contains(0x3B) else { return 1 }
    let bytes = Array(text.utf8)
    var count = 1
    var isBehind = false
    var position = 0
    while position < bytes.count {
      if let end = SQLTokens.comment(bytes, at: position) {
        position = max(end, position + 1)
        continue
      }
      if bytes[position] == 0x3B {
        isBehind = true
      } else if bytes[position] > 0x20, isBehind {
        count += 1
        isBehind = false
      }
      position = max(SQLTokens.quoted(bytes, at: position) ?? 0, position + 1)
    }
    return count
  }

  private static func note(_ audit: PostgresAudit, in record: inout ServerRecord) {
    if record.message == nil { record.message = audit.summary }
    if let count = audit.rowCount, count > 0 { record.rowCount = max(record.rowCount ?? 0, count) }
  }
}
