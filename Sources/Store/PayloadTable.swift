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
  /// Begun with the first payload that is worth it.
  private var compressor: PayloadCompressor?
  private var payloadNumbers: [String: Int64] = [:]
  private var columnNumbers: [[Model.Column]: Int64] = [:]
  private var nextPayload: Int64
  private var nextColumns: Int64
  private let hadPayloads: Bool

  init(_ database: Database) throws {
    self.database = database
    insertPayload = try BulkInsert(database, into: "payload(n, sha256, layout, bytes, kept, body)", columns: 6)
    insertColumns = try BulkInsert(database, into: "result_columns(n, columns)", columns: 2)
    nextPayload = try (Int64.fetchOne(database, sql: "SELECT max(n) FROM payload") ?? 0) + 1
    nextColumns = try (Int64.fetchOne(database, sql: "SELECT max(n) FROM result_columns") ?? 0) + 1
    hadPayloads = nextPayload > 1
  }

  /// The layout as the table has it: of what was masked with a digest of what is kept behind a colon, because the same content
  /// may be masked in one place and not in another.
  private static func layout(of payload: Payload) -> String {
    guard payload.isMasked else { return payload.layout.rawValue }
    let kept = SHA256.digest(of: payload.bytes.span).hex.prefix(16)
    return "\(payload.layout.rawValue):\(kept)\(payload.isCut ? ":cut" : "")"
  }

  /// The row for a payload, made when its content is new.
  func number(of payload: Payload) throws -> Int64 {
    let digest = payload.digest.hex
    let layout = Self.layout(of: payload)
    let key = digest + layout
    if let number = payloadNumbers[key] { return number }
    if hadPayloads || payloadNumbers.count >= PayloadTable.memoryLimit {
      let found = try Int64.fetchOne(
        database, sql: "SELECT n FROM payload WHERE sha256 = ? AND layout = ?",
        arguments: [digest, layout])
      if let found { return found }
    }
    let number = nextPayload
    nextPayload += 1
    if payloadNumbers.count < PayloadTable.memoryLimit { payloadNumbers[key] = number }
    let job = PayloadCompressor.Job(
      number: number, digest: digest, layout: layout, byteCount: payload.byteCount,
      bytes: payload.bytes)
    if payload.bytes.count < PayloadCompressor.threshold {
      try insert(PayloadCompressor.Done(job: job, keptCount: job.bytes.count, frame: codec.compress(job.bytes)))
    } else {
      let worker = compressor ?? PayloadCompressor()
      compressor = worker
      worker.submit(job)
      for done in worker.take() { try insert(done) }
    }
    return number
  }

  /// Writes what is still on its way.
  func finish() throws {
    for done in compressor?.finish() ?? [] { try insert(done) }
    compressor = nil
  }

  private func insert(_ done: PayloadCompressor.Done) throws {
    guard let frame = done.frame else { throw DatabaseError(resultCode: .SQLITE_NOMEM) }
    try insertPayload.insert { row in
      row.add(done.job.number)
      row.add(done.job.digest)
      row.add(done.job.layout)
      row.add(done.job.byteCount)
      row.add(done.keptCount)
      row.add(blob: frame)
    }
  }

  /// The row for a list of columns, made when it is new.
  func number(of columns: [Model.Column]) throws -> Int64 {
    if let number = columnNumbers[columns] { return number }
    if columnNumbers.count >= PayloadTable.memoryLimit { columnNumbers.removeAll() }
    let number = nextColumns
    nextColumns += 1
    columnNumbers[columns] = number
    try insertColumns.insert { row in
      row.add(number)
      row.add(JSONText.columns(columns))
    }
    return number
  }
}
