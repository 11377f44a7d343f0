import Bytes
import GRDB
import GRDBSQLite

/// One prepared INSERT for the hot loop: values are collected, then bound and stepped without a copy.
///
/// GRDB's own statements cost about twice as much a row, its records five times (see Benchmarks/README.md).
@safe final class BulkInsert {
  private enum Value {
    case null
    case integer(Int64)
    case text(Range<Int>)
    case blob(Range<Int>)
  }

  private let statement: OpaquePointer
  private let connection: OpaquePointer
  private var values: [Value] = []
  private var arena: [UInt8] = []

  init(_ database: Database, _ sql: String) throws {
    guard let connection = unsafe database.sqliteConnection else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
    var prepared: OpaquePointer?
    let code = unsafe sqlite3_prepare_v3(
      connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
    guard code == SQLITE_OK, let prepared = unsafe prepared else {
      throw unsafe DatabaseError(
        resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection)), sql: sql)
    }
    unsafe self.connection = unsafe connection
    unsafe self.statement = unsafe prepared
  }

  deinit { _ = unsafe sqlite3_finalize(statement) }

  func add(_ value: Int64?) { values.append(value.map { .integer($0) } ?? .null) }
  func add(_ value: Int?) { values.append(value.map { .integer(Int64($0)) } ?? .null) }
  func add(_ value: Bool) { values.append(.integer(value ? 1 : 0)) }
  func addNull() { values.append(.null) }

  /// Sizes beyond Int64 do not occur in files; they saturate.
  func add(_ value: UInt64?) { values.append(value.map { .integer(Int64(clamping: $0)) } ?? .null) }

  func add(_ text: String?) {
    guard let text else { return addNull() }
    let start = arena.count
    arena.append(contentsOf: text.utf8)
    values.append(.text(start..<arena.count))
  }

  func add(blob: [UInt8]?) {
    guard let blob else { return addNull() }
    let start = arena.count
    arena.append(contentsOf: blob)
    values.append(.blob(start..<arena.count))
  }

  /// Inserts the collected values as one row and starts the next.
  func insert() throws {
    let code = unsafe arena.withUnsafeBufferPointer { unsafe bindAndStep($0.baseAddress) }
    values.removeAll(keepingCapacity: true)
    arena.removeAll(keepingCapacity: true)
    guard code == SQLITE_DONE else {
      throw unsafe DatabaseError(
        resultCode: ResultCode(rawValue: code & 0xff), message: String(cString: sqlite3_errmsg(connection)))
    }
  }

  /// Binds straight into the arena; SQLite lets go of it at the reset.
  private func bindAndStep(_ base: UnsafePointer<UInt8>?) -> Int32 {
    let base = unsafe UnsafeRawPointer(base)
    for (index, value) in values.enumerated() {
      let position = Int32(index + 1)
      switch value {
      case .null:
        _ = unsafe sqlite3_bind_null(statement, position)
      case .integer(let number):
        _ = unsafe sqlite3_bind_int64(statement, position, number)
      case .text(let range):
        let start = unsafe base.map { unsafe ($0 + range.lowerBound).assumingMemoryBound(to: CChar.self) }
        _ =
          unsafe range.isEmpty
          ? sqlite3_bind_text(statement, position, "", 0, nil)
          : sqlite3_bind_text(statement, position, start, Int32(clamping: range.count), nil)
      case .blob(let range):
        _ =
          unsafe range.isEmpty
          ? sqlite3_bind_zeroblob(statement, position, 0)
          : sqlite3_bind_blob(
            statement, position, base.map { unsafe $0 + range.lowerBound }, Int32(clamping: range.count), nil)
      }
    }
    let code = unsafe sqlite3_step(statement)
    _ = unsafe sqlite3_reset(statement)
    return code
  }
}
