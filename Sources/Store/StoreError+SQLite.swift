import GRDB

extension StoreError {
  /// What an error of SQLite means to the person who runs the command.
  init(_ error: DatabaseError, path: String) {
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self.init(.busy, path: path, "another exhibit is writing this case; run again when it is done")
    case .SQLITE_FULL:
      self.init(.diskFull, path: path, "the disk is full; nothing of this run was kept; free some space and run again")
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
      self.init(.notWritable, path: path, "cannot be written; check its permissions and those of its folder")
    case .SQLITE_CANTOPEN:
      self.init(.missing, path: path, "cannot be opened; check the path and its permissions")
    case .SQLITE_NOTADB:
      self.init(.notACase, path: path, "not an Exhibit case file; make one with: exhibit ingest INPUT --case \(path)")
    case .SQLITE_CORRUPT:
      self.init(.damaged, path: path, "the case file is damaged (\(error.message ?? "SQLITE_CORRUPT")); ingest again")
    default:
      self.init(.inputOutput, path: path, "SQLite says: \(error.message ?? "error \(error.resultCode.rawValue)")")
    }
  }

  /// Runs `body` and gives every error of SQLite the form of a `StoreError`.
  static func mapping<T>(_ path: String, _ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw StoreError(error, path: path)
    }
  }
}
