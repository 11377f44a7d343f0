/// A column of a result.
public struct Column: Sendable, Hashable {
  public var name: String
  /// The type's name where it is known (`int4`), else `oid 12345`.
  public var type: String
  public var typeOID: UInt32
  /// The table it comes from, 0 when none (PostgreSQL: pg_class.oid).
  public var tableOID: UInt32
  /// Its number in that table, 0 when none (PostgreSQL: pg_attribute.attnum).
  public var attribute: Int16

  public init(name: String, type: String, typeOID: UInt32 = 0, tableOID: UInt32 = 0, attribute: Int16 = 0) {
    self.name = name
    self.type = type
    self.typeOID = typeOID
    self.tableOID = tableOID
    self.attribute = attribute
  }
}
