import Bytes
import GRDB
import Model

/// Content-addressed payloads, and the column lists of results.
final class PayloadTable {
  /// Digests and column lists remembered; beyond it the table itself is asked.
  static let memoryLimit = 20_000

  private let database: Database
  private let insertPayload: BulkInsert
  private let insertColumns: BulkInsert
  private let codec = ZstdCodec()
  private var payloadNumbers: [String: Int64] = [:]
  private var columnNumbers: [[Model.Column]: Int64] = [:]
  private var nextPayload: Int64
  private var nextColumns: Int64
  private let hadPayloads: Bool

  init(_ database: Database) throws {
    self.database = database
    insertPayload = try BulkInsert(
      database, "INSERT INTO payload(n, sha256, layout, bytes, kept, body) VALUES (?,?,?,?,?,?)")
    insertColumns = try BulkInsert(database, "INSERT INTO result_columns(n, columns) VALUES (?,?)")
    nextPayload = try (Int64.fetchOne(database, sql: "SELECT max(n) FROM payload") ?? 0) + 1
    nextColumns = try (Int64.fetchOne(database, sql: "SELECT max(n) FROM result_columns") ?? 0) + 1
    hadPayloads = nextPayload > 1
  }

  /// The row for a payload, made when its content is new.
  func number(of payload: Payload) throws -> Int64 {
    let digest = payload.digest.hex
    let key = digest + payload.layout.rawValue
    if let number = payloadNumbers[key] { return number }
    if hadPayloads || payloadNumbers.count >= PayloadTable.memoryLimit {
      let found = try Int64.fetchOne(
        database, sql: "SELECT n FROM payload WHERE sha256 = ? AND layout = ?",
        arguments: [digest, payload.layout.rawValue])
      if let found { return found }
    }
    let number = nextPayload
    nextPayload += 1
    if payloadNumbers.count < PayloadTable.memoryLimit { payloadNumbers[key] = number }
    guard let body = codec.compress(payload.bytes) else { throw DatabaseError(resultCode: .SQLITE_NOMEM) }
    insertPayload.add(number)
    insertPayload.add(digest)
    insertPayload.add(payload.layout.rawValue)
    insertPayload.add(payload.byteCount)
    insertPayload.add(payload.bytes.count)
    insertPayload.add(blob: body)
    try insertPayload.insert()
    return number
  }

  /// The row for a list of columns, made when it is new.
  func number(of columns: [Model.Column]) throws -> Int64 {
    if let number = columnNumbers[columns] { return number }
    if columnNumbers.count >= PayloadTable.memoryLimit { columnNumbers.removeAll() }
    let number = nextColumns
    nextColumns += 1
    columnNumbers[columns] = number
    insertColumns.add(number)
    insertColumns.add(JSONText.columns(columns))
    try insertColumns.insert()
    return number
  }
}
