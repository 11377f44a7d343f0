import Model
import Policy
import Testing

/// Small migrations, and what is told of them.
@Suite struct SchemaHistoryTests {
  /// One statement of a session.
  struct Step {
    var text: String
    var session = "s"
    var at: Int64
    var lasts: Int64 = 1
    var status = Action.Status.ok
    var transaction = Action.Transaction.committed
    var code: String?
    var message: String?
  }

  private func history(_ steps: [Step], paths: [String: String] = [:], known: [SchemaObject] = []) -> SchemaHistory {
    var history = SchemaHistory(known: known)
    var contexts: [String: SQLContext] = [:]
    var classifier = SQLClassifier()
    for (session, path) in paths.sorted(by: { $0.key < $1.key }) {
      history.begin(session: session, user: "deploy", settings: [(name: "search_path", value: path)])
    }
    for (index, step) in steps.enumerated() {
      guard let found = classifier.classify(step.text, in: &contexts[step.session, default: SQLContext()]).first else {
        continue
      }
      var action = Action(
        id: "\(index + 1)", sessionID: step.session, sequence: index + 1, startedAt: Timestamp(nanoseconds: step.at),
        endedAt: Timestamp(nanoseconds: step.at + step.lasts), kind: "sql", verb: found.classification.verb,
        text: step.text, resources: found.classification.resources, effect: found.classification.effect,
        status: step.status, code: step.code, message: step.message, transaction: step.transaction)
      action.identity.user = "deploy"
      history.receive(action)
    }
    history.finish()
    return history
  }

  private func history(_ texts: String...) -> SchemaHistory {
    history(texts.enumerated().map { Step(text: $0.element, at: Int64($0.offset) * 10) })
  }

  /// `public.t.a: 1 add, 3 rename was b`
  private func told(_ history: SchemaHistory, _ kind: SchemaObject.Kind) -> [String] {
    history.entries.filter { $0.object.kind == kind }.map { entry in
      let changes = entry.changes.map { "\($0.actionID) \($0.kind.rawValue)" + ($0.detail.map { " (\($0))" } ?? "") }
      let name = kind == .grant ? "\(entry.object.qualifiedName) \(entry.object.name)" : entry.object.qualifiedName
      return "\(name): " + changes.joined(separator: ", ")
    }
  }

