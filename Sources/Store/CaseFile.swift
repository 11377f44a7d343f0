public import Bytes
import Foundation
import GRDB
import Model

/// A case: the SQLite file that holds all evidence of an incident or an audit.
public final class CaseFile {
  /// Bytes of a page of a new case. Of 8 KiB rows of some kilobytes, which calls and their results are, cost a tenth less
  /// than of SQLite's 4 KiB (Benchmarks/README.md); more only makes small cases larger.
  static let pageSize = 8192

  public let path: String
  let queue: DatabaseQueue
  private let isNew: Bool
  /// The columns of results as they were read last: few are different.
  var knownColumns: [String: [Model.Column]] = [:]

  public enum Mode: Sendable {
    /// It must exist.
    case read
    /// It is made when it does not exist.
    case write
  }

  /// Opens a case.
  ///
  /// - Throws: `StoreError` when it is missing, not a case, of a newer version, or cannot be read.
  public init(_ path: String, _ mode: Mode) throws {
    self.path = path
    let exists = FileManager.default.fileExists(atPath: path)
    if mode == .read, !exists {
      throw StoreError(.missing, path: path, "no such case; make one with: exhibit ingest INPUT --case \(path)")
    }
    var isDirectory = ObjCBool(false)
    if unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
      throw StoreError(.notACase, path: path, "is a folder; a case is one file")
    }
    isNew = !exists
    var configuration = Configuration()
    configuration.readonly = mode == .read
    configuration.foreignKeysEnabled = mode == .write
    configuration.busyMode = .immediateError
    queue = try StoreError.mapping(path) { try DatabaseQueue(path: path, configuration: configuration) }
    if try version() < Schema.version { try upgrade() }
  }

  /// Brings a case of an older exhibit to this one's schema, in one transaction; nothing that was in it changes.
  private func upgrade() throws {
    var configuration = Configuration()
    configuration.busyMode = .immediateError
    try StoreError.mapping(path) {
      let writable = try DatabaseQueue(path: path, configuration: configuration)
      try writable.write { database in
        let found = try Int32.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        if found > 0, found < Schema.version { try Schema.migrate(database, from: found) }
      }
      try writable.close()
    }
  }

  /// The schema of the case, this program's for one that is still empty; refuses what is not a case of ours.
  private func version() throws -> Int32 {
    let (application, version, tables) = try StoreError.mapping(path) {
      try queue.read { database in
        (
          try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0,
          try Int32.fetchOne(database, sql: "PRAGMA user_version") ?? 0,
          try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        )
      }
    }
    if application == 0, version == 0, tables == 0 { return Schema.version }
    guard application == Schema.applicationID else {
      throw StoreError(.notACase, path: path, "a SQLite file, but not an Exhibit case; choose another name")
    }
    guard version <= Schema.version else {
      throw StoreError(
        .newerVersion, path: path,
        "made by a newer exhibit (schema \(version), this one knows \(Schema.version)); update exhibit")
    }
    return version
  }

  /// The sources that the case has, to recognise them.
  public func knownSources() throws -> [KnownSource] {
    try StoreError.mapping(path) {
      try queue.read { database in
        guard try database.tableExists("source") else { return [] }
        return try Row.fetchAll(database, sql: "SELECT bytes, coalesce(head_sha256, ''), sha256 FROM source").map {
          KnownSource(byteCount: UInt64(clamping: $0[0] as Int64), headSHA256: $0[1], sha256: $0[2])
        }
      }
    }
  }

  /// Runs an ingest as one transaction: either all that `body` writes is in the case afterwards, or nothing.
  ///
  /// A case that is new or empty is loaded with a rollback journal, which writes each new page once, and becomes a WAL
  /// file at the end; one that has content is written through the WAL, so that readers go on undisturbed.
  ///
  /// - Parameters:
  ///   - body: writes.
  ///   - conclude: runs behind it, when all that it wrote can be read.
  /// - Returns: what `body` returns.
  /// - Throws: `StoreError`, or what they throw.
  public func ingest<Result>(
    _ body: (CaseWriter) throws -> Result, conclude: (CaseCorrelation) throws -> Void = { _ in }
  ) throws -> Result {
    do {
      return try StoreError.mapping(path) { try queue.writeWithoutTransaction { try load($0, body, conclude) } }
    } catch {
      if isNew, isStillEmpty { removeFiles() }
      throw error
    }
  }

  private func load<Result>(
    _ database: Database, _ body: (CaseWriter) throws -> Result, _ conclude: (CaseCorrelation) throws -> Void
  ) throws -> Result {
    let isEmpty = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0
    if isEmpty { try database.execute(sql: "PRAGMA page_size = \(CaseFile.pageSize)") }
    try database.execute(sql: "PRAGMA journal_mode = \(isEmpty ? "DELETE" : "WAL")")
    try database.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -49152; PRAGMA temp_store = MEMORY")
    // The writer gives rows in the order that suits the load; `verify` checks the references.
    try database.execute(sql: "PRAGMA foreign_keys = OFF")
    var result: Result?
    try database.inTransaction(.immediate) {
      let version = try Int32.fetchOne(database, sql: "PRAGMA user_version") ?? 0
      if version < Schema.version { try Schema.migrate(database, from: version) }
      let writer = try CaseWriter(database)
      result = try body(writer)
      try writer.finish()
      try conclude(CaseCorrelation(database: database))
      return .commit
    }
    if isEmpty { try database.execute(sql: "PRAGMA journal_mode = WAL") }
    guard let result else { preconditionFailure("a committed ingest has a result") }
    return result
  }

  /// The key of this case's secret hashes: made once, random, never shown.
  public func secretHasher() throws -> SecretHasher {
    if let stored = try storedSecretHasher() { return stored }
    var generator = SystemRandomNumberGenerator()
    let key = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    pendingKey = key
    return SecretHasher(key: key)
  }

  public func storedSecretHasher() throws -> SecretHasher? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let stored: Data? = try StoreError.mapping(path) {
      try queue.read { database in
        guard try database.tableExists("property") else { return nil }
        return try Data.fetchOne(database, sql: "SELECT value FROM property WHERE name = 'secret-key'")
      }
    }
    return stored.map { SecretHasher(key: Array($0)) }
  }

  /// A key that was made and waits for the ingest that uses it.
  private var pendingKey: [UInt8]?

  /// Keeps the key made by `secretHasher()`; part of the ingest.
  public func keepSecretKey(in writer: CaseWriter) throws {
    guard let pendingKey else { return }
    try writer.database.execute(
      sql: "INSERT OR IGNORE INTO property(name, value) VALUES ('secret-key', ?)", arguments: [Data(pendingKey)])
  }

  private var isStillEmpty: Bool {
    let tables = try? queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_schema") }
    return tables == 0
  }

  private func removeFiles() {
    for suffix in ["", "-journal", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: path + suffix)
    }
  }
}
