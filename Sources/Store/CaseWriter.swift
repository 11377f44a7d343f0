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
  private let search: SearchIndexWriter
  /// Rows of `source` for the ordinals of this ingest.
  private var sourceNumbers: [UInt32: Int64] = [:]
  private var nextSource: Int64
  private var nextSession: Int64
  private var usedSessionIDs: Set<String> = []
  private let hasEarlierSessions: Bool

  init(_ database: Database) throws {
    self.database = database
    actions = try BulkInsert(
      database,
      """
      INSERT INTO action(n, statement, parent_seq, started_ns, first_after_ns, ended_after_ns, text, parameters, status,
        code, message, rows, bytes_in, bytes_out, inferred, change, segment, source, packet, columns, request, response,
        response_inline)
      VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
      """)
    sessions = try BulkInsert(
      database,
      """
      INSERT INTO session(n, id, parent, protocol, client, server, user, target, application, agent, human, encrypted,
        decrypted, started_ns, ended_ns, actions, changes, bytes_in, bytes_out, complete, reason, source, facts)
      VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
      """)
    gaps = try BulkInsert(
      database, "INSERT INTO gap(session, direction, at_ns, until_ns, bytes, reason) VALUES (?,?,?,?,?,?)")
    anomalies = try BulkInsert(
      database,
      "INSERT INTO anomaly(source, session, packet, offset, at_ns, code, detail) VALUES (?,?,?,?,?,?,?)")
    segments = try BulkInsert(database, "INSERT OR REPLACE INTO segment(session, segment, outcome) VALUES (?,?,?)")
    secrets = try BulkInsert(database, "INSERT INTO secret(session, seq, kind, hash) VALUES (?,?,?,?)")
    statements = try StatementTable(database)
    payloads = try PayloadTable(database)
    search = try SearchIndexWriter(database)
    nextSource = try (Int64.fetchOne(database, sql: "SELECT max(n) FROM source") ?? 0) + 1
    nextSession = try (Int64.fetchOne(database, sql: "SELECT max(n) FROM session") ?? 0) + 1
    hasEarlierSessions = nextSession > 1
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

  /// The number for a new session. Its row comes last, by `finish`.
  public func openSession() -> Int64 {
    defer { nextSession += 1 }
    return nextSession
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
  public func write(_ draft: ActionDraft, session: Int64, sessionID: String) throws {
    let statement = try statements.number(kind: draft.kind, draft.classification, shape: draft.shape)
    if statement.isNew {
      try search.add(statement: draft.shape, ref: "\(sessionID).\(draft.sequence)")
    }
    if !draft.searchText.isEmpty {
      try search.add(draft.searchText, session: session, sessionID: sessionID, sequence: draft.sequence)
    }
    let columns = try draft.columns.isEmpty ? nil : payloads.number(of: draft.columns)
    let inline = draft.response.flatMap { isInline($0) ? $0.bytes : nil }
    let request = try draft.request.map(payloads.number(of:))
    let response = try inline == nil ? draft.response.map(payloads.number(of:)) : nil

    actions.add(session << 32 | Int64(draft.sequence))
    actions.add(statement.number)
    actions.add(draft.parentSequence)
    actions.add(draft.startedAt.nanoseconds)
    actions.add(draft.firstResponseAt.map { $0.nanoseconds(since: draft.startedAt) })
    actions.add(draft.endedAt.map { $0.nanoseconds(since: draft.startedAt) })
    actions.add(draft.text)
    actions.add(draft.parameters)
    actions.add(Int64(draft.status.number))
    actions.add(draft.code)
    actions.add(draft.message)
    actions.add(draft.rowCount)
    actions.add(draft.bytesIn)
    actions.add(draft.bytesOut)
    actions.add(draft.isInferred)
    actions.add(draft.classification.effect.isChange)
    actions.add(draft.segment.map(Int64.init))
    actions.add(draft.origin.packet == 0 ? nil : reserveSource(draft.origin.source))
    actions.add(draft.origin.packet == 0 ? nil : draft.origin.packet)
    actions.add(columns)
    actions.add(request)
    actions.add(response)
    actions.add(blob: inline)
    try actions.insert()
  }

  private func isInline(_ payload: Payload) -> Bool {
    payload.layout == .rows && !payload.isCut && payload.bytes.count <= CaseWriter.inlineLimit
  }

  /// Writes the session's own row; no action of it may follow.
  public func finish(_ draft: SessionDraft, number: Int64) throws {
    try search.flush(session: number)
    sessions.add(number)
    sessions.add(draft.id)
    sessions.add(draft.parent)
    sessions.add(draft.protocolName)
    sessions.add(draft.client)
    sessions.add(draft.server)
    sessions.add(draft.facts.user)
    sessions.add(draft.facts.target)
    sessions.add(draft.facts.application)
    sessions.addNull()
    sessions.addNull()
    sessions.add(draft.facts.encryption != nil)
    sessions.add(false)
    sessions.add(draft.startedAt.nanoseconds)
    sessions.add(draft.endedAt.nanoseconds)
    sessions.add(draft.actionCount)
    sessions.add(draft.changeCount)
    sessions.add(draft.bytesIn)
    sessions.add(draft.bytesOut)
    sessions.add(draft.incompleteReason == nil)
    sessions.add(draft.incompleteReason)
    sessions.add(reserveSource(draft.origin.source))
    sessions.add(draft.facts.json)
    try sessions.insert()
  }

  public func write(
    _ gap: Gap, session: Int64, direction: Direction, at: Timestamp, until: Timestamp?
  ) throws {
    gaps.add(session)
    gaps.add(Int64(direction.rawValue))
    gaps.add(at.nanoseconds)
    gaps.add(until?.nanoseconds)
    gaps.add(gap.byteCount)
    gaps.add(gap.reason.rawValue)
    try gaps.insert()
  }

  public func write(_ anomaly: Anomaly, session: Int64?) throws {
    anomalies.add(reserveSource(anomaly.origin.source))
    anomalies.add(session)
    anomalies.add(anomaly.origin.packet == 0 ? nil : anomaly.origin.packet)
    anomalies.add(anomaly.origin.offset)
    anomalies.add(anomaly.time?.nanoseconds)
    anomalies.add(anomaly.code.name)
    anomalies.add(anomaly.detail)
    try anomalies.insert()
  }

  /// Says that a stretch of a session's transactions was not committed.
  public func write(segment: UInt32, of session: Int64, outcome: Action.Transaction) throws {
    segments.add(session)
    segments.add(Int64(segment))
    segments.add(outcome.rawValue)
    try segments.insert()
  }

  public func write(secretHash: String, kind: String, session: Int64, sequence: Int?) throws {
    secrets.add(session)
    secrets.add(sequence)
    secrets.add(kind)
    secrets.add(secretHash)
    try secrets.insert()
  }

  /// Sets the parent of a session that is already written.
  public func setParent(of session: Int64, to parent: Int64) throws {
    try database.execute(sql: "UPDATE session SET parent = ? WHERE n = ?", arguments: [parent, session])
  }

  func finish() throws {
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
