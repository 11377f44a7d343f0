import Model
import Policy
import Testing

@Suite struct SQLClassifierTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var sql: String
    var verb: String
    var effect: Effect
    var resources: [String]
    var isUnfiltered = false

    init(_ sql: String, _ verb: String, _ effect: Effect, _ resources: [String] = [], unfiltered: Bool = false) {
      (self.sql, self.verb, self.effect, self.resources, isUnfiltered) = (sql, verb, effect, resources, unfiltered)
    }

    var testDescription: String { sql }
  }

  static let cases: [Case] = [
    Case("SELECT 1", "SELECT", .read),
    Case("select a from public.t where id = 4", "SELECT", .read, ["read table public.t"]),
    Case("SELECT now(), lower(name), count(*) FROM t", "SELECT", .read, ["read table t"]),
    Case("SELECT nextval('s')", "SELECT", .write, ["write sequence nextval"]),
    Case("SELECT do_harm()", "SELECT", .unknown, ["execute function do_harm"]),
    Case("SELECT public.lower('x')", "SELECT", .unknown),
    Case("SELECT pg_terminate_backend(1)", "SELECT", .execute),
    Case("SELECT pg_read_file('/etc/passwd')", "SELECT", .transfer),
    Case("SELECT * INTO n FROM t", "SELECT INTO", .schema, ["create table n"]),
    Case("SELECT * FROM t FOR UPDATE", "SELECT", .read, ["lock table t"]),
    Case("WITH x AS (DELETE FROM t WHERE id = 1 RETURNING *) SELECT * FROM x", "SELECT", .write, ["write table t"]),
    Case("WITH x AS (SELECT * FROM t) SELECT * FROM x", "SELECT", .read, ["read table t"]),
    Case("INSERT INTO t (a, b) VALUES (1, 2)", "INSERT", .write, ["write table t", "write column t.a"]),
    Case("INSERT INTO t SELECT * FROM u", "INSERT", .write, ["write table t", "read table u"]),
    Case("UPDATE t SET a = 1", "UPDATE", .write, ["write table t", "write column t.a"], unfiltered: true),
    Case("UPDATE t SET a = 1 WHERE 1 = 1", "UPDATE", .write, unfiltered: true),
    Case("UPDATE t SET a = 1 WHERE id = 3", "UPDATE", .write),
    Case("DELETE FROM t", "DELETE", .write, unfiltered: true),
    Case("DELETE FROM t WHERE true", "DELETE", .write, unfiltered: true),
    Case("MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN DELETE", "MERGE", .write, ["write table t"]),
    Case("TRUNCATE a, b", "TRUNCATE TABLE", .write, ["truncate table a", "truncate table b"]),
    Case("EXPLAIN DELETE FROM t", "EXPLAIN", .read, ["read table t"]),
    Case("EXPLAIN ANALYZE DELETE FROM t", "EXPLAIN ANALYZE", .write, unfiltered: true),
    Case("EXPLAIN (ANALYZE false) DELETE FROM t", "EXPLAIN", .read),
    Case("EXPLAIN (ANALYZE, BUFFERS) UPDATE t SET a = 1 WHERE b = 2", "EXPLAIN ANALYZE", .write),
    Case(
      "CREATE TABLE t (a int, b text)", "CREATE TABLE", .schema, ["create table t", "add column t.a", "add column t.b"]),
    Case("ALTER TABLE s.t ADD COLUMN c int", "ALTER TABLE", .schema, ["alter table s.t", "add column s.t.c"]),
    Case("ALTER TABLE t DROP COLUMN c", "ALTER TABLE", .schema, ["drop column t.c"]),
    Case("ALTER TABLE t RENAME COLUMN a TO b", "ALTER TABLE", .schema, ["rename column t.a -> t.b"]),
    Case("ALTER TABLE t OWNER TO bob", "ALTER TABLE", .privilege),
    Case("ALTER TABLE t DISABLE ROW LEVEL SECURITY", "ALTER TABLE", .privilege),
    Case("DROP TABLE a, b.c", "DROP TABLE", .schema, ["drop table a", "drop table b.c"]),
    Case("CREATE INDEX i ON t (a)", "CREATE INDEX", .schema, ["create index i"]),
    Case("CREATE VIEW v AS SELECT 1", "CREATE VIEW", .schema, ["create view v"]),
    Case("CREATE TABLE n AS SELECT * FROM t", "CREATE TABLE AS", .schema, ["create table n", "read table t"]),
    Case(
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE FUNCTION", .schema, ["create function f"]),
    Case("CREATE EXTENSION dblink", "CREATE EXTENSION", .schema, ["create extension dblink"]),
    Case(
      "CREATE POLICY p ON s.t USING (a = 1)", "CREATE POLICY", .privilege,
      ["create policy s.t.p", "alter table s.t"]),
    Case(
      "GRANT SELECT (a, b) ON t TO bob", "GRANT", .privilege, ["grant table t", "grant column t.a", "grant column t.b"]),
    Case("ALTER TABLE t SET SCHEMA u", "ALTER", .schema, ["alter table t"]),
    Case("ALTER SCHEMA u OWNER TO bob", "ALTER OWNER", .privilege, ["alter schema u", "alter role bob"]),
    Case("CREATE TYPE s.m AS ENUM ('a')", "CREATE TYPE", .schema, ["create type s.m"]),
    Case(
      "ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO bob", "ALTER DEFAULT PRIVILEGES", .privilege,
      ["grant table s.*", "alter role bob"]),
    Case("GRANT SELECT ON t TO bob", "GRANT", .privilege, ["grant table t", "alter role bob"]),
    Case("REVOKE ALL ON t FROM bob", "REVOKE", .privilege, ["revoke table t"]),
    Case("GRANT admin TO bob", "GRANT ROLE", .privilege, ["grant role admin"]),
    Case("CREATE ROLE bob LOGIN", "CREATE ROLE", .privilege, ["create role bob"]),
    Case("ALTER ROLE bob SUPERUSER", "ALTER ROLE", .privilege, ["alter role bob"]),
    Case("SET ROLE admin", "SET", .privilege),
    Case("SET work_mem = '1GB'", "SET", .session, ["use setting work_mem"]),
    Case("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM", .privilege, ["alter setting fsync"]),
    Case("SHOW all", "SHOW", .session),
    Case("DO $$ BEGIN DELETE FROM t; END $$", "DO", .unknown),
    Case("CALL p(1)", "CALL", .unknown, ["execute procedure p"]),
    Case("COPY t FROM STDIN", "COPY", .write, ["write table t"]),
    Case("COPY t TO STDOUT", "COPY", .read, ["read table t"]),
    Case("COPY t TO '/tmp/x'", "COPY", .transfer, ["write file /tmp/x"]),
    Case("COPY t FROM PROGRAM 'curl evil'", "COPY", .execute, ["execute program curl evil"]),
    Case("BEGIN", "BEGIN", .session), Case("COMMIT", "COMMIT", .session),
    Case("VACUUM t", "VACUUM", .execute), Case("ANALYZE t", "ANALYZE", .execute),
    Case("LOCK TABLE t", "LOCK TABLE", .session, ["lock table t"]),
    Case("DECLARE c CURSOR FOR SELECT * FROM t", "DECLARE CURSOR", .read, ["read table t"]),
    Case("FETCH 10 FROM c", "FETCH", .unknown), Case("LISTEN ch", "LISTEN", .session),
    Case("COMMIT PREPARED 'x'", "COMMIT PREPARED", .unknown),
    Case("EXECUTE nobody_knows(1)", "EXECUTE", .unknown),
    Case("SELEC 1", "SELEC", .unknown),
    Case("INSERT INTO t SELECT oops FROM", "INSERT", .write),
    // PostgreSQL 17: not in the grammar of 15.
    Case("SELECT JSON_TABLE('[]', '$' COLUMNS (a int)) x y z", "SELECT", .unknown),
  ]

  @Test(arguments: cases) func `a statement is what it does`(expected: Case) throws {
    var context = SQLContext()
    var classifier = SQLClassifier()
    let found = classifier.classify(expected.sql, in: &context)
    let first = try #require(found.first).classification
    #expect(first.verb == expected.verb)
    #expect(first.effect == expected.effect)
    #expect(first.isUnfiltered == expected.isUnfiltered)
    for resource in expected.resources {
      #expect(first.resources.map(\.description).contains(resource), "\(first.resources.map(\.description))")
    }
    if first.effect == .unknown { #expect(first.note != nil) }
  }

  @Test(arguments: cases) func `the cache says what the grammar said`(expected: Case) {
    var classifier = SQLClassifier()
    var context = SQLContext()
    let cold = classifier.classify(expected.sql, in: &context).map(\.classification)
    let warm = classifier.classify(expected.sql, in: &context).map(\.classification)
    #expect(cold == warm)
  }

  @Test func `statements of one text are found where they are`() {
    var context = SQLContext()
    let text = "SELECT ';' -- ;\n; /* ; */ UPDATE t SET a = $$;$$ WHERE id = 1 ; ;"
    var classifier = SQLClassifier()
    let found = classifier.classify(text, in: &context)
    let parts = found.map { String(decoding: Array(text.utf8)[$0.range], as: UTF8.self) }
    #expect(parts == ["SELECT ';'", "UPDATE t SET a = $$;$$ WHERE id = 1"])
    #expect(found.map(\.classification.effect) == [.read, .write])
  }

  @Test func `EXECUTE has the effect of what was prepared`() {
    var context = SQLContext()
    var classifier = SQLClassifier()
    _ = classifier.classify("PREPARE p AS DELETE FROM t", in: &context)
    let found = classifier.classify("EXECUTE p", in: &context)
    #expect(found.first?.classification.effect == .write)
    #expect(found.first?.classification.isUnfiltered == true)
  }

  @Test(arguments: [
    ("ALTER ROLE bob PASSWORD 'hunter2'", "'hunter2'"),
    ("CREATE USER bob WITH ENCRYPTED PASSWORD 'hunter2' LOGIN", "'hunter2'"),
    ("SELECT * FROM dblink('host=x password=hunter2 user=y', 'select 1') AS t(a int)", "hunter2"),
    ("CREATE SUBSCRIPTION s CONNECTION 'host=x password=hunter2' PUBLICATION p", "hunter2"),
  ])
  func `secrets are found`(sql: String, secret: String) {
    var context = SQLContext()
    var classifier = SQLClassifier()
    let found = classifier.classify(sql, in: &context)
    let bytes = Array(sql.utf8)
    let secrets = found.flatMap(\.redactions).map { String(decoding: bytes[$0], as: UTF8.self) }
    #expect(secrets == [secret])
  }

  @Test func `a chain that would break the grammar is judged by its words`() {
    var context = SQLContext()
    let long = "SELECT 1" + String(repeating: "+1", count: 200_000)
    var classifier = SQLClassifier()
    let found = classifier.classify(long, in: &context)
    #expect(found.first?.classification.effect == .unknown)
    let deep = "SELECT 1" + String(repeating: "+1", count: 60_000)
    #expect(classifier.classify(deep, in: &context).count == 1)
  }
}
