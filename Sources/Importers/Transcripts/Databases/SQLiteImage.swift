import Bytes
import GRDBSQLite

/// A SQLite database in memory, read and never written: its file may be hostile, and cost no more than its size allows.
@safe struct SQLiteImage: ~Copyable {
  /// Bytes of one value; longer ones are errors of the database.
  static let valueLimit: Int32 = 64 << 20
  /// Instructions of SQLite's machine between two looks at the allowance.
  static let tick: Int32 = 10_000
  /// How often it may look: for a small file, and for each so many bytes of a larger one.
  static let ticks = 2_000
  static let bytesPerTick = 512

  /// A value of a row.
  enum Value: Sendable {
    case integer(Int64)
    case real(Double)
    case text(String)

    var text: String? { if case .text(let text) = self { text } else { nil } }
    /// A text, or a number as text.
    var scalar: String? {
      switch self {
      case .integer(let number): String(number)
      case .real(let number): String(number)
      case .text(let text): text
      }
    }
  }

  /// A row by its columns' names; what is null is not in it.
  typealias Row = [String: Value]

  private let handle: OpaquePointer
  private let allowance: UnsafeMutablePointer<Int>
  /// Tables as they are stored: no views, which could stand for anything.
  private(set) var tables: Set<String> = []
  /// What was wrong first.
  private(set) var failure: String?

  /// The first bytes of every database (File Format §1.3).
  static let magic = Array("SQLite format 3\u{0}".utf8)

  /// Whether a database is written ahead of: what is only in the other file is not in this one (§1.3.3).
  static func isWriteAhead(_ bytes: [UInt8]) -> Bool { bytes.count > 19 && bytes[18] == 2 }

  /// Opens the bytes of a database file and hands it to `body`; gives what was wrong.
  static func read(_ bytes: inout [UInt8], _ body: (inout SQLiteImage) -> Void) -> String? {
    guard bytes.starts(with: magic), bytes.count >= 512 else { return "the file is no database" }
    // A database in memory has no second file: as the first alone it is an ordinary one.
    if isWriteAhead(bytes) { (bytes[18], bytes[19]) = (1, 1) }
    return unsafe bytes.withUnsafeMutableBufferPointer { buffer in
      guard var image = unsafe SQLiteImage.open(buffer) else { return "the database could not be opened" }
      image.findTables()
      body(&image)
      return image.failure
    }
  }

  private init(_ handle: OpaquePointer, _ allowance: UnsafeMutablePointer<Int>) {
    unsafe self.handle = unsafe handle
    unsafe self.allowance = unsafe allowance
  }

  private static func open(_ buffer: UnsafeMutableBufferPointer<UInt8>) -> SQLiteImage? {
    var opened: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX
    guard unsafe sqlite3_open_v2(":memory:", &opened, flags, nil) == SQLITE_OK, let db = unsafe opened else {
      unsafe sqlite3_close(opened)
      return nil
    }
    unsafe sqlite3_limit(db, SQLITE_LIMIT_LENGTH, Self.valueLimit)
    unsafe sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0)
    unsafe sqlite3_limit(db, SQLITE_LIMIT_TRIGGER_DEPTH, 1)
    let size = Int64(buffer.count)
    let status = unsafe sqlite3_deserialize(
      db, "main", buffer.baseAddress, size, size, UInt32(SQLITE_DESERIALIZE_READONLY))
    guard status == SQLITE_OK else {
      unsafe sqlite3_close_v2(db)
      return nil
    }
    let allowance = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    unsafe allowance.initialize(to: Self.ticks + buffer.count / Self.bytesPerTick)
    // The schema is evidence too: nothing in it may run (sqlite.org/security.html §1).
    for pragma in ["trusted_schema=OFF", "cell_size_check=ON", "query_only=ON", "temp_store=MEMORY", "mmap_size=0"] {
      unsafe sqlite3_exec(db, "PRAGMA \(pragma)", nil, nil, nil)
    }
    unsafe sqlite3_set_authorizer(
      db, { _, action, _, _, _, _ in action == SQLITE_SELECT || action == SQLITE_READ ? SQLITE_OK : SQLITE_DENY }, nil)
    unsafe sqlite3_progress_handler(
      db, Self.tick,
      { context in
        guard let left = unsafe context?.assumingMemoryBound(to: Int.self) else { return 1 }
        unsafe left.pointee -= 1
        return unsafe left.pointee < 0 ? 1 : 0
      }, allowance)
    return unsafe SQLiteImage(db, allowance)
  }

  deinit {
    unsafe sqlite3_close_v2(handle)
    unsafe allowance.deallocate()
  }

  private mutating func findTables() {
    var found: Set<String> = []
    rows("SELECT name, type, sql FROM sqlite_schema") { row in
      guard row["type"]?.text == "table", let name = row["name"]?.text, let sql = row["sql"]?.text,
        sql.prefix(13).uppercased() == "CREATE TABLE "
      else { return }
      found.insert(name)
    }
    tables = found
  }

  /// Each row that a query gives, as far as the database can be read.
  mutating func rows(_ query: String, _ body: (Row) -> Void) {
    var prepared: OpaquePointer?
    guard unsafe sqlite3_prepare_v2(handle, query, -1, &prepared, nil) == SQLITE_OK, let statement = unsafe prepared
    else {
      note()
      return
    }
    defer { unsafe sqlite3_finalize(statement) }
    let names = (0..<(unsafe sqlite3_column_count(statement))).map { column in
      unsafe sqlite3_column_name(statement, column).map { unsafe String(cString: $0) } ?? ""
    }
    while true {
      switch unsafe sqlite3_step(statement) {
      case SQLITE_ROW:
        var row: Row = [:]
        for (column, name) in names.enumerated() { unsafe row[name] = Self.value(statement, Int32(column)) }
        body(row)
      case SQLITE_DONE: return
      default:
        note()
        return
      }
    }
  }

  private mutating func note() {
    guard failure == nil else { return }
    failure = unsafe sqlite3_errmsg(handle).map { unsafe String(cString: $0) } ?? "error"
  }

  private static func value(_ statement: OpaquePointer, _ column: Int32) -> Value? {
    switch unsafe sqlite3_column_type(statement, column) {
    case SQLITE_INTEGER: return unsafe .integer(sqlite3_column_int64(statement, column))
    case SQLITE_FLOAT: return unsafe .real(sqlite3_column_double(statement, column))
    case SQLITE_TEXT, SQLITE_BLOB:
      // Cursor keeps its JSON in blobs.
      let count = Int(unsafe sqlite3_column_bytes(statement, column))
      guard let start = unsafe sqlite3_column_blob(statement, column) else { return .text("") }
      let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
      return unsafe .text(String(decoding: bytes, as: UTF8.self))
    default: return nil
    }
  }
}
