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

  private let insert: BulkInsert
  private var open: [Int64: Document] = [:]
  private var waiting = 0

  init(_ database: Database) throws {
    // 64 MiB of postings before they are written out: halves the cost of a bulk load (measured).
    try database.execute(sql: "INSERT INTO search(search, rank) VALUES ('hashsize', 67108864)")
    insert = try BulkInsert(database, into: "search(kind, ref_id, body)", columns: 3)
  }

  func add(statement text: String, ref: String) throws { try add(kind: "statement", text, ref: ref) }

  /// Adds a document of its own.
  func add(kind: String, _ text: String, ref: String) throws {
    try insert.insert { row in
      row.add(kind)
      row.add(ref)
      row.add(text)
    }
  }

  /// Adds a tool call by the tool's name and its command.
  func add(tool: String, command: String, ref: String) throws {
    try insert.insert { row in
      row.add("tool-call")
      row.add(ref)
      row.add(tool, command)
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
    try insert.insert { row in
      row.add("values")
      row.add("\(document.sessionID).\(document.first)-\(document.last)")
      row.add(String(decoding: document.body, as: UTF8.self))
    }
  }

  func finish() throws {
    for session in open.keys.sorted() { try flush(session: session) }
    waiting = 0
  }
}
