import Model
import Policy
import Testing

/// Statements that were found to write where they were called a read, or to be harmless where they were called unknown:
/// each was run on a real server (Tests/Live/classification).
@Suite struct SQLTrapTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var before: [String]
    var sql: String
    var effect: Effect

    init(_ sql: String, _ effect: Effect, after before: String...) {
      (self.before, self.sql, self.effect) = (before, sql, effect)
    }

    var testDescription: String { (before + [sql]).joined(separator: "; ") }
  }

  static let own = "SET search_path = app, pg_catalog"

  static let cases: [Case] = [
    // What stands first in a UNION.
    Case("SELECT 1 INTO t UNION SELECT 2", .schema),
    Case("(SELECT nextval('s')) UNION ALL (SELECT 1)", .write),
    Case("SELECT id FROM t UNION SELECT do_harm()", .unknown),
    // Cursors run when they are fetched from, or moved.
    Case("FETCH c", .write, after: "DECLARE c CURSOR FOR SELECT nextval('s')"),
    Case("MOVE ALL IN c", .unknown, after: "DECLARE c CURSOR FOR SELECT do_harm()"),
    Case("FETCH c", .read, after: "DECLARE c CURSOR FOR SELECT 1"),
    Case("FETCH c", .write, after: "DECLARE c CURSOR FOR SELECT 1", "DECLARE c CURSOR FOR SELECT setval('s', 1)"),
    Case("FETCH ALL FROM \"<unnamed portal 1>\"", .unknown),
    // Arguments are worked out before anything else.
    Case("EXECUTE p(nextval('s'))", .write, after: "PREPARE p (bigint) AS SELECT $1"),
    Case("EXPLAIN EXECUTE p(nextval('s'))", .write, after: "PREPARE p (bigint) AS SELECT $1"),
    Case("EXPLAIN EXECUTE p(1)", .read, after: "PREPARE p (bigint) AS SELECT $1"),
    Case("EXPLAIN EXECUTE p", .read, after: "PREPARE p AS DELETE FROM t"),
    Case("EXPLAIN EXECUTE p", .unknown, after: "PREPARE p AS SELECT do_harm()"),
    Case("EXECUTE p('x')", .unknown, after: "PREPARE p (mood) AS SELECT $1"),
    // The planner asks stable and immutable functions for their values.
    Case("EXPLAIN SELECT do_harm(1)", .unknown), Case("EXPLAIN SELECT nextval('s')", .read),
    Case("EXPLAIN (ANALYZE 0) DELETE FROM t", .read), Case("EXPLAIN (ANALYZE 1) DELETE FROM t", .write),
    // Operators and casts are functions.
    Case("SELECT 1 OPERATOR(app.=) 1", .unknown), Case("SELECT 1 OPERATOR(pg_catalog.=) 1", .read),
    Case("SELECT 'a' <==> 'b'", .unknown), Case("SELECT a FROM t ORDER BY a USING <==>", .unknown),
    Case("SELECT a FROM t ORDER BY a USING <", .read), Case("SELECT a <==> ANY (SELECT 1) FROM t", .unknown),
    Case("SELECT a BETWEEN 1 AND 2, b LIKE 'x', c IN (1, 2), d NOT BETWEEN SYMMETRIC 1 AND 2 FROM t", .read),
    Case("SELECT 'x'::mood", .unknown), Case("SELECT CAST('x' AS app.text)", .unknown),
    Case("SELECT mood 'x'", .unknown),
    Case("SELECT 'x'::text, '1'::int, '{1}'::int[], 'x'::char(3), 'orders'::regclass, now()::pg_catalog.date", .read),
    Case("SELECT '{x}'::_text, 'x'::information_schema.sql_identifier", .read),
    Case("SELECT * FROM json_to_record('{}') AS r (a mood)", .unknown),
    Case("SELECT * FROM json_to_record('{}') AS r (a integer)", .read),
    Case("SELECT domain_in('x', 16385, -1)", .unknown),
    // Functions that run a text.
    Case("SELECT query_to_xml('SELECT 1', true, true, '')", .read),
    Case("SELECT query_to_xml('SELECT nextval(''s'')', true, true, '')", .write),
    Case("SELECT query_to_xml('SELECT do_harm()', true, true, '')", .unknown),
    Case("SELECT query_to_xml('SELECT ' || x, true, true, '') FROM t", .unknown),
    Case("SELECT query_to_xml('not SQL', true, true, '')", .unknown),
    Case("SELECT query_to_xml($1, true, true, '')", .unknown),
    Case("SELECT * FROM dblink('host=x', 'DELETE FROM t RETURNING id') AS r (id integer)", .write),
    Case("SELECT dblink_send_query('far', 'DROP TABLE t')", .schema),
    Case("SELECT * FROM app.dblink('far', 'SELECT id FROM t') AS r (id integer)", .unknown),
    Case("SELECT * FROM ts_stat('SELECT words FROM t')", .read),
    Case("SELECT * FROM ts_stat('SELECT do_harm()')", .unknown),
    Case("SELECT ts_rewrite('a'::tsquery, 'SELECT x, y FROM t')", .read),
    Case("SELECT ts_rewrite('a'::tsquery, 'SELECT do_harm()')", .unknown),
    Case("SELECT ts_rewrite('a'::tsquery, 'b'::tsquery, 'c'::tsquery)", .read),
    Case("SELECT cursor_to_xml('c', 1, true, true, '')", .write, after: "DECLARE c CURSOR FOR SELECT nextval('s')"),
    Case("SELECT cursor_to_xml('c', 1, true, true, '')", .read, after: "DECLARE c CURSOR FOR SELECT 1"),
    Case("SELECT cursor_to_xml('c', 1, true, true, '')", .unknown),
    // A schema before pg_catalog.
    Case("SELECT lower('X')", .unknown, after: own), Case("SELECT 1 = 1", .unknown, after: own),
    Case("SELECT 'x'::text", .unknown, after: own), Case("SELECT CASE 1 WHEN 1 THEN 2 END", .unknown, after: own),
    Case("SELECT * FROM t JOIN u USING (id)", .unknown, after: own),
    Case("SELECT id IN (SELECT 1) FROM t", .unknown, after: own),
    Case("SELECT pg_catalog.lower('X'), 1 OPERATOR(pg_catalog.=) 1", .read, after: own),
    Case("SELECT id FROM t", .read, after: own),
    Case("SELECT lower('X')", .read, after: "SET search_path = pg_catalog, app"),
    Case("SELECT lower('X')", .read, after: "SET search_path = app, public"),
    Case("SELECT lower('X')", .unknown, after: "SET LOCAL search_path TO \"$user\", pg_catalog"),
    Case("SELECT lower('X')", .unknown, after: "SELECT set_config('search_path', 'app, pg_catalog', false)"),
    Case("SELECT lower('X')", .unknown, after: "UPDATE pg_settings SET setting = 'x' WHERE name = 'search_path'"),
    Case("SELECT lower('X')", .unknown, after: own, "RESET search_path"),
    Case("EXECUTE p", .unknown, after: "PREPARE p AS SELECT lower('X')", own),
    Case("EXECUTE p", .unknown, after: own, "PREPARE p AS SELECT lower('X')"),
    // What the session itself planted.
    Case("SELECT lower(v) FROM t", .unknown, after: "CREATE FUNCTION lower(varchar) RETURNS text LANGUAGE sql AS 'x'"),
    Case("SELECT upper(v) FROM t", .read, after: "CREATE FUNCTION lower(varchar) RETURNS text LANGUAGE sql AS 'x'"),
    Case("SELECT lower(v) FROM t", .unknown, after: "ALTER FUNCTION f(varchar) RENAME TO lower"),
    Case("SELECT a - b FROM t", .unknown, after: "CREATE OPERATOR - (LEFTARG = place, RIGHTARG = place, FUNCTION = f)"),
    Case("SELECT 'x'::text", .unknown, after: "CREATE DOMAIN pg_temp.text AS varchar CHECK (f())"),
    Case("SELECT * FROM v", .unknown, after: "CREATE VIEW v AS SELECT do_harm()"),
    Case("SELECT * FROM v", .read, after: "CREATE VIEW v AS SELECT id FROM t"),
    Case("SELECT * FROM t", .unknown, after: "CREATE POLICY p ON t USING (do_harm())"),
    // Other than they seem.
    Case("SET CONSTRAINTS ALL IMMEDIATE", .unknown), Case("SET CONSTRAINTS ALL DEFERRED", .session),
    Case("PREPARE TRANSACTION 'x'", .execute),
    Case("COPY (DELETE FROM t RETURNING id) TO '/tmp/x'", .write),
    Case("SELECT set_config('Role', 'boss', true)", .privilege),
    Case("SELECT set_config('work_mem', '1', true)", .session),
    Case("SELECT lo_open(1, 131072)", .session), Case("SELECT pg_stat_reset_shared('wal')", .execute),
    Case("SELECT pg_logical_slot_peek_changes('s', NULL, NULL)", .transfer),
  ]

  @Test(arguments: cases) func `a trap is what it does`(expected: Case) throws {
    var classifier = SQLClassifier()
    // Twice: what is remembered of the shapes must not differ from what is read.
    for _ in 1...2 {
      var context = SQLContext()
      for text in expected.before { _ = classifier.classify(text, in: &context) }
      let found = try #require(classifier.classify(expected.sql, in: &context).first).classification
      #expect(found.effect == expected.effect)
      if found.effect == .unknown { #expect(found.note != nil) }
    }
  }

  @Test(arguments: [
    ("search_path", "app, pg_catalog", Effect.unknown), ("search_path", "\"$user\", public", .read),
    ("options", "-c search_path=app,pg_catalog", .unknown), ("options", "-c work_mem=1MB", .read),
    ("Search_Path", "\"App\",\"pg_catalog\"", .unknown), ("search_path", "pg_catalog, app", .read),
  ])
  func `a session can begin with a schema before PostgreSQL's own`(setting: String, value: String, effect: Effect) {
    var context = SQLContext()
    context.learn(setting: setting, value: value)
    var classifier = SQLClassifier()
    #expect(classifier.classify("SELECT lower('X')", in: &context).first?.classification.effect == effect)
  }

  @Test func `tables are told on both sides of a join, and in all parts of a union`() {
    var context = SQLContext()
    var classifier = SQLClassifier()
    let text = "SELECT 1 FROM a JOIN b ON true LEFT JOIN (c CROSS JOIN d) ON true UNION SELECT 2 FROM e UNION TABLE f"
    let found = classifier.classify(text, in: &context).first?.classification.resources.map(\.name)
    #expect(found?.sorted() == ["a", "b", "c", "d", "e", "f"])
  }

  @Test func `what one session shadows says nothing of another`() {
    var classifier = SQLClassifier()
    for shadowed in [false, true, false] {
      var context = SQLContext()
      if shadowed { _ = classifier.classify(Self.own, in: &context) }
      let found = classifier.classify("SELECT lower('X')", in: &context).first?.classification.effect
      #expect(found == (shadowed ? .unknown : .read))
    }
  }
}
