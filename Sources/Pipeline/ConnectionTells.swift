import Model

/// Programs and libraries that show themselves by what they say on a connection to PostgreSQL.
enum ConnectionTells {
  /// Actions of a session that are looked at, from its beginning.
  private static let actionLimit = 64
  private static let textLimit = 4_096

  /// Tables that migration tools keep their versions in, and what libraries ask when they connect.
  private static let words: [(word: String, program: String)] = [
    ("alembic_version", "alembic"), ("django_migrations", "django"), ("django_content_type", "django"),
    ("relispartition", "django"), ("_prisma_migrations", "prisma"), ("flyway_schema_history", "flyway"),
    ("databasechangelog", "liquibase"), ("_sqlx_migrations", "sqlx"), ("schema_migrations", "rails"),
    ("goose_db_version", "goose"), ("select pg_catalog.version()", "sqlalchemy"),
  ]

  static func of(_ actions: [Action]) -> Set<String> {
    var found: Set<String> = []
    for action in actions.prefix(actionLimit) where action.kind == "sql" {
      let text = action.text.utf8.count > textLimit ? String(action.text.prefix(textLimit)) : action.text
      let lowered = text.lowercased()
      for (word, program) in words where !found.contains(program) && lowered.contains(word) { found.insert(program) }
    }
    return found
  }
}
