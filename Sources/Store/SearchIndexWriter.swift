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

  private struct Document {
    var sessionID: String
    var first: Int
    var last: Int
    var actions: Int
    var body: [UInt8]
  }

  private let insert: BulkInsert
  private var open: [Int64: Document] = [:]
  private var waiting = 0

  init(_ database: Database) throws {
    // 64 MiB of postings before they are written out: halves the cost of a bulk load (measured).
    try database.execute(sql: "INSERT INTO search(search, rank) VALUES ('hashsize', 67108864)")
    insert = try BulkInsert(database, "INSERT INTO search(kind, ref_id, body) VALUES (?,?,?)")
  }

  func add(statement text: String, ref: String) throws {
    insert.add("statement")
    insert.add(ref)
    insert.add(text)
    try insert.insert()
  }

  func add(_ text: [UInt8], session: Int64, sessionID: String, sequence: Int) throws {
    var isFull = false
    if var document = open.removeValue(forKey: session) {
      document.body.append(0x20)
      document.body.append(contentsOf: text)
      document.last = sequence
      document.actions += 1
      isFull =
        document.body.count >= SearchIndexWriter.documentLimit || document.actions >= SearchIndexWriter.actionLimit
      open[session] = document
    } else {
      open[session] = Document(sessionID: sessionID, first: sequence, last: sequence, actions: 1, body: text)
      isFull = text.count >= SearchIndexWriter.documentLimit
    }
    waiting += text.count
    if isFull { try flush(session: session) }
    if waiting >= SearchIndexWriter.totalLimit { try finish() }
  }

  /// Writes what waits of one session.
  func flush(session: Int64) throws {
    guard let document = open.removeValue(forKey: session) else { return }
    waiting -= min(waiting, document.body.count)
    insert.add("values")
    insert.add("\(document.sessionID).\(document.first)-\(document.last)")
    insert.add(String(decoding: document.body, as: UTF8.self))
    try insert.insert()
  }

  func finish() throws {
    for session in open.keys.sorted() { try flush(session: session) }
    waiting = 0
  }
}
