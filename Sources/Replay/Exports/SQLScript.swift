import Model

/// Writes the requests of a session into a psql script, one after another.
struct SQLScript {
  private let session: Session
  private let reading: any CaseReading
  private var block = TransactionBlock()
  /// A statement changed how strings are read, or may have.
  private var hasChangedStrings = false
  private var preparedCount = 0
  private var writtenCount = 0
  private var leftOutCount = 0
  private var otherCount = 0

  init(_ session: Session, from reading: any CaseReading) {
    self.session = session
    self.reading = reading
  }

  /// What is left out, with its reason, and what stands in for it.
  private struct LeftOut: Error {
    var reason: String
  }

  // MARK: Head and foot

  func head() -> String {
    let who = "\(session.user ?? "unknown user")@\(session.target ?? "unknown")"
    var lines = [
      "Session \(session.id): \(who), from \(session.client) to \(session.server)",
      "\(session.startedAt) to \(session.endedAt), \(Figures.of(session.actionCount, "action"))",
      "",
      "Run it against a scratch database, and as a user who may not leave it: these are the statements of someone else.",
      "  PGCLIENTENCODING=UTF8 psql -X -d scratch -f this-file.sql",
      "",
      "Statements stand as they were sent. A request of several statements is sent as one: \\; and \\: are psql's way to",
      "write a semicolon and a colon that it is to leave alone. Statements with parameters are PREPAREd with the text as",
      "it was and EXECUTEd with the values as quoted literals, whose types the server infers from the statement; what",
      "PREPARE does not take has the literals in its text. Statements that failed fail again. What is left out is",
      "commented out and says why; where its failure had ended a transaction, a statement that fails stands in for it.",
    ]
    if !session.isComplete { lines += ["", "This session is not complete: \(session.reason ?? "unknown why")"] }
    var text = lines.map { Self.comment($0) }.joined()
    text += "\n\\set ON_ERROR_STOP off\n\\set ON_ERROR_ROLLBACK off\n\\set AUTOCOMMIT on\n\\set SINGLELINE off\n"
    return text + "\\pset pager off\n\\encoding UTF8\nSET standard_conforming_strings = on;\n"
  }

  func foot() -> String {
    var text = "\n" + Self.comment("\(Figures.of(writtenCount, "request")) written, \(leftOutCount) left out")
    if otherCount > 0 {
      text += Self.comment(
        "\(Figures.of(otherCount, "action")) of this session \(otherCount == 1 ? "is" : "are") no SQL: --as har, --as curl and --as text have them"
      )
    }
    if block.state != .none {
      text += Self.comment("A transaction is open here: the server rolls it back when psql leaves, as it did then")
    }
    return text
  }

  // MARK: Requests

  /// Counts an action that is no SQL.
  mutating func pass() { otherCount += 1 }

  /// Writes one request: one action, or the statements of one simple query.
  mutating func add(_ actions: [Action]) throws -> String {
    guard let first = actions.first else { return "" }
    var text = "\n" + actions.map { Self.comment(Self.heading($0)) }.joined()
    guard TimelineBuilder.isStatement(first) else {
      return text + Self.comment("  " + TerminalText.oneLine(first.text))
    }
    do {
      text += try actions.count > 1 ? several(actions) : single(first)
      writtenCount += 1
    } catch let leftOut as LeftOut {
      text += self.leftOut(actions, leftOut.reason)
    } catch let obstacle as PsqlText.Obstacle {
      text += self.leftOut(actions, obstacle.reason)
    }
    for action in actions {
      block.take(action)
      let words = action.text.uppercased()
      if words.contains("STANDARD_CONFORMING_STRINGS") { hasChangedStrings = true }
      if words.contains("CLIENT_ENCODING") || words.contains("SET NAMES") || action.verb == "DISCARD" {
        // The script is UTF-8 to its end, whatever the client spoke.
        text += "\\encoding UTF8\n"
      }
    }
    return text
  }

  /// The whole text of a simple query, as one request: an error in it undoes all of it, as it did.
  private func several(_ actions: [Action]) throws -> String {
    for action in actions {
      if Self.isRedacted(action.text) { throw LeftOut(reason: "a secret in it is redacted") }
      if action.isInferred { throw LeftOut(reason: "its text is not what was sent, byte for byte") }
      if action.status == .incomplete { throw LeftOut(reason: "what became of it was not captured") }
      if Self.readsStandardInput(action.text) {
        throw LeftOut(reason: "it is a COPY among other statements, whose data was not kept")
      }
    }
    guard let first = actions.first, let payload = try reading.requestPayload(of: first.id), payload.layout == .text,
      !payload.isCut
    else { throw LeftOut(reason: "its text was not kept whole") }
    let text = String(decoding: payload.bytes, as: UTF8.self)
    guard actions.allSatisfy({ text.contains($0.text) }) else {
      throw LeftOut(reason: "its text was not kept as it was sent")
    }
    return try PsqlText(text, mayReadEscapes: hasChangedStrings).line
  }

