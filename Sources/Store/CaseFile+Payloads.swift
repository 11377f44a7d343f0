import Bytes
import Foundation
import GRDB
public import Model

extension CaseFile {
  public func requestPayload(of actionID: String) throws -> StoredPayload? {
    try payload(of: actionID, column: "request")
  }

  public func responsePayload(of actionID: String) throws -> StoredPayload? {
    try payload(of: actionID, column: "response")
  }

  public func records(of actionID: String) throws -> StoredPayload? {
    guard let place = try place(of: actionID) else { return nil }
    return try read { database in
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT p.layout, p.bytes, p.kept, p.body, p.sha256, NULL AS columns, NULL AS inline
          FROM call c JOIN payload p ON p.n = c.records WHERE c.n = ?
          """, arguments: [place])
      return try row.flatMap { try payload($0, what: "messages", of: actionID) }
    }
  }

  public func callHead(of actionID: String) throws -> CallHead? {
    guard let place = try place(of: actionID) else { return nil }
    return try read { database in
      try String.fetchOne(database, sql: "SELECT head FROM call WHERE n = ?", arguments: [place])
        .flatMap { CallHeadText.head($0) }
    }
  }

  private func payload(of actionID: String, column: String) throws -> StoredPayload? {
    guard let place = try place(of: actionID) else { return nil }
    return try read { database in
      // Asked for each action of a case.
      let statement = try database.cachedStatement(
        sql: """
          SELECT p.layout, p.bytes, p.kept, p.body, p.sha256, c.columns,
            \(column == "response" ? "a.response_inline" : "NULL") AS inline
          FROM action a LEFT JOIN payload p ON p.n = a.\(column) LEFT JOIN result_columns c ON c.n = a.columns
          WHERE a.n = ?
          """)
      let row = try Row.fetchOne(statement, arguments: [place])
      return try row.flatMap { try payload($0, what: column, of: actionID) }
    }
  }

  private func payload(_ row: Row, what: String, of actionID: String) throws -> StoredPayload? {
    let columns = (row["columns"] as String?).map { self.columns($0) } ?? []
    if let inline = row["inline"] as Data? {
      let bytes = Array(inline)
      return StoredPayload(
        layout: .rows, bytes: bytes, byteCount: UInt64(bytes.count), sha256: SHA256.digest(of: bytes.span).hex,
        columns: columns)
    }
    guard let body = row["body"] as Data?, let kept = row["kept"] as Int? else { return nil }
    guard let bytes = ZstdCodec.expand(Array(body), byteCount: kept) else {
      throw StoreError(.damaged, path: path, "the \(what) of action \(actionID) cannot be expanded; ingest again")
    }
    // `rows`, or what rules of masking left of rows: `rows:<digest>`, `rows:<digest>:cut`.
    let words = (row["layout"] as String).split(separator: ":")
    var payload = StoredPayload(
      layout: Payload.Layout(rawValue: words.first.map(String.init) ?? "") ?? .bytes, bytes: bytes,
      byteCount: UInt64(clamping: row["bytes"] as Int64), sha256: row["sha256"], columns: columns)
    (payload.isMasked, payload.isMaskedCut) = (words.count > 1, words.count > 2)
    return payload
  }

  private func columns(_ json: String) -> [Model.Column] {
    if let known = knownColumns[json] { return known }
    let columns = JSONText.columns(json)
    if knownColumns.count >= 10_000 { knownColumns.removeAll() }
    knownColumns[json] = columns
    return columns
  }
}
