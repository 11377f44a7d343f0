import Foundation
import TestKit
import Testing

/// `exhibit blame --against`: a live database and a file.
@Suite(.enabled(if: ScratchPostgres.isPresent, Comment(rawValue: ScratchPostgres.absence)))
struct BlameTests {
  private let story = Checkout.root.appending(path: "samples/story/evidence.tar.gz").path

  /// The shop as its captures leave it, but for one column that nobody captured.
  private let schema = """
    CREATE TABLE customers (id int PRIMARY KEY, name text, card_pan text, card_expiry char(5), note text);
    CREATE INDEX customers_card_pan_idx ON customers (card_pan);
    GRANT SELECT ON customers TO reporting;
    """

  @Test func `a live database and its dump are told alike, and only --strict fails`() throws {
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "shop.exhibit").path
      try #require(try ExhibitProcess.run(["ingest", story, "--case", path]).code == 0)
      let server = try ScratchPostgres()
      try ScratchPostgres.check(
        try server.psql("scratch", ["-c", "CREATE ROLE reporting", "-c", "CREATE ROLE svc_migrate"]))
      try ScratchPostgres.check(try server.psql("scratch", ["-c", schema]))
      let dump = folder.appending(path: "schema.sql")
      try server.dump().write(to: dump, atomically: true, encoding: .utf8)
      var told: [[String]] = []
      for against in [server.connectionString(), dump.path] {
        let arguments = ["blame", "customers", "--against", against, "--case", path]
        let page = try ExhibitProcess.run(arguments)
        #expect(page.code == 0, "\(page.error)")
        let lines = page.out.split(separator: "\n").map(String.init)
        #expect(lines.contains { $0.hasPrefix("= ses-807362a69963.4") && $0.hasSuffix("│ column card_pan text") })
        #expect(lines.contains { $0.hasPrefix("? ") && $0.contains("│ column note text  — not explained") })
        #expect(lines.contains { $0.hasPrefix("- ") && $0.contains("│ trigger customers_audit") }, "\(page.out)")
        #expect(lines.last?.contains("4 explained, ? 6 not explained, - 1 missing") == true, "\(lines.last ?? "")")
        told.append(lines.dropLast())
        #expect(try ExhibitProcess.run(arguments + ["--strict"]).code == 1)
        let column = try ExhibitProcess.run(
          ["blame", "customers.card_pan", "--against", against, "--strict", "--case", path])
        #expect(column.code == 0, "\(column.out)")
      }
      #expect(told[0] == told[1])
      // Nothing was written, and nothing is open.
      #expect(
        try server.query("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'exhibit blame'") == ["0"])
      for wrong in ["host=\(folder.path) dbname=x", folder.appending(path: "none.sql").path, path] {
        let outcome = try ExhibitProcess.run(["blame", "--against", wrong, "--case", path])
        #expect(outcome.code == 3 && outcome.error.split(separator: "\n").count == 1, "\(outcome)")
      }
    }
  }
}
