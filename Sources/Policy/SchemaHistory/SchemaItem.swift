import Model

/// An object of `SchemaState`. Items name each other by number, so that a rename of one holds for all.
struct SchemaItem {
  /// By what a member is found at what it belongs to.
  struct MemberKey: Hashable {
    var kind: SchemaObject.Kind
    var name: String
  }

  var kind: SchemaObject.Kind
  /// Nil for members, which stand where their owner does, and for what stands in no schema.
  var schema: String?
  var name: String
  /// What a member belongs to; the table of an index.
  var owner: Int?
  var properties: [String: Definition] = [:]
  var changes: [SchemaChange] = []
  var isMade = false
  var isDropped = false

  /// Those that are there.
  var members: [MemberKey: Int] = [:]
  /// All that there ever were, in the order in which they came.
  var allMembers: [Int] = []

  /// What it cannot be without: the columns of an index or a constraint, what a view reads, the column of a sequence.
  var needs: Set<Int> = []
  /// The columns of an index or a constraint, in order.
  var columns: [Int] = []
  /// The names of an index's own columns, which outlive a rename of the table's.
  var columnNames: [String] = []
  /// The index of a constraint, and the other way round.
  var twin: Int?
  /// What it inherits from: tables of tables, indexes of indexes.
  var parents: [Int] = []
  var heirs: [Int] = []
  var isPartitioned = false
  var isPartition = false
  /// A column or constraint that is there for its parent's sake only.
  var isInherited = false
  /// A constraint that heirs do not get, or that stands for one of a partition of the table that is referenced.
  var isOwnOnly = false
  var isHidden = false
  /// Which kind of constraint.
  var form: ConstraintForm?
  /// The table that a foreign key names.
  var referenced: Int?
  /// Columns came from a query that does not say which they are.
  var hasOpenColumns = false
}

enum ConstraintForm: String {
  case primary = "primary key"
  case unique
  case foreign = "foreign key"
  case check
  case exclusion = "exclude"
}
