/// A table as a database's catalogue has it.
public struct KnownTable: Sendable, Hashable {
  public struct Column: Sendable, Hashable {
    /// `pg_attribute.attnum`.
    public var number: Int16
    public var name: String
    /// `int4`, `inet[]`; of a domain, the type beneath.
    public var type: String
    /// COPY of the whole table leaves it out: it is generated, or the system's own.
    public var isLeftOut: Bool

    public init(number: Int16, name: String, type: String, isLeftOut: Bool = false) {
      (self.number, self.name, self.type, self.isLeftOut) = (number, name, type, isLeftOut)
    }
  }

  /// With its schema.
  public var name: String
  /// By their numbers.
  public var columns: [Column]

  public init(name: String, columns: [Column]) { (self.name, self.columns) = (name, columns) }

  func column(_ number: Int16) -> Column? { columns.first { $0.number == number } }
}

/// What is known of a database's names, for one answer.
public struct KnownNames: Sendable {
  /// By OID.
  public var tables: [UInt32: KnownTable] = [:]
  /// Names of types that users made, by OID.
  public var types: [UInt32: String] = [:]
  /// Tables that a name may mean, whatever the search path.
  public var named: [String: [KnownTable]] = [:]

  public init() {}
}
