import GRDB

/// Feeds the full-text index: each statement once, and the constants, parameters and results of a session's actions in
/// documents of many actions each, because a document costs more than its words.
final class SearchIndexWriter {
  /// Bytes of one such document.
  static let documentLimit = 16 << 10
  /// Actions in one such document.
  static let actionLimit = 256
  /// Bytes waiting in all sessions together.
  static let totalLimit = 8 << 20

  private final class Document {
    let sessionID: String
    let first: Int
    var last: Int
    var actions = 0
    var body: [UInt8] = []

    init(sessionID: String, first: Int) {
      self.sessionID = sessionID
      self.first = first
      last = first
    }
  }

  private let database: Database
  private let entries: BulkInsert
  private let index: BulkInsert
  /// The row that the next document gets.
  private(set) var next: Int64
  private var open: [Int64: Document] = [:]
  private var waiting = 0

  init(_ database: Database) throws {
    self.database = database
    // 64 MiB of postings before they are written out: halves the cost of a bulk load (measured).
    try database.execute(sql: "INSERT INTO search(search, rank) VALUES ('hashsize', 67108864)")
    entries = try BulkInsert(database, into: "search_entry(n, kind, ref_id, place, body)", columns: 5)
    index = try BulkInsert(database, into: "search(rowid, body)", columns: 2)
    next = try (Int64.fetchOne(database, sql: "SELECT max(n) FROM search_entry") ?? 0) + 1
  }

  func add(statement text: String, place: Int64, ref: String) throws {
    try add(kind: "statement", text, place: place, ref: ref)
  }

  /// Adds a document of its own, whose text lies in the row `place` of what `kind` names.
  func add(kind: String, _ text: String, place: Int64, ref: String) throws {
    try enter(kind, ref, place)
    try index.insert { row in
      row.add(next)
      row.add(text)
    }
    next += 1
  }

  /// Adds a tool call by the tool's name and its command.
  func add(tool: String, command: String, place: Int64, ref: String) throws {
    try enter("tool-call", ref, place)
    try index.insert { row in
      row.add(next)
      row.add(tool, command)
    }
    next += 1
  }

  /// Takes a document out, while what it was made of is there as it was.
  func remove(_ number: Int64) throws {
    try database.execute(sql: "DELETE FROM search WHERE rowid = ?", arguments: [number])
    try database.execute(sql: "DELETE FROM search_entry WHERE n = ?", arguments: [number])
  }

  private func enter(_ kind: String, _ ref: String, _ place: Int64?, body: String? = nil) throws {
    try entries.insert { row in
      row.add(next)
      row.add(kind)
      row.add(ref)
      row.add(place)
      row.add(body)
    }
  }

  func add(_ text: [UInt8], session: Int64, sessionID: String, sequence: Int) throws {
    let document = open[session] ?? begin(session, sessionID, sequence)
    if document.actions > 0 { document.body.append(0x20) }
    document.body.append(contentsOf: text)
    document.last = sequence
    document.actions += 1
    waiting += text.count
    if document.body.count >= SearchIndexWriter.documentLimit || document.actions >= SearchIndexWriter.actionLimit {
      try flush(session: session)
    }
    if waiting >= SearchIndexWriter.totalLimit { try finish() }
  }

  private func begin(_ session: Int64, _ sessionID: String, _ sequence: Int) -> Document {
    let document = Document(sessionID: sessionID, first: sequence)
    open[session] = document
    return document
  }

  /// Writes what waits of one session.
  func flush(session: Int64) throws {
    guard let document = open.removeValue(forKey: session) else { return }
    waiting -= min(waiting, document.body.count)
    let body = String(decoding: document.body, as: UTF8.self)
    try enter("values", "\(document.sessionID).\(document.first)-\(document.last)", nil, body: body)
    try index.insert { row in
      row.add(next)
      row.add(body)
    }
    next += 1
  }

  func finish() throws {
    for session in open.keys.sorted() { try flush(session: session) }
    waiting = 0
  }
}
