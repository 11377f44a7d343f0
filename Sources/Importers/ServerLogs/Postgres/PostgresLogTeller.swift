import Model

/// Makes records of the messages of PostgreSQL's log, whatever its format.
///
/// How the server spells them: src/backend/tcop/postgres.c (`exec_simple_query`, `exec_execute_message`,
/// `check_log_duration`), fastpath.c, postmaster.c and libpq/auth.c of versions 12 to 17.
struct PostgresLogTeller: Sendable {
  /// Sessions that are remembered; beyond that the half that was silent longest is told and forgotten.
  static let sessionLimit = 16_384
  /// Bytes of statements that wait for their error or their duration; beyond that the same happens.
  static let openByteLimit = 256 << 20

  var sessions: [String: PostgresLogSession] = [:]
  private var openByteCount = 0
  private var entryCount: UInt64 = 0

  mutating func receive(_ entry: PostgresLogEntry, _ damage: inout ServerLogDamage, into events: inout [ServerLogEvent])
  {
    guard entry.isOfClient else { return }
    damage.noteZone(entry.time, entry.origin, into: &events)
    entryCount += 1
    var session = sessions[entry.session] ?? PostgresLogSession()
    let before = session.openByteCount
    session.lastSeen = entryCount
    session.learn(entry)
    if entry.message.hasPrefix("AUDIT: ") {
      audit(entry, in: &session, into: &events)
    } else {
      switch entry.severity {
      case "LOG": log(entry, in: &session, into: &events)
      case "ERROR", "FATAL", "PANIC": fail(entry, in: &session, into: &events)
      default: break
      }
    }
    openByteCount += session.openByteCount - before
    let isOver = session.open?.kind == .disconnection && session.open?.duration != nil
    if isOver {
      openByteCount -= session.openByteCount
      close(&session, into: &events)
      sessions[entry.session] = nil
    } else if session.isOfClient || sessions[entry.session] != nil {
      sessions[entry.session] = session
    }
    if sessions.count > Self.sessionLimit || openByteCount > Self.openByteLimit {
      forget(entry.origin, &damage, into: &events)
    }
  }

  /// Tells what waits, in the order of the log.
  mutating func finish(into events: inout [ServerLogEvent]) {
    let open = sessions.values.compactMap(\.open).sorted { $0.origin.packet < $1.origin.packet }
    events += open.map { .record($0) }
    (sessions, openByteCount) = ([:], 0)
  }

  // MARK: What the server was asked

  private mutating func log(
    _ entry: PostgresLogEntry, in session: inout PostgresLogSession, into events: inout [ServerLogEvent]
  ) {
    let message = entry.message
    if message.hasPrefix("duration: ") {
      timed(entry, in: &session, into: &events)
    } else if let asked = Self.asked(message) {
      begin(asked, entry, duration: nil, in: &session, into: &events)
    } else if let command = message.rest(after: "received replication command: ") {
      begin((command, "replication"), entry, duration: nil, in: &session, into: &events)
    } else {
      connected(entry, in: &session, into: &events)
    }
  }

  /// The text and form of a message that tells a statement.
  private static func asked(_ message: some StringProtocol) -> (text: String, form: String)? {
    if let text = message.rest(after: "statement: ") { return (text, "simple") }
    for (mark, form) in [("execute fetch from ", "fetch"), ("execute ", "execute")] {
      guard let rest = message.rest(after: mark) else { continue }
      // The name of the statement, and of the portal where it has one, stand before the colon.
      return rest.rest(behind: ": ").map { ($0, form) }
    }
    guard let rest = message.rest(after: "fastpath function call: \""), let end = rest.lastIndex(of: "\"") else {
      return nil
    }
    return (String(rest[..<end]), "fastpath")
  }

