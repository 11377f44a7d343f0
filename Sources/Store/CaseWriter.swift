import Bytes
import GRDB
public import Model

/// Fills a case within one transaction: all of an ingest is kept, or nothing.
public final class CaseWriter: CaseWriting {
  /// Results up to this many bytes lie in the action's own row.
  static let inlineLimit = 512

  let database: Database
  private let actions: BulkInsert
  private let sessions: BulkInsert
  private let gaps: BulkInsert
  private let anomalies: BulkInsert
  private let segments: BulkInsert
  private let secrets: BulkInsert
  private let statements: StatementTable
  private let payloads: PayloadTable
  private let identities: IdentityTable
  private let calls: BulkInsert
  private let masks: BulkInsert
  private let maskedActions: BulkInsert
  private let search: SearchIndexWriter
  /// Begun with the first record of a server's log.
  private var serverRecords: ServerRecordTable?
  /// Begun with the first conversation.
  private var conversations: ConversationTables?
  /// Rows of `source` for the ordinals of this ingest.
  private var sourceNumbers: [UInt32: Int64] = [:]
  private var nextSource: Int64
  public let firstSessionNumber: Int64
  private var openIDs: [Int64: String] = [:]
  private var usedSessionIDs: Set<String> = []
  private let hasEarlierSessions: Bool

  init(_ database: Database) throws {
    self.database = database
    actions = try BulkInsert(
      database,
      into: """
        action(n, statement, parent_seq, started_ns, first_after_ns, ended_after_ns, text, parameters, status,
          code, message, rows, bytes_in, bytes_out, inferred, change, segment, source, packet, columns, request, response, response_inline,
          identity)
        """, columns: 24, batch: 16)
    sessions = try BulkInsert(
      database,
      into: """
        session(n, id, parent, protocol, client, server, user, target, application, agent, human, encrypted,
          decrypted, started_ns, ended_ns, actions, changes, bytes_in, bytes_out, complete, reason, source, facts,
          gateway)
        """, columns: 24)
    gaps = try BulkInsert(database, into: "gap(session, direction, at_ns, until_ns, bytes, reason)", columns: 6)
    anomalies = try BulkInsert(
      database, into: "anomaly(source, session, packet, offset, at_ns, code, detail)", columns: 7)
    segments = try BulkInsert(database, into: "segment(session, segment, outcome)", columns: 3, replaces: true)
    secrets = try BulkInsert(database, into: "secret(session, seq, kind, hash)", columns: 4)
    statements = try StatementTable(database)
    payloads = try PayloadTable(database)
    identities = try IdentityTable(database)
    calls = try BulkInsert(database, into: "call(n, head, records)", columns: 3)
    masks = try BulkInsert(
      database, into: "mask(session, seq, conversation, rule, class, method, count, location, inline)", columns: 9)
    maskedActions = try BulkInsert(database, into: "masked_action(n, subject_sha256)", columns: 2)
    search = try SearchIndexWriter(database)
    nextSource = try (Int64.fetchOne(database, sql: "SELECT max(n) FROM source") ?? 0) + 1
    firstSessionNumber = try (Int64.fetchOne(database, sql: "SELECT max(n) FROM session") ?? 0) + 1
    hasEarlierSessions = firstSessionNumber > 1
  }

  /// Reserves the row of a source, so that actions can refer to it before it is read to its end.
  @discardableResult
  public func reserveSource(_ ordinal: UInt32) -> Int64 {
    if let number = sourceNumbers[ordinal] { return number }
    let number = nextSource
    nextSource += 1
    sourceNumbers[ordinal] = number
    return number
  }

  /// Writes a source that was read to its end.
  public func write(_ source: Source, ordinal: UInt32, headSHA256: String?) throws {
    try database.execute(
      sql: """
        INSERT INTO source(n, id, path, kind, sha256, head_sha256, bytes, packets, first_ns, last_ns, complete,
          integrity, note) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)
        """,
      arguments: [
        reserveSource(ordinal), source.id, source.path, source.kind, source.sha256, headSHA256,
        Int64(clamping: source.byteCount), Int64(clamping: source.packetCount), source.firstAt?.nanoseconds,
        source.lastAt?.nanoseconds, source.isComplete, source.integrity, source.note,
      ])
  }

