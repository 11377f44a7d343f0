import Model

/// An index that is to be made, also on the partitions of its table.
struct IndexPlan {
  struct Key {
    /// What it gives to the index's name; nil where the expression gives none.
    var name: String?
    /// Nil where it is an expression.
    var column: Int?
    /// The key as it is compared: column or expression, with its order.
    var text: Definition?
    /// The columns that an expression names.
    var needs: [Int] = []
  }

  /// Nil for an index that is no constraint's.
  var form: ConstraintForm?
  var cause: SchemaCause
  var name: String?
  var keys: [Key] = []
  var included: [Key] = []
  var isUnique = false
  var isOnly = false
  var method = "btree"
  var filter: Definition?
  /// Columns that the filter names.
  var filterNeeds: [Int] = []
  /// The Constraint node, for what the constraint says.
  var node = TreeNode(nil)
  /// The index of the partitioned table that it is a part of.
  var parent: Int?
  /// How deep in partitions of partitions.
  var depth = 0
}