  /// `duration: 1.234 ms`, alone or with the statement that took it.
  private mutating func timed(
    _ entry: PostgresLogEntry, in session: inout PostgresLogSession, into events: inout [ServerLogEvent]
  ) {
    guard let rest = entry.message.rest(after: "duration: "), let what = rest.rest(behind: " ms"),
      let duration = Self.nanoseconds(rest.prefix { $0 != " " })
    else { return }
    if what.isEmpty {
      // What Parse and Bind took is told in the same words: only the first behind a statement is its own.
      guard session.open?.kind == .request, session.open?.duration == nil, session.open?.form != "audit" else { return }
      session.open?.duration = duration
    } else if let text = what.rest(after: "  "), let asked = Self.asked(text) {
      begin(asked, entry, duration: duration, in: &session, into: &events)
    }
  }

  /// Milliseconds with three digits behind the point.
  static func nanoseconds(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, first.utf8.count <= 12, let whole = Int64(first), whole >= 0 else { return nil }
    let digits = parts.count == 2 ? parts[1].prefix(6) : ""
    guard digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    let fraction = digits.isEmpty ? 0 : Int64(digits + String(repeating: "0", count: 6 - digits.count)) ?? 0
    return whole * 1_000_000 + fraction
  }

  private mutating func begin(
    _ asked: (text: String, form: String), _ entry: PostgresLogEntry, duration: Int64?,
    in session: inout PostgresLogSession, into events: inout [ServerLogEvent]
  ) {
    let parameters = PostgresLogParameters.values(entry.detail)
    if var audited = session.open, audited.form == "audit", audited.text == asked.text, audited.duration == nil {
      // pgaudit told it first, as it does for what begins with Bind or is logged with its duration only.
      audited.form = asked.form
      audited.parameters = parameters ?? audited.parameters
      audited.duration = duration
      session.open = audited
      return
    }
    close(&session, into: &events)
    var record = record(.request, entry, asked.text, session)
    record.form = asked.form
    record.parameters = parameters
    record.duration = duration
    record.isEnd = duration != nil
    record.isCut = entry.isCut
    session.open = record
  }

  // MARK: The session's own records

  func record(
    _ kind: ServerRecord.Kind, _ entry: PostgresLogEntry, _ text: String, _ session: PostgresLogSession
  ) -> ServerRecord {
    var record = ServerRecord(
      kind, of: "postgres", at: entry.time.at, precision: entry.time.precision, peer: session.peer, text: text,
      origin: entry.origin)
    record.sessionKey = entry.session
    (record.user, record.target, record.application) = (session.user, session.database, session.application)
    return record
  }

  /// Tells what was open; nothing more belongs to it but an account of pgaudit's.
  func close(_ session: inout PostgresLogSession, into events: inout [ServerLogEvent]) {
    guard let open = session.open else { return }
    events.append(.record(open))
    if open.kind == .request, session.auditIDs.isEmpty {
      session.unaudited.append(open.text.hashValue)
      if session.unaudited.count > PostgresLogSession.unauditedLimit { session.unaudited.removeFirst() }
    }
    (session.open, session.auditIDs) = (nil, [])
  }

  private mutating func forget(
    _ origin: Origin, _ damage: inout ServerLogDamage, into events: inout [ServerLogEvent]
  ) {
    let old = sessions.sorted { $0.value.lastSeen < $1.value.lastSeen }.prefix(max(1, sessions.count / 2))
    for (key, session) in old {
      openByteCount -= session.openByteCount
      if let open = session.open { events.append(.record(open)) }
      sessions[key] = nil
    }
    let detail = "more sessions are open than are remembered: an error of an old one may be told by itself"
    damage.tell("server-log-session-limit", detail, origin, into: &events)
  }
}

extension StringProtocol {
  /// What follows a beginning, compared by bytes: a text may begin with a mark that joins the character before it.
  func rest(after mark: String) -> String? {
    utf8.starts(with: mark.utf8) ? String(decoding: utf8.dropFirst(mark.utf8.count), as: UTF8.self) : nil
  }

  /// What follows the first occurrence of a text, compared by bytes.
  func rest(behind mark: String) -> String? {
    var rest = utf8[...]
    guard let first = mark.utf8.first else { return nil }
    while let place = rest.firstIndex(of: first) {
      rest = rest[place...]
      if rest.starts(with: mark.utf8) { return String(decoding: rest.dropFirst(mark.utf8.count), as: UTF8.self) }
      rest = rest.dropFirst()
    }
    return nil
  }
}
