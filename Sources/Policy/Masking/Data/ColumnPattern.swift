/// Which columns a rule means: `ssn`, `*.ssn`, `staff.ssn`, `hr.staff.ssn`, each part with `*` and `?`.
///
/// Parts are held against each other from the last one on. What is not known of a column, such as its schema, matches: a
/// value that might be meant is masked.
struct ColumnPattern: Sendable, Hashable {
  /// Parts of a pattern: catalogue, schema, table, column.
  static let partLimit = 4

  private let column: Glob
  /// Table, schema, catalogue.
  private let owners: [Glob]

  /// Nil when the pattern has an empty part, or more than four.
  init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard (1...ColumnPattern.partLimit).contains(parts.count), !parts.contains(""), let last = parts.last else {
      return nil
    }
    column = Glob(last)
    owners = parts.dropLast().reversed().map { Glob($0) }
  }

  /// Whether a column of that name can be meant, whatever its table.
  func names(_ column: String) -> Bool { self.column.matches(column) }

  /// Whether a column can be meant that may belong to `tables` (`schema.table` or `table`; none when that is not known).
  func matches(_ column: String, of tables: [String]) -> Bool {
    guard names(column) else { return false }
    return tables.isEmpty || tables.contains { owns($0) }
  }

  /// Whether the columns of a table can be meant.
  func owns(_ table: String) -> Bool {
    let parts = table.split(separator: ".").reversed()
    return zip(owners, parts).allSatisfy { $0.matches(String($1)) }
  }
}
