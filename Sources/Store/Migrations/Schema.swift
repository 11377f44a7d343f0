import GRDB

/// The case file's versions, step by step.
enum Schema {
  /// `EXHB` in ASCII: how `file` and we know a case (PRAGMA application_id).
  static let applicationID: Int32 = 0x4558_4842
  /// PRAGMA user_version of a case that this program writes.
  static let version: Int32 = 10

  /// Brings an empty or older case to `version`.
  static func migrate(_ database: Database, from found: Int32) throws {
    if found < 1 {
      try database.execute(sql: SchemaV1.tables)
      try database.execute(sql: SchemaV1.views)
      try database.execute(sql: "PRAGMA application_id = \(applicationID)")
    }
    if found < 2 { try database.execute(sql: SchemaV2.changes) }
    if found < 3 { try database.execute(sql: SchemaV3.changes) }
    if found < 4 { try database.execute(sql: SchemaV4.changes) }
    if found < 5 { try database.execute(sql: SchemaV5.changes) }
    if found < 6 { try database.execute(sql: SchemaV6.changes) }
    if found < 7 { try database.execute(sql: SchemaV7.changes) }
    if found < 8 { try database.execute(sql: SchemaV8.changes) }
    if found < 9 { try database.execute(sql: SchemaV9.changes) }
    if found < 10 { try database.execute(sql: SchemaV10.changes) }
    try database.execute(sql: "PRAGMA user_version = \(version)")
  }
}
