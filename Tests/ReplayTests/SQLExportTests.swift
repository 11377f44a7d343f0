import Model
import Replay
import TestKit
import Testing

@Suite struct SQLExportTests {
  private func export(_ text: String, parameters: String? = nil) throws -> String {
    var reading = SmallCase()
    reading.allActions = [SmallCase.action(1, "SELECT", .read, text, parameters: parameters)]
    var out = ""
    try SQLExport().export(reading.allSessions[0], from: reading) { out += $0 }
    return out
  }

  @Test func `a statement ends with one semicolon`() throws {
    #expect(try export("SELECT 1;").contains("\nSELECT 1;\n"))
    #expect(try export("SELECT 1 -- c").contains("SELECT 1 -- c\n;"))
  }

  @Test func `parameters become literals that cannot break out`() throws {
    let out = try export("SELECT $1, $2, $3", parameters: #"["it's",null,"a\\b"]"#)
    #expect(out.contains("PREPARE exhibit_1 AS SELECT $1, $2, $3;"))
    #expect(out.contains(#"EXECUTE exhibit_1('it''s', NULL, E'a\\b');"#))
  }

  @Test(arguments: ["SELECT 1 \\! rm -rf x", "SELECT 'a' \\gexec", "SELECT 'open \\! ls"])
  func `what psql would run itself is left out`(text: String) throws {
    let out = try export(text)
    #expect(out.contains("-- left out: psql would take"))
    #expect(out.split(separator: "\n").allSatisfy { !$0.contains("\\!") || $0.hasPrefix("--") })
  }

  @Test func `redacted statements are left out`() throws {
    #expect(try export("ALTER ROLE a PASSWORD [redacted]").contains("-- left out: a secret"))
  }
}