  /// Begins a session. Its row comes last, by `finish`.
  public func open(session: Int64, proposedID: String) throws {
    openIDs[session] = try uniqueSessionID(proposedID)
  }

  /// The id under which the session goes into the case: `proposed`, with a suffix when the case has that id already.
  public func uniqueSessionID(_ proposed: String) throws -> String {
    var id = proposed
    var suffix = 2
    while try isTaken(id) {
      id = "\(proposed)-\(suffix)"
      suffix += 1
    }
    usedSessionIDs.insert(id)
    return id
  }

  private func isTaken(_ id: String) throws -> Bool {
    if usedSessionIDs.contains(id) { return true }
    guard hasEarlierSessions else { return false }
    return try Bool.fetchOne(database, sql: "SELECT 1 FROM session WHERE id = ?", arguments: [id]) ?? false
  }

  /// Adds one action to a session that is open.
  public func write(_ draft: ActionDraft, session: Int64) throws {
    let sessionID = openIDs[session] ?? ""
    let statement = try statements.number(kind: draft.kind, draft.form)
    if statement.isNew {
      try search.add(
        statement: draft.form.shape, place: statement.number, ref: "\(sessionID).\(draft.sequence)")
    }
    if !draft.searchText.isEmpty {
      try search.add(draft.searchText, session: session, sessionID: sessionID, sequence: draft.sequence)
    }
    let columns = try draft.columns.isEmpty ? nil : payloads.number(of: draft.columns)
    let inline = draft.response.flatMap { isInline($0) ? $0.bytes : nil }
    let request = try draft.request.map(payloads.number(of:))
    let response = try inline == nil ? draft.response.map(payloads.number(of:)) : nil
    let identity = try identities.number(of: draft.identity)
    if let subject = draft.maskedSubject {
      try maskedActions.insert { row in
        row.add(session << 32 | Int64(draft.sequence))
        row.add(subject)
      }
    }
    if let call = draft.call { try write(call, session << 32 | Int64(draft.sequence)) }

    try actions.insert { row in
      row.add(session << 32 | Int64(draft.sequence))
      row.add(statement.number)
      row.add(draft.parentSequence)
      row.add(draft.startedAt.nanoseconds)
      row.add(draft.firstResponseAt.map { $0.nanoseconds(since: draft.startedAt) })
      row.add(draft.endedAt.map { $0.nanoseconds(since: draft.startedAt) })
      row.add(draft.text)
      row.add(draft.parameters)
      row.add(Int64(draft.status.number))
      row.add(draft.code)
      row.add(draft.message)
      row.add(draft.rowCount)
      row.add(draft.bytesIn)
      row.add(draft.bytesOut)
      row.add(draft.isInferred)
      row.add(draft.form.classification.effect.isChange)
      row.add(draft.segment.map(Int64.init))
      row.add(draft.origin.packet == 0 ? nil : reserveSource(draft.origin.source))
      row.add(draft.origin.packet == 0 ? nil : draft.origin.packet)
      row.add(columns)
      row.add(request)
      row.add(response)
      row.add(blob: inline)
      row.add(identity)
    }
  }

  private func write(_ call: CallDetails, _ number: Int64) throws {
    let records = try call.records.map(payloads.number(of:))
    try calls.insert { row in
      row.add(number)
      row.add(call.head.map { CallHeadText.json($0) })
      row.add(records)
    }
  }

  private func isInline(_ payload: Payload) -> Bool {
    payload.layout == .rows && !payload.isCut && !payload.isMasked && payload.bytes.count <= CaseWriter.inlineLimit
  }

