import Bytes
import GRDB
import GRDBSQLite

/// A prepared INSERT for the hot loop: values are collected, then bound and stepped without a copy, several rows a step.
///
/// GRDB's own statements cost about twice as much a row, its records five times; of 16 rows a step each costs half of what
/// it costs alone (see Benchmarks/README.md).
@safe final class BulkInsert {
  fileprivate enum Value {
    case null
    case integer(Int64)
    case text(Range<Int>)
    case blob(Range<Int>)
  }

  /// The values of a row, added in the order of the columns.
  struct Row {
    fileprivate var values: [Value] = []
    fileprivate var arena: [UInt8] = []

    mutating func add(_ value: Int64?) { values.append(value.map { .integer($0) } ?? .null) }
    mutating func add(_ value: Int?) { add(value.map { Int64($0) }) }
    mutating func add(_ value: Bool) { values.append(.integer(value ? 1 : 0)) }
    mutating func addNull() { values.append(.null) }

    /// Sizes beyond Int64 do not occur in files; they saturate.
    mutating func add(_ value: UInt64?) { add(value.map { Int64(clamping: $0) }) }

    mutating func add(_ text: String?) {
      guard let text else { return addNull() }
      let start = arena.count
      arena.append(contentsOf: text.utf8)
      values.append(.text(start..<arena.count))
    }

    /// One text of two with a blank between them, which is not put together first.
    mutating func add(_ first: String, _ second: String) {
      let start = arena.count
      arena.append(contentsOf: first.utf8)
      arena.append(0x20)
      arena.append(contentsOf: second.utf8)
      values.append(.text(start..<arena.count))
    }

    mutating func add(blob: [UInt8]?) {
      guard let blob else { return addNull() }
      let start = arena.count
      arena.append(contentsOf: blob)
      values.append(.blob(start..<arena.count))
    }
  }

  private let connection: OpaquePointer
  private let single: OpaquePointer
  /// Inserts `batch` rows at once; nil when that is one.
  private let several: OpaquePointer?
  private let batch: Int
  private let columns: Int
  /// The rows that wait, one after the other.
  private var waiting = Row()
  private var rows = 0
  /// Which parameters of `several` the last step left bound; a NULL there must be said.
  private var isBound: [Bool]

  /// - Parameters:
  ///   - database: the case.
  ///   - target: the table and its columns: `gap(session, bytes)`.
  ///   - columns: how many those are.
  ///   - batch: rows a step; rows that are left over wait for `flush()`.
  ///   - replaces: a row takes the place of one with the same key.
  ///   - conflict: what happens otherwise to a row whose key is there: `ON CONFLICT(id) DO NOTHING`.
  /// - Throws: `DatabaseError` when there is no such table.
  init(
    _ database: Database, into target: String, columns: Int, batch: Int = 1, replaces: Bool = false,
    conflict: String = ""
  ) throws {
    guard let connection = unsafe database.sqliteConnection else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
    unsafe self.connection = unsafe connection
    self.columns = columns
    self.batch = batch
    isBound = Array(repeating: false, count: batch * columns)
    let row = "(" + Array(repeating: "?", count: columns).joined(separator: ",") + ")"
    let insert = { (rows: Int) in
      (replaces ? "INSERT OR REPLACE" : "INSERT") + " INTO \(target) VALUES "
        + Array(repeating: row, count: rows).joined(separator: ",") + " " + conflict
    }
    unsafe single = try unsafe BulkInsert.prepare(connection, insert(1))
    unsafe several = batch > 1 ? try unsafe BulkInsert.prepare(connection, insert(batch)) : nil
  }

  deinit {
    _ = unsafe sqlite3_finalize(single)
    _ = unsafe sqlite3_finalize(several)
  }

  private static func prepare(_ connection: OpaquePointer, _ sql: String) throws -> OpaquePointer {
    var prepared: OpaquePointer?
    let code = unsafe sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
    guard code == SQLITE_OK, let prepared = unsafe prepared else {
      throw unsafe DatabaseError(
        resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection)), sql: sql)
    }
    return unsafe prepared
  }

  /// Adds a row; writes the batch when it is full.
  func insert(_ fill: (inout Row) throws -> Void) throws {
    try fill(&waiting)
    rows += 1
    if rows == batch { try step() }
  }

  /// Writes the rows that wait.
  func flush() throws {
    if rows > 0 { try step() }
  }

  private func step() throws {
    // Taken out, because each touch of a class costs a check.
    var full = Row()
    swap(&full, &waiting)
    let code = unsafe full.arena.withUnsafeBufferPointer { unsafe step(full.values, UnsafeRawPointer($0.baseAddress)) }
    full.values.removeAll(keepingCapacity: true)
    full.arena.removeAll(keepingCapacity: true)
    swap(&full, &waiting)
    rows = 0
    guard code == SQLITE_DONE else {
      throw unsafe DatabaseError(
        resultCode: ResultCode(rawValue: code & 0xff), message: String(cString: sqlite3_errmsg(connection)))
    }
  }

  private func step(_ values: [Value], _ base: UnsafeRawPointer?) -> Int32 {
    if rows == batch, let several = unsafe several {
      var isBound = isBound
      self.isBound = []
      for (index, value) in values.enumerated() {
        var isNull = false
        if case .null = value { isNull = true }
        if isNull, !isBound[index] { continue }
        isBound[index] = !isNull
        unsafe bind(value, Int32(index + 1), of: several, base)
      }
      self.isBound = isBound
      return unsafe run(several)
    }
    var code = SQLITE_DONE
    for row in 0..<rows where code == SQLITE_DONE {
      for column in 0..<columns {
        unsafe bind(values[row * columns + column], Int32(column + 1), of: single, base)
      }
      code = unsafe run(single)
    }
    return code
  }

  private func run(_ statement: OpaquePointer) -> Int32 {
    let code = unsafe sqlite3_step(statement)
    _ = unsafe sqlite3_reset(statement)
    return code
  }

  /// Binds straight into the arena; nothing reads it again before the parameter is bound anew.
  private func bind(_ value: Value, _ position: Int32, of statement: OpaquePointer, _ base: UnsafeRawPointer?) {
    switch value {
    case .null: _ = unsafe sqlite3_bind_null(statement, position)
    case .integer(let number): _ = unsafe sqlite3_bind_int64(statement, position, number)
    case .text(let range) where range.isEmpty: _ = unsafe sqlite3_bind_text(statement, position, "", 0, nil)
    case .text(let range):
      let start = unsafe base.map { unsafe ($0 + range.lowerBound).assumingMemoryBound(to: CChar.self) }
      _ = unsafe sqlite3_bind_text(statement, position, start, Int32(clamping: range.count), nil)
    case .blob(let range) where range.isEmpty: _ = unsafe sqlite3_bind_zeroblob(statement, position, 0)
    case .blob(let range):
      let start = unsafe base.map { unsafe $0 + range.lowerBound }
      _ = unsafe sqlite3_bind_blob(statement, position, start, Int32(clamping: range.count), nil)
    }
  }
}