  @Test func `a column keeps its history through renames and moves`() {
    let found = history(
      "CREATE TABLE orders (id int PRIMARY KEY, total int)", "ALTER TABLE orders ALTER total TYPE bigint",
      "ALTER TABLE orders RENAME total TO amount", "ALTER TABLE orders RENAME TO sales", "CREATE SCHEMA x",
      "ALTER TABLE sales SET SCHEMA x", "ALTER TABLE x.sales ALTER amount SET DEFAULT -1")
    #expect(
      told(found, .column) == [
        "x.sales.id: 1 add",
        "x.sales.amount: 1 add, 2 alter (type integer → bigint), 3 rename (was total), 7 alter (default -1)",
      ])
    #expect(told(found, .table) == ["x.sales: 1 create, 4 rename (was orders), 6 move (was in public)"])
    #expect(told(found, .index) == ["x.sales.orders_pkey: 1 create"])
  }

  @Test func `what is dropped ends, and what is made again begins anew`() {
    let found = history(
      "CREATE TABLE t (a int CHECK (a > 0))", "CREATE INDEX ON t (a)", "ALTER TABLE t DROP COLUMN a",
      "ALTER TABLE t ADD COLUMN a text CHECK (a <> '')", "DROP TABLE t", "CREATE TABLE t (a int)")
    #expect(
      told(found, .column) == [
        "public.t.a: 1 add, 3 drop", "public.t.a: 4 add, 5 drop (with table public.t)", "public.t.a: 6 add",
      ])
    #expect(told(found, .index) == ["public.t.t_a_idx: 2 create, 3 drop (with column a)"])
    #expect(
      told(found, .constraint) == [
        "public.t.t_a_check: 1 add, 3 drop (with column a)", "public.t.t_a_check: 4 add, 5 drop (with table public.t)",
      ])
    #expect(found.entries.count { !$0.isDropped } == 2)
  }

  @Test func `what was rolled back or failed is an attempt`() {
    let found = history([
      Step(text: "CREATE TABLE t (a int)", at: 0),
      Step(text: "ALTER TABLE t ADD b int", at: 10, transaction: .rolledBack),
      Step(text: "ALTER TABLE t ADD c int", at: 20, status: .error, code: "42701"),
      Step(text: "ALTER TABLE t ADD d int", at: 30, status: .incomplete, transaction: .undecided),
    ])
    #expect(told(found, .column) == ["public.t.a: 1 add", "public.t.d: 4 add"])
    #expect(found.entries.last { $0.object.kind == .column }?.last?.isUndecided == true)
    #expect(found.attempts.map(\.actionID) == ["2", "3"])
    #expect(found.attempts.first?.resources.contains(Resource("add", "column", "t.b")) == true)
  }

  @Test func `a failed CREATE INDEX CONCURRENTLY leaves an invalid index, any other nothing`() {
    let found = history([
      Step(text: "CREATE UNIQUE INDEX CONCURRENTLY ON t (a)", at: 0, status: .error, code: "23505"),
      Step(text: "CREATE UNIQUE INDEX CONCURRENTLY other ON t (b)", at: 10, status: .error, code: "42P01"),
      Step(text: "CREATE UNIQUE INDEX third ON t (b)", at: 20, status: .error, code: "23505"),
    ])
    #expect(told(found, .index) == ["public.t.t_a_idx: 1 create (failed, left behind invalid)"])
    #expect(found.entries.first?.object.properties["valid"] == "no")
  }

  @Test func `a statement that waits for a lock acts after the one that holds it`() {
    let found = history([
      Step(text: "CREATE TABLE t (a int)", at: 0),
      Step(text: "ALTER TABLE t RENAME b TO c", session: "waits", at: 10, lasts: 100),
      Step(text: "ALTER TABLE t ADD b int", session: "holds", at: 20, lasts: 5),
    ])
    #expect(told(found, .column) == ["public.t.a: 1 add", "public.t.c: 3 add, 2 rename (was b)"])
  }

  @Test func `names go where the session's path leads`() {
    let path = history(
      [
        Step(text: "CREATE TABLE t (a int)", session: "one", at: 0),
        Step(text: "CREATE TABLE t (a int)", session: "two", at: 10),
        Step(text: "SET search_path TO other, app", session: "two", at: 20),
        Step(text: "ALTER TABLE t ADD b int", session: "two", at: 30),
        Step(text: "BEGIN", session: "two", at: 40),
        Step(text: "SET LOCAL search_path TO public", session: "two", at: 50),
        Step(text: "ALTER TABLE t ADD c int", session: "two", at: 60), Step(text: "COMMIT", session: "two", at: 70),
        Step(text: "CREATE TABLE u (a int)", session: "two", at: 80),
        Step(text: "SELECT pg_catalog.set_config('search_path', '', false)", session: "one", at: 90),
        Step(text: "CREATE TEMP TABLE t (x int)", session: "one", at: 100),
        Step(text: "ALTER TABLE t ADD y int", session: "one", at: 110),
      ], paths: ["one": "app, public"])
    #expect(
      told(path, .column) == [
        "app.t.a: 1 add", "app.t.b: 4 add", "other.u.a: 9 add", "public.t.a: 2 add", "public.t.c: 7 add",
      ])
  }

  @Test func `IF NOT EXISTS makes nothing where the server says that it is there`() {
    let notice = { (name: String) in "NOTICE: relation \"\(name)\" already exists, skipping" }
    let found = history([
      Step(text: "CREATE TABLE IF NOT EXISTS there (a int)", at: 0, message: notice("there")),
      Step(text: "CREATE TABLE IF NOT EXISTS fresh (a int)", at: 10),
      Step(text: "CREATE TABLE IF NOT EXISTS fresh (a int, b int)", at: 20),
      Step(
        text: "ALTER TABLE there ADD COLUMN IF NOT EXISTS x int", at: 30,
        message: "NOTICE: column \"x\" of relation \"there\" already exists, skipping"),
      Step(text: "CREATE INDEX IF NOT EXISTS i ON there (a)", at: 40, message: notice("i")),
    ])
    #expect(told(found, .column) == ["public.fresh.a: 2 add"])
    #expect(told(found, .index).isEmpty)
  }

  @Test func `what was there before is known by what was done to it`() {
    let found = history(
      "ALTER TABLE app.t ALTER a DROP NOT NULL", "ALTER TABLE app.t DROP COLUMN b", "REVOKE SELECT ON app.t FROM bob",
      "DROP INDEX app.i", "ALTER TABLE app.t DROP CONSTRAINT c")
    #expect(told(found, .column) == ["app.t.a: 1 alter (null allowed)", "app.t.b: 2 drop"])
    #expect(told(found, .grant) == ["app.t SELECT to bob: 3 revoke"])
    #expect(found.entries.allSatisfy { !$0.isMade })
    #expect(found.entries.contains { $0.object.kind == .index && $0.object.qualifiedName == "app.i" && $0.isDropped })
  }

  @Test func `grants come and go, also with their columns, owners and defaults`() {
    let found = history(
      "CREATE TABLE t (a int, b int)", "GRANT SELECT (a), UPDATE ON t TO bob, amy",
      "GRANT UPDATE ON t TO bob WITH GRANT OPTION",
      "REVOKE ALL ON t FROM amy", "ALTER TABLE t OWNER TO bob",
      "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO amy",
      "CREATE TABLE u (a int)")
    #expect(
      told(found, .grant) == [
        "public.t SELECT (a) to bob: 2 grant, 5 revoke (bob owns it)",
        "public.t UPDATE to bob: 2 grant, 3 grant (with grant option), 5 revoke (bob owns it)",
        "public.t SELECT (a) to amy: 2 grant, 4 revoke", "public.t UPDATE to amy: 2 grant, 4 revoke",
        "public.u SELECT to amy: 7 grant (by the default privileges of 6)",
      ])
  }

  @Test func `a script is read as pg_dump writes it`() {
    let script = SchemaScript(
      """
      \\restrict x
      SELECT pg_catalog.set_config('search_path', '', false);
      CREATE TABLE public.t (id integer NOT NULL, n text DEFAULT 'a;b'::text);
      COPY public.t (id) FROM stdin;
      1; CREATE TABLE public.no (x int);
      \\.
      CREATE FUNCTION public.f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;
      CREATE TABEL oops;
      ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);
      """)
    #expect(script.refused == [8])
    #expect(
      script.objects.map { "\($0.kind.rawValue) \($0.qualifiedName)" } == [
        "function public.f()", "grant public.f()", "table public.t", "column public.t.id", "column public.t.n",
        "constraint public.t.t_pkey", "index public.t.t_pkey",
      ])
  }

  @Test func `a name that is asked for means a table with its members, a column with what is about it`() {
    let found = history(
      "CREATE TABLE app.orders (id int PRIMARY KEY, total int CHECK (total > 0))", "CREATE INDEX ON app.orders (total)",
      "GRANT SELECT (total) ON app.orders TO bob", "CREATE FUNCTION app.f(int) RETURNS int LANGUAGE sql AS ''")
    func names(_ text: String?) -> [String] {
      let name = SchemaName(text)
      return found.entries.filter { name.matches($0.object, columns: $0.columns) }.map(\.object.name)
    }
    let all = ["orders", "id", "total", "orders_total_check", "orders_pkey", "orders_pkey", "orders_total_idx"]
    #expect(names("orders") == all + ["SELECT (total) to bob"])
    #expect(names("APP.Orders") == all + ["SELECT (total) to bob"])
    #expect(names("orders.total") == ["total", "orders_total_check", "orders_total_idx", "SELECT (total) to bob"])
    #expect(names("app.orders.id") == ["id", "orders_pkey", "orders_pkey"])
    #expect(names("orders_total_idx") == ["orders_total_idx"])
    #expect(names("f") == ["f(integer)"])
    #expect(names("public.orders").isEmpty && names("order").isEmpty && names("id").isEmpty)
    #expect(names(nil).count == found.entries.count && names("app.*").count == found.entries.count)
  }

  @Test func `hostile statements end, and say nothing wrong`() {
    let wide =
      "CREATE TABLE t (" + (0..<1500).map { "c\($0) int UNIQUE CHECK (c\($0) > 0)" }.joined(separator: ", ") + ")"
    let found = history(
      wide, "ALTER TABLE t INHERIT t", "CREATE TABLE p () INHERITS (t, t)", "ALTER TABLE p ATTACH PARTITION p DEFAULT",
      "ALTER TABLE p RENAME TO p", "ALTER TABLE t ADD c int", "DROP TABLE t, t, p CASCADE", "GRANT SELECT ON \"\" TO x",
      "CREATE TABLE \"a.b\" (\"c d\" int)", "ALTER TABLE \"a.b\" SET SCHEMA \"\"")
    #expect(found.entries.count { $0.object.kind == .column && $0.object.owner == "t" } >= 1500)
    #expect(found.entries.contains { $0.object.name == "c d" })
  }
}