  /// Writes the session's own row; no action of it may follow.
  public func finish(_ draft: SessionDraft, number: Int64) throws {
    try search.flush(session: number)
    try sessions.insert { row in
      row.add(number)
      row.add(openIDs.removeValue(forKey: number) ?? draft.id)
      row.add(draft.parent)
      row.add(draft.protocolName)
      row.add(draft.client)
      row.add(draft.server)
      row.add(draft.facts.user)
      row.add(draft.facts.target)
      row.add(draft.facts.application)
      row.add(draft.facts.agent)
      row.add(draft.facts.human)
      row.add(draft.facts.encryption != nil)
      row.add(draft.facts.isDecrypted == true)
      row.add(draft.startedAt.nanoseconds)
      row.add(draft.endedAt.nanoseconds)
      row.add(draft.actionCount)
      row.add(draft.changeCount)
      row.add(draft.bytesIn)
      row.add(draft.bytesOut)
      row.add(draft.incompleteReason == nil)
      row.add(draft.incompleteReason)
      row.add(reserveSource(draft.origin.source))
      row.add(draft.facts.json)
      row.add(draft.facts.gateway)
    }
  }

  public func write(
    _ gap: Gap, session: Int64, direction: Direction, at: Timestamp, until: Timestamp?
  ) throws {
    try gaps.insert { row in
      row.add(session)
      row.add(Int64(direction.rawValue))
      row.add(at.nanoseconds)
      row.add(until?.nanoseconds)
      row.add(gap.byteCount)
      row.add(gap.reason.rawValue)
    }
  }

  public func write(_ anomaly: Anomaly, session: Int64?) throws {
    try anomalies.insert { row in
      row.add(reserveSource(anomaly.origin.source))
      row.add(session)
      row.add(anomaly.origin.packet == 0 ? nil : anomaly.origin.packet)
      row.add(anomaly.origin.offset)
      row.add(anomaly.time?.nanoseconds)
      row.add(anomaly.code.name)
      row.add(anomaly.detail)
    }
  }

  /// Says that a stretch of a session's transactions was not committed.
  public func write(segment: UInt32, of session: Int64, outcome: Action.Transaction) throws {
    try segments.insert { row in
      row.add(session)
      row.add(Int64(segment))
      row.add(outcome.rawValue)
    }
  }

  public func write(_ event: ConversationEvent) throws {
    let tables = try conversations ?? ConversationTables(database, search: search)
    conversations = tables
    try tables.write(event) { reserveSource($0) }
  }

  public func write(_ part: ServerRecordPart) throws {
    let table = try serverRecords ?? ServerRecordTable(database)
    serverRecords = table
    try table.write(part, source: reserveSource(part.record.origin.source))
  }

  /// Says that a source is in the case already, in that row.
  func assign(ordinal: UInt32, to number: Int64) { sourceNumbers[ordinal] = number }

  public func write(secretHash: String, kind: String, session: Int64?, sequence: Int?) throws {
    try secrets.insert { row in
      row.add(session)
      row.add(sequence)
      row.add(kind)
      row.add(secretHash)
    }
  }

  public func write(_ masked: MaskRecord) throws {
    try masks.insert { row in
      row.add(masked.session)
      row.add(masked.sequence)
      row.add(masked.conversation)
      row.add(masked.rule)
      row.add(masked.dataClass)
      row.add(masked.method)
      row.add(masked.count)
      row.add(masked.location)
      row.add(masked.isInline)
    }
  }

  public func write(_ verdict: RecordedVerdict) throws {
    let row = VerdictRow(verdict.event)
    try database.execute(
      sql: """
        INSERT INTO decision(
          session, seq, at_ns, kind, outcome, rule, reason, subject_sha256, people, key, source, packet, request_sha256,
          seen_ns)
        VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)
        """,
      arguments: [
        verdict.session, verdict.sequence, verdict.at.nanoseconds, row.kind, row.outcome, row.rule, row.reason,
        row.subject, JSONText.array(row.people), row.key, reserveSource(verdict.origin.source),
        Int64(clamping: verdict.origin.packet), row.request, row.seenAt?.nanoseconds,
      ])
  }

  func finish() throws {
    try actions.flush()
    try payloads.finish()
    try search.finish()
  }
}

extension Action.Status {
  /// Its number in the table `action`.
  var number: Int {
    switch self {
    case .ok: 0
    case .error: 1
    case .denied: 2
    case .incomplete: 3
    }
  }
}