  private mutating func single(_ action: Action) throws -> String {
    if let reason = obstacle(action) { throw LeftOut(reason: reason) }
    if Self.readsStandardInput(action.text) { return try copy(action) }
    guard let parameters = action.parameters else {
      let statement = try PsqlText(action.text, mayReadEscapes: hasChangedStrings)
      guard statement.parameters.isEmpty || action.status != .ok else {
        throw LeftOut(reason: "the values of its parameters were not captured")
      }
      return statement.line
    }
    guard let values = ParameterValues.read(parameters), !values.contains(where: { $0?.utf8.contains(0) == true })
    else {
      throw LeftOut(reason: "the values of its parameters cannot be written")
    }
    let literals = values.map { $0.map(PsqlText.literal) ?? "NULL" }
    let statement = try PsqlText(action.text, mayReadEscapes: hasChangedStrings)
    guard statement.isPreparable else {
      return try PsqlText(action.text, values: literals, mayReadEscapes: hasChangedStrings).line
    }
    preparedCount += 1
    let name = "exhibit_\(preparedCount)"
    let arguments = literals.isEmpty ? "" : "(\(literals.joined(separator: ", ")))"
    // Colons and backslashes in the literals stand in quotes, where psql leaves them alone.
    return "PREPARE \(name) AS \(statement.line)EXECUTE \(name)\(arguments);\nDEALLOCATE \(name);\n"
  }

  private func obstacle(_ action: Action) -> String? {
    if action.text.isEmpty { return "the statement was not captured" }
    if action.verb == "FUNCTION CALL" { return "a function was called by its number, which SQL has no words for" }
    if Self.isRedacted(action.text) { return "a secret in it is redacted" }
    if action.isInferred { return "its text is not what was sent, byte for byte" }
    if action.parentID != nil { return "it fetched more rows of an earlier statement" }
    if action.message?.hasPrefix("not run:") == true || action.transaction == .notRun { return "it did not run" }
    if action.status == .incomplete { return "what became of it was not captured" }
    // Outside of a block, an error later in the same pipeline undid it; here it would be committed.
    if block.state == .none, action.status == .ok, action.transaction == .rolledBack, action.isChange {
      return "a later error in the same request undid it"
    }
    return nil
  }

  // MARK: COPY

  /// The statement and its data. A COPY that fails would make psql run its data as statements and commands, so that it
  /// stops there.
  private func copy(_ action: Action) throws -> String {
    guard action.status == .ok else { throw LeftOut(reason: "it failed, and its data would be run as statements") }
    let statement = try PsqlText(action.text, mayReadEscapes: hasChangedStrings)
    let data = try copyData(action)
    return "\\set ON_ERROR_STOP on\n\(statement.line)\(data)\\.\n\\set ON_ERROR_STOP off\n"
  }

  private func copyData(_ action: Action) throws -> String {
    guard action.hasRequestPayload, let payload = try reading.requestPayload(of: action.id) else {
      guard action.rowCount == 0 else { throw LeftOut(reason: "its data was not kept") }
      return ""
    }
    guard payload.layout == .text else {
      throw LeftOut(reason: "its data is binary; exhibit show \(action.id) --request gives it")
    }
    guard !payload.isCut else {
      let kept = Figures.count(payload.bytes.count)
      throw LeftOut(reason: "of its data the first \(kept) of \(Figures.count(payload.byteCount)) bytes were kept")
    }
    guard !payload.bytes.contains(0) else { throw LeftOut(reason: "its data holds a NUL character") }
    var data = payload.bytes[...]
    // Old clients send the mark themselves.
    for mark in ["\n\\.\n", "\n\\.\r\n"] where data.suffix(mark.utf8.count).elementsEqual(mark.utf8) {
      data = data.dropLast(mark.utf8.count - 1)
    }
    let lines = data.split(separator: 0x0A, omittingEmptySubsequences: true)
    guard !lines.contains(where: { $0.elementsEqual("\\.".utf8) || $0.elementsEqual("\\.\r".utf8) }) else {
      throw LeftOut(reason: "its data holds the mark that ends data in psql")
    }
    let text = String(decoding: data, as: UTF8.self)
    return text.isEmpty || text.utf8.last == 0x0A ? text : text + "\n"
  }

  /// Whether a COPY takes its data from the client: psql would read what follows it in the script.
  private static func readsStandardInput(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    let words = SQLScanner.tokens(of: bytes).filter { $0.kind == .word }
      .map { String(decoding: bytes[$0.range], as: UTF8.self).uppercased() }
    return words.contains("COPY") && zip(words, words.dropFirst()).contains { $0 == "FROM" && $1 == "STDIN" }
  }

  // MARK: Comments

  private mutating func leftOut(_ actions: [Action], _ reason: String) -> String {
    leftOutCount += 1
    var text = Self.comment("left out: \(reason)")
    for action in actions where !action.text.isEmpty {
      for line in TerminalText.splitLines(action.text) { text += Self.comment("  " + line.string) }
    }
    let hasFailed = actions.contains { ($0.status == .error || $0.status == .denied) && $0.transaction != .notRun }
    guard hasFailed, block.state == .open else { return text }
    return text + "DO $exhibit$ BEGIN RAISE EXCEPTION 'a statement that is left out failed here'; END $exhibit$;\n"
  }

  /// `ses-1.17  02:16:37.959  ALTER TABLE, schema: ok, rolled back`.
  private static func heading(_ action: Action) -> String {
    var text = "\(action.id)  \(action.startedAt)  \(action.verb), \(action.effect.rawValue): \(action.status.rawValue)"
    if let code = action.code { text += " \(code)" }
    if let rows = action.rowCount { text += ", \(Figures.of(rows, "row"))" }
    switch action.transaction {
    case .rolledBack: text += ", rolled back"
    case .undecided: text += ", the end of its transaction was not captured"
    case .notRun: text += ", not run"
    case .committed, nil: break
    }
    if action.status != .ok, let message = action.message { text += "  \(message)" }
    return text
  }

  /// A line that stays a comment, whatever the text holds.
  private static func comment(_ text: String) -> String {
    text.isEmpty ? "--\n" : "-- \(TerminalText.oneLine(text))\n"
  }

  private static func isRedacted(_ text: String) -> Bool { Redaction.isIn(text) }
}
