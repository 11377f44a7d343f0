import Catalogs
import Foundation
import Model
import Policy
import TestKit
import Testing

/// The history's end state against the server's own catalog, object by object.
@Suite(.serialized, .enabled(if: ScratchPostgres.isPresent, Comment(rawValue: ScratchPostgres.absence)))
struct CatalogAgreementTests {
  static let roles = ["deploy", "reporting", "support", "intern", "auditor"]

  /// The statements of `Tests/Live/schema/migration.sql`.
  static func migration() throws -> [String] {
    let file = Checkout.root.appending(path: "Tests/Live/schema/migration.sql")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("--") }
    return lines.joined(separator: "\n").components(separatedBy: ";\n").flatMap {
      $0.hasSuffix(";") ? [String($0.dropLast())] : [$0]
    }
  }

  private func agreed(_ comparison: SchemaComparison) -> [String] {
    comparison.lines.filter { $0.verdict != .explained }.map { line in
      let object = line.object
      return
        "\(line.verdict.rawValue): \(object.kind.rawValue) \(object.qualifiedName) \(object.name) \(line.differences)"
    }
  }

  @Test func `every object of the catalog is explained, by its name and by what it says`() throws {
    let server = try ScratchPostgres()
    try ScratchPostgres.check(
      try server.psql("scratch", ["-c", Self.roles.map { "CREATE ROLE \($0)" }.joined(separator: ";")]))
    let script = MigrationScript(try Self.migration())
    #expect(script.actions.count > 150)
    let file = server.folder.appending(path: "migration.sql")
    try script.text.write(to: file, atomically: true, encoding: .utf8)
    try ScratchPostgres.check(try server.psql("scratch", ["-q", "-v", "ON_ERROR_STOP=1", "-f", file.path]))

    let catalog = try Catalog(reading: server.connectionString())
    #expect(catalog.database == "scratch")
    let history = script.history()
    let comparison = SchemaComparison(catalog: catalog.objects, history: history)
    let wrong = agreed(comparison)
    #expect(wrong.isEmpty, "\(wrong.count) of \(comparison.lines.count):\n\(wrong.joined(separator: "\n"))")
    let counts = Dictionary(grouping: comparison.lines, by: \.object.kind).mapValues(\.count)
    #expect(counts[.index, default: 0] > 60 && counts[.constraint, default: 0] > 60, "\(counts)")
    #expect(counts[.column, default: 0] > 120 && counts[.grant, default: 0] > 30, "\(counts)")

    // What pg_dump writes of it says the same.
    let dump = SchemaScript(try server.dump())
    #expect(dump.refused.isEmpty, "\(dump.refused)")
    let dumped = agreed(SchemaComparison(catalog: dump.objects, history: history))
    #expect(dumped.isEmpty, "\(dumped.count):\n\(dumped.joined(separator: "\n"))")
  }
  @Test func `what was done beside the captures is named, and nothing else`() throws {
    let server = try ScratchPostgres()
    try ScratchPostgres.check(try server.psql("scratch", ["-c", "CREATE ROLE reporting; CREATE ROLE intern"]))
    let before =
      "CREATE TABLE old (id int PRIMARY KEY, name text); GRANT SELECT ON old TO reporting; CREATE SCHEMA app; "
    try ScratchPostgres.check(try server.psql("scratch", ["-c", before + "CREATE TABLE app.hidden (id int)"]))
    let script = MigrationScript([
      "CREATE TABLE t (id int PRIMARY KEY, a text DEFAULT 'x', b int, c int)",
      "CREATE INDEX ON t (a)", "CREATE INDEX gone ON t (b)", "ALTER TABLE t ADD CHECK (b > 0)",
      "ALTER TABLE t DROP COLUMN c", "GRANT SELECT ON t TO reporting",
      "ALTER TABLE old ALTER COLUMN name TYPE varchar(9)", "ALTER TABLE old ADD COLUMN extra int",
      "ALTER TABLE hidden ADD COLUMN found int", "GRANT INSERT ON ALL TABLES IN SCHEMA app TO intern",
      "DO $$BEGIN CREATE TABLE done (x int); END$$",
    ])
    let text = script.text.replacing("TABLE hidden", with: "TABLE app.hidden")
    let beside = """
      DROP INDEX gone; CREATE INDEX gone ON t (a); ALTER TABLE t ADD COLUMN c int, ADD COLUMN planted text;
      ALTER TABLE t ALTER COLUMN b TYPE bigint, ALTER COLUMN a SET DEFAULT 'y'; ALTER TABLE t ALTER COLUMN a SET NOT NULL;
      ALTER TABLE t DROP CONSTRAINT t_b_check; ALTER TABLE t ADD CONSTRAINT t_b_check CHECK (b > -1);
      REVOKE SELECT ON t FROM reporting; GRANT DELETE ON t TO intern; ALTER TABLE t ENABLE ROW LEVEL SECURITY;
      """
    for part in [text, beside] {
      let file = server.folder.appending(path: "part-\(UUID().uuidString).sql")
      try part.write(to: file, atomically: true, encoding: .utf8)
      try ScratchPostgres.check(try server.psql("scratch", ["-q", "-v", "ON_ERROR_STOP=1", "-f", file.path]))
    }
    let catalog = try Catalog(reading: server.connectionString())
    let history = script.history(known: catalog.objects)
    let lines = SchemaComparison(catalog: catalog.objects, history: history).lines
    let found = Set(
      lines.map { line in
        let object = line.object
        return "\(line.verdict.rawValue): \(object.kind.rawValue) \(object.owner ?? "") \(object.name)"
          + line.differences.map { "; \($0)" }.joined()
      })
    #expect(
      found == [
        "explained: column t id", "explained: constraint t t_pkey", "explained: index t t_pkey",
        "explained: index t t_a_idx", "explained: column old extra", "explained: column hidden found",
        "explained: grant hidden INSERT to intern",
        "changed: column old name",
        "different: table  t; row security: enabled, made as none",
        "different: column t a; default: 'y', made as 'x'; not null: yes, made as none",
        "different: column t b; type: bigint, made as integer",
        "different: index t gone; columns: a, made as b",
        "different: constraint t t_b_check; check: (b > -1), made as (b > 0)",
        "dropped, yet there: column t c",
        "missing: grant t SELECT to reporting",
        "not explained: column t planted", "not explained: grant t DELETE to intern", "not explained: table  done",
        "not explained: column done x", "not explained: table  old", "not explained: column old id",
        "not explained: constraint old old_pkey", "not explained: index old old_pkey",
        "not explained: grant old SELECT to reporting", "not explained: schema  app", "not explained: table  hidden",
        "not explained: column hidden id",
      ], "\(found.sorted().joined(separator: "\n"))")
    #expect(history.unread.map(\.verb) == ["DO"])
  }

  @Test func `no connection and no rights are one line`() throws {
    #expect(throws: CatalogError.self) { try Catalog(reading: "host=/nonexistent dbname=x") }
    do {
      _ = try Catalog(reading: "host=/nonexistent dbname=x")
    } catch let error as CatalogError {
      #expect(error.code == .connection && !error.message.contains("\n"), "\(error)")
    }
  }
}
