/// One thing that a schema holds, named as PostgreSQL's catalogs name it: a table, its column, an index, a grant.
public struct SchemaObject: Sendable, Hashable {
  /// What it is; the raw value is the word that people are shown.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case schema
    case `extension`
    case type
    case function
    /// Ordinary, partitioned and foreign tables.
    case table
    /// Views and materialized views.
    case view
    case sequence
    case column
    case constraint
    case index
    case trigger
    case policy
    case rule
    /// Extended statistics.
    case statistics
    case grant
    case defaultPrivilege = "default privilege"

    /// Members belong to a relation, or (a grant) to what it is on.
    public var isMember: Bool {
      switch self {
      case .column, .constraint, .index, .trigger, .policy, .rule, .grant: true
      default: false
      }
    }
  }

  public var kind: Kind
  /// Nil for what stands in no schema: schemas themselves, extensions.
  public var schema: String?
  /// What a member belongs to, without its schema: `orders`, or `total(integer)` for a grant on a function.
  public var owner: String?
  /// A grant's name is its privilege and grantee: `SELECT to reporting`, `UPDATE (email) to support`.
  public var name: String
  /// What else is known, by name: `type`, `not null`, `default`, `columns`, `definition`, …
  public var properties: [String: String]

  public init(
    _ kind: Kind, schema: String?, owner: String? = nil, name: String, properties: [String: String] = [:]
  ) {
    self.kind = kind
    self.schema = schema
    self.owner = owner
    self.name = name
    self.properties = properties
  }

  /// What it is found by: two descriptions of one object share it.
  public struct Key: Sendable, Hashable {
    public var kind: Kind
    public var schema: String?
    public var owner: String?
    public var name: String
  }

  public var key: Key { Key(kind: kind, schema: schema, owner: owner, name: name) }

  /// `public.orders.total`; a grant's has only what it is on.
  public var qualifiedName: String {
    [schema, owner, kind == .grant && owner != nil ? nil : name].compactMap { $0 }.joined(separator: ".")
  }
}
