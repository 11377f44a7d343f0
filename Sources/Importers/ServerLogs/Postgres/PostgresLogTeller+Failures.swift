import Model

extension PostgresLogTeller {
  /// An error: of the statement that is open, of one that only it tells, of a login, or of the connection.
  mutating func fail(
    _ entry: PostgresLogEntry, in session: inout PostgresLogSession, into events: inout [ServerLogEvent]
  ) {
    if let statement = entry.statement {
      guard var open = session.open, Self.belongs(entry, statement, to: open) else {
        var record = record(.request, entry, statement, session)
        record.form = "error"
        record.isCut = entry.isCut
        Self.note(entry, in: &record)
        tell(record, in: &session, into: &events)
        return
      }
      Self.note(entry, in: &open)
      session.open = open
      close(&session, into: &events)
      return
    }
    if entry.severity == "ERROR" {
      // A call by fastpath has no statement; neither has any where log_min_error_statement is above errors.
      guard var open = session.open, open.kind == .request, open.duration == nil, entry.code?.hasPrefix("08") != true
      else {
        guard session.isOfClient, !Self.isBackground(entry) else { return }
        var record = record(.request, entry, "", session)
        (record.form, record.isCut) = ("error", true)
        Self.note(entry, in: &record)
        tell(record, in: &session, into: &events)
        return
      }
      Self.note(entry, in: &open)
      session.open = open
      close(&session, into: &events)
      return
    }
    let refused = Self.refusedUser(entry)
    if refused != nil, var login = session.open, login.kind == .login {
      Self.note(entry, in: &login)
      session.open = login
      close(&session, into: &events)
    } else if let user = refused {
      close(&session, into: &events)
      if session.user == nil { session.user = PostgresLogEntry.known(user) }
      var login = record(.login, entry, "", session)
      Self.note(entry, in: &login)
      events.append(.record(login))
    } else if session.isOfClient, !Self.isBackground(entry) {
      close(&session, into: &events)
      var end = record(.disconnection, entry, "", session)
      Self.note(entry, in: &end)
      session.open = end
    }
  }

  /// What only its error tells: nothing more is said about it.
  private func tell(
    _ record: ServerRecord, in session: inout PostgresLogSession, into events: inout [ServerLogEvent]
  ) {
    close(&session, into: &events)
    events.append(.record(record))
  }

  private static func belongs(_ entry: PostgresLogEntry, _ statement: String, to open: ServerRecord) -> Bool {
    // What fails in Parse or Bind is another attempt at the same text, which has no line of its own.
    let isAttempt = entry.commandTag == "PARSE" || entry.commandTag == "BIND"
    return open.kind == .request && open.status == .ok && open.duration == nil && open.text == statement
      && (!isAttempt || open.form == "audit")
  }

  private static func note(_ entry: PostgresLogEntry, in record: inout ServerRecord) {
    record.status = .error
    record.code = entry.code
    record.message = entry.message
  }

  /// Of a process that serves no client; formats that do not say so leave only its words.
  private static func isBackground(_ entry: PostgresLogEntry) -> Bool {
    entry.context?.hasPrefix("automatic ") == true || entry.message.hasPrefix("canceling autovacuum task")
      || entry.message.hasPrefix("terminating logical replication worker")
      || entry.message.hasPrefix("terminating background worker")
  }

  /// The user of a login that was refused, empty where the message does not say; nil when it is another failure.
  private static func refusedUser(_ entry: PostgresLogEntry) -> String? {
    let message = entry.message
    for mark in ["authentication failed for user \"", "role \"", "user \""] {
      guard let start = message.firstRange(of: mark) else { continue }
      let isRefusal =
        mark.hasPrefix("auth") || (mark == "role \"" && message.hasSuffix("does not exist"))
        || message.hasPrefix("no pg_hba.conf entry") || message.hasPrefix("pg_hba.conf rejects")
        || message.hasSuffix("is not permitted to log in")
      if isRefusal { return String(message[start.upperBound...].prefix { $0 != "\"" }) }
    }
    if let code = entry.code, code.hasPrefix("28") || ["3D000", "53300", "57P03"].contains(code) { return "" }
    let starts = [
      "database \"", "sorry, too many clients", "the database system is starting up", "too many connections for",
      "remaining connection slots", "permission denied for database", "no PostgreSQL user name specified",
    ]
    return starts.contains(where: message.hasPrefix) ? "" : nil
  }
}
