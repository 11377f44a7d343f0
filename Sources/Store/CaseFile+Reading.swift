import Foundation
import GRDB
public import Model

extension CaseFile: CaseReading {
  /// The file name without its extension.
  public var name: String {
    let file = URL(filePath: path).lastPathComponent
    return file.hasSuffix(".exhibit") ? String(file.dropLast(8)) : file
  }

  func read<T>(_ body: (Database) throws -> T) throws -> T {
    try StoreError.mapping(path) {
      // Reentrant: a report asks for payloads while it walks the actions.
      try queue.unsafeReentrantRead { database in
        guard try database.tableExists("source") else {
          throw StoreError(.notACase, path: path, "an empty file; fill it with: exhibit ingest INPUT --case \(path)")
        }
        return try body(database)
      }
    }
  }

  public func sources() throws -> [Source] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM sources ORDER BY first_ns, path, id").map { Source(row: $0) }
    }
  }

  public func sessions() throws -> [Session] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM sessions ORDER BY started_ns, id").map { Session(row: $0) }
    }
  }

  public func session(id: String) throws -> Session? {
    try read { database in
      try Row.fetchOne(database, sql: "SELECT * FROM sessions WHERE id = ?", arguments: [id]).map { Session(row: $0) }
    }
  }

  public func forEachAction(session: String?, _ body: (Action) throws -> Void) throws {
    try forEachAction(ActionFilter(session: session), body)
  }

  public func action(id: String) throws -> Action? {
    guard let place = try place(of: id) else { return nil }
    return try read { database in
      try Row.fetchOne(database, sql: ActionQuery.select + " WHERE a.n = ?", arguments: [place]).map { Action(row: $0) }
    }
  }

  /// The row number of an action's id: its session's number and its sequence.
  func place(of id: String) throws -> Int64? {
    guard let dot = id.lastIndex(of: "."), let sequence = UInt32(id[id.index(after: dot)...]) else { return nil }
    let session = try read { database in
      try Int64.fetchOne(
        database.cachedStatement(sql: "SELECT n FROM session WHERE id = ?"), arguments: [String(id[..<dot])])
    }
    return session.map { $0 << 32 | Int64(sequence) }
  }

  public func anomalies() throws -> [StoredAnomaly] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT 'ano-' || a.n AS id, src.id AS source_id, s.id AS session_id, a.packet, a.offset, a.code, a.detail,
            a.at_ns
          FROM anomaly a LEFT JOIN source src ON src.n = a.source LEFT JOIN session s ON s.n = a.session ORDER BY a.n
          """
      ).map { StoredAnomaly(row: $0) }
    }
  }

  public func gaps() throws -> [StoredGap] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT s.id, g.direction, g.at_ns, g.until_ns, g.bytes, g.reason
          FROM gap g JOIN session s ON s.n = g.session ORDER BY g.at_ns, g.n
          """
      ).map { StoredGap(row: $0) }
    }
  }
}
