import Bytes
import Model
import Testing

@testable import Policy

@Suite struct StatementMaskTests {
  private static func mask(_ rules: String) throws -> StatementMask {
    let yaml = "version: 1\nmasking:\n" + rules.split(separator: "\n").map { "  - \($0)\n" }.joined()
    let plan = try PolicyDocument.parse(yaml: yaml, name: "p.yaml").masking
    return StatementMask(plan, hasher: SecretHasher(key: [1]))
  }

  private static let ssn = "{ columns: [\"*.ssn\"], action: redact }"
  private static let mark = "'[redacted:national-id]'"

  @Test(arguments: [
    ("SELECT * FROM staff WHERE ssn = 'x'", "SELECT * FROM staff WHERE ssn = \(mark)"),
    (
      "SELECT 1 FROM s WHERE lower(ssn) IN ('a', 'b') AND id = 7",
      "SELECT 1 FROM s WHERE lower(ssn) IN (\(mark), \(mark)) AND id = 7"
    ),
    (
      "UPDATE staff SET name = 'n', ssn = E'1''2' WHERE id = 3",
      "UPDATE staff SET name = 'n', ssn = \(mark) WHERE id = 3"
    ),
    (
      "INSERT INTO staff (id, ssn) VALUES (1, 523456781), (2, $$q$$)",
      "INSERT INTO staff (id, ssn) VALUES (1, \(mark)), (2, \(mark))"
    ),
    ("INSERT INTO staff (ssn) SELECT 'a' FROM t", "INSERT INTO staff (ssn) SELECT \(mark) FROM t"),
    (
      "INSERT INTO a (ssn) VALUES ('a') ON CONFLICT (id) DO UPDATE SET ssn = 'b'",
      "INSERT INTO a (ssn) VALUES (\(mark)) ON CONFLICT (id) DO UPDATE SET ssn = \(mark)"
    ),
    ("SELECT '{\"ssn\": \"1\", \"n\": 2}'::jsonb", "SELECT '{\"ssn\": \"[redacted:national-id]\", \"n\": 2}'::jsonb"),
    (
      "SELECT 1 FROM (SELECT ssn AS q FROM staff) s WHERE q = 'x'",
      "SELECT 1 FROM (SELECT ssn AS q FROM staff) s WHERE q = \(mark)"
    ),
    // What is not known is not shown.
    ("INSERT INTO staff VALUES (1, 'x')", "INSERT INTO staff VALUES ('[redacted:value]', '[redacted:value]')"),
    ("SELEC ssn = 'x'", "SELEC ssn = '[redacted:value]'"),
    ("SELECT 'x', 12 FROM staff", "SELECT 'x', 12 FROM staff"),
  ])
  func `constants go by their columns`(text: String, shown: String) throws {
    var mask = try Self.mask(Self.ssn)
    #expect(mask.text(text) == shown)
  }

