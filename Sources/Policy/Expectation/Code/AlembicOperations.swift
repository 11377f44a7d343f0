/// Operations of Alembic as the statements that its PostgreSQL dialect makes of them, as far as names tell.
enum AlembicOperations {
  static func statements(_ literals: [CodeLiteral]) -> [String] {
    var found: [String] = []
    var index = 0
    while index < literals.count {
      let literal = literals[index]
      let next = index + 1 < literals.count ? literals[index + 1] : nil
      index += 1
      guard literal.receiver == "op", literal.argument == 0, !EffectText.isOpen(literal.text) else { continue }
      let name = quoted(literal.text)
      let any = EffectText.hole
      // `sa.Column('name', …)` is the second argument.
      let column = next.flatMap { $0.context == "Column" || $0.argument == 1 ? quoted($0.text) : nil }
      switch literal.context {
      case "create_table": found.append("CREATE TABLE \(name) (\(any))")
      case "drop_table": found.append("DROP TABLE \(name)")
      case "rename_table": if let column { found.append("ALTER TABLE \(name) RENAME TO \(column)") }
      case "add_column": if let column { found.append("ALTER TABLE \(name) ADD COLUMN \(column) \(any)") }
      case "drop_column": if let column { found.append("ALTER TABLE \(name) DROP COLUMN \(column)") }
      case "alter_column": if let column { found.append("ALTER TABLE \(name) \(any) \(column) \(any)") }
      case "create_index": if let column { found.append("CREATE \(any)INDEX \(any)\(name) ON \(column) \(any)") }
      case "drop_index": found.append("DROP INDEX \(any)\(name)")
      case "create_foreign_key", "create_unique_constraint", "create_check_constraint", "create_primary_key":
        if let column { found.append("ALTER TABLE \(column) ADD CONSTRAINT \(name) \(any)") }
      case "drop_constraint": if let column { found.append("ALTER TABLE \(column) DROP CONSTRAINT \(name)") }
      default: continue
      }
    }
    return found
  }

  private static func quoted(_ name: String) -> String {
    let isPlain = name.unicodeScalars.allSatisfy {
      $0 == "_" || ("a"..."z").contains($0) || ("0"..."9").contains($0) || EffectText.isMark($0)
    }
    return isPlain ? name : "\"\(name)\""
  }
}
