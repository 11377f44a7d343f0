/// One rule of `masking`: whose values it means, and what becomes of them. All that is given must hold.
public struct MaskingRule: Sendable {
  /// `masking-1` where the policy gives it no id.
  public let id: String
  public let action: MaskingAction
  /// Empty: every value of the columns or types.
  var classes: Set<DataClass> = []
  var columns: [ColumnPattern] = []
  /// Names of types, with `*` and `?`; those of arrays are told without their brackets.
  var types: [Glob] = []
  /// Names under `targets`.
  var targets: [String] = []

  init(id: String, action: MaskingAction) { (self.id, self.action) = (id, action) }

  /// It asks for the name or the type of a column, so it never holds in a text.
  var needsColumn: Bool { !columns.isEmpty || !types.isEmpty }

  /// Whether it may hold for a column.
  func admits(_ column: ColumnPlace) -> Bool {
    if !columns.isEmpty {
      guard let name = column.name, columns.contains(where: { $0.matches(name, of: column.tables) }) else {
        return false
      }
    }
    guard !types.isEmpty else { return true }
    let type = column.type.map { $0.hasSuffix("[]") ? String($0.dropLast(2)) : $0 }
    return type.map { type in types.contains { $0.matches(type) } } ?? false
  }
}

/// Where a value stands, as far as it is known.
public struct ColumnPlace: Sendable, Hashable {
  public var name: String?
  /// Tables that it may belong to.
  public var tables: [String]
  /// As PostgreSQL names it, `int4`, `inet[]`.
  public var type: String?

  public init(name: String? = nil, tables: [String] = [], type: String? = nil) {
    (self.name, self.tables, self.type) = (name, tables, type)
  }
}