  @Test func `numbers become strings, and comments are read`() throws {
    var mask = try Self.mask("{ detect: [payment-card, email], action: partial }")
    #expect(
      mask.text("SELECT 4111111111111111, 'a' -- for lin@shop.example")
        == "SELECT '411111******1111', 'a' -- for l***@shop.example")
  }

  private static func result(_ columns: [(String, UInt32)], _ cells: [String?]) -> StatementResult {
    var writer = ByteWriter()
    writer.write(UInt16(cells.count))
    for cell in cells {
      writer.write(Int32(cell?.utf8.count ?? -1))
      writer.write(cell ?? "")
    }
    var result = StatementResult(outcome: .completed(tag: "SELECT 1"))
    result.columns = columns.map { Column(name: $0.0, type: "text", tableOID: $0.1) }
    result.rows = Payload(layout: .rows, bytes: writer.bytes)
    return result
  }

  private static func cells(_ statement: Statement) throws -> [String?] {
    let rows = try #require(statement.results.first?.rows)
    var cursor = RowCursor(rows.bytes)
    return try #require(try cursor.next())
  }

  @Test(arguments: [
    ("SELECT ssn AS x FROM staff", "x"), ("SELECT upper(ssn) FROM staff", "upper"),
    ("SELECT q FROM (SELECT ssn AS q FROM staff) s", "q"),
    ("WITH c(z) AS (SELECT ssn FROM staff) SELECT z FROM c", "z"),
    ("SELECT * FROM (SELECT ssn || '' AS y FROM staff) s", "y"), ("SELECT * FROM staff", "ssn"),
    ("UPDATE staff SET id = 1 RETURNING ssn AS w", "w"), ("SELECT coalesce(max(ssn), '') AS m FROM staff", "m"),
  ])
  func `a column is followed through the names that it is given`(text: String, name: String) throws {
    var mask = try Self.mask(Self.ssn)
    let statement = Statement(
      mode: .simple, text: text, results: [Self.result([(name, 0), ("id", 9)], ["secret", "7"])])
    let cells = try Self.cells(mask.apply(to: statement))
    #expect(cells[0]?.hasPrefix("[redacted:") == true, "\(cells)")
    #expect(text.contains("SELECT *") || cells[1] == "7")
  }

  @Test func `a table that the statement names decides`() throws {
    var mask = try Self.mask("{ columns: [hr.staff.ssn], action: redact }")
    func shown(_ text: String) throws -> String? {
      try Self.cells(
        mask.apply(to: Statement(mode: .simple, text: text, results: [Self.result([("ssn", 5)], ["v"])])))[0]
    }
    #expect(try shown("SELECT ssn FROM hr.staff") == "[redacted:national-id]")
    #expect(try shown("SELECT ssn FROM staff") == "[redacted:national-id]")
    #expect(try shown("SELECT ssn FROM hr.guests") == "v")
    #expect(try shown("SELECT * FROM sales.staff") == "v")
  }

  @Test func `parameters go by their columns, and rows keep their NULLs`() throws {
    var mask = try Self.mask("\(Self.ssn)\n{ types: [inet], action: \"null\" }\n{ detect: email, action: hash }")
    let statement = Statement(
      mode: .extended(statementName: "", portal: ""),
      text: "INSERT INTO staff (id, ssn, peer, mail) VALUES ($1, $2, $3, $4)",
      parameters: [
        Parameter(type: "int4", text: "1"), Parameter(type: "text", text: "s"),
        Parameter(type: "inet", text: "10.1.2.3"),
        Parameter(type: "text", text: "lin@shop.example"),
      ], results: [Self.result([("ssn", 1), ("id", 1)], [nil, "x"])])
    let shown = mask.apply(to: statement)
    #expect(shown.parameters[0].text == "1")
    #expect(shown.parameters[1].text == "[redacted:national-id]")
    #expect(shown.parameters[2].text == nil)
    #expect(shown.parameters[3].text?.hasPrefix("hmac:email:") == true)
    #expect(try Self.cells(shown) == [nil, "x"])
    let counts = mask.takeTally().counts
    #expect(counts[.init(rule: "masking-1", dataClass: "national-id", action: "redact")] == 1)
    #expect(counts[.init(rule: "masking-2", dataClass: "ip-address", action: "null")] == 1)
    #expect(counts[.init(rule: "masking-3", dataClass: "email", action: "hash")] == 1)
  }

  @Test func `results of what does not parse are not shown`() throws {
    var mask = try Self.mask(Self.ssn)
    let statement = Statement(
      mode: .simple, text: "SELECT ssn AS x FROM staff FETCH NOTHING ODD", results: [Self.result([("x", 0)], ["v"])])
    #expect(try Self.cells(mask.apply(to: statement)) == ["[redacted:value]"])
    #expect(mask.takeTally().failureCount == 1)
  }

  /// Statements that are made to be long to read: their values are masked all the same.
  @Test func `hostile statements end, and hide what they hold`() throws {
    var mask = try Self.mask(Self.ssn)
    let texts = [
      "SELECT " + (0..<3_000).map { "c\($0) + ssn AS a\($0)" }.joined(separator: ", ")
        + " FROM t WHERE a2999 = 'hidden'",
      "SELECT 1 FROM t WHERE " + (0..<5_000).map { "c\($0) = 'v'" }.joined(separator: " + ") + " + (ssn = 'hidden')",
      "SELECT 1 WHERE ssn = " + String(repeating: "(", count: 4_000) + "'hidden'"
        + String(repeating: ")", count: 4_000),
      "INSERT INTO t (ssn) VALUES " + (0..<6_000).map { _ in "('hidden')" }.joined(separator: ", "),
      "SELECT '" + String(repeating: "{\"ssn\":", count: 5_000) + "\"hidden\"'",
      "SELECT '" + String(repeating: "x", count: 200_000) + "' FROM t WHERE ssn = 'hidden'",
    ]
    for text in texts { #expect(!mask.text(text).contains("hidden"), "\(text.prefix(40))") }
  }

  @Test func `errors tell no values`() throws {
    var mask = try Self.mask(Self.ssn)
    let shown = mask.message(
      ServerMessage(
        severity: "ERROR", code: "23505", message: "duplicate key",
        fields: [
          .init(name: "detail", value: "Key (ssn)=(523-45-6781) already exists."),
          .init(name: "where", value: "Failing row contains (1, x)."),
        ]))
    #expect(shown["detail"] == "Key (ssn)=([redacted:value]) already exists.")
    #expect(shown["where"] == "Failing row contains ([redacted:value]).")
  }

  @Test func `a keep comes before what follows`() throws {
    var mask = try Self.mask("{ columns: [work_mail], action: keep }\n{ detect: email, action: redact }")
    let result = Self.result([("work_mail", 1), ("mail", 1)], ["lin@shop.example", "lin@shop.example"])
    let cells = try Self.cells(mask.apply(to: Statement(mode: .simple, text: "SELECT * FROM t", results: [result])))
    #expect(cells == ["lin@shop.example", "[redacted:email]"])
  }
}
