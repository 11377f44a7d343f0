import Foundation
import TestKit
import Testing

@testable import Gateway

/// Clients that are not ours, through the gateway and directly: the same comes back, byte for byte.
@Suite(.enabled(if: ScratchPostgres.isPresent)) struct ClientTests {
  @Test func `psql sees through the gateway what it sees without it`() throws {
    let server = try ScratchPostgres()
    _ = try server.query(
      "CREATE TABLE orders (id int PRIMARY KEY, note text); CREATE VIEW big AS SELECT * FROM orders WHERE id > 5; "
        + "INSERT INTO orders SELECT g, repeat('ü', g) FROM generate_series(1, 300) g")
    let gateway = try RunningGateway(server)
    let file = server.folder.appending(path: "orders.tsv").path
    let script = """
      \\d
      \\d orders
      \\df pg_catalog.lower
      \\l
      \\dn+
      SELECT * FROM orders ORDER BY id LIMIT 20;
      SELECT repeat('x', 3000000);
      SELECT 1/0;
      SELECT nothing FROM nowhere;
      BEGIN; SAVEPOINT a; SELECT 1/0; ROLLBACK TO a; SELECT 2; COMMIT;
      SELECT 1 \\; SELECT 2 \\; SELECT 3;
      DO $$ BEGIN RAISE NOTICE 'said'; RAISE WARNING 'warned'; END $$;
      CREATE TEMP TABLE copied (LIKE orders);
      \\copy orders TO '\(file)'
      \\copy copied FROM '\(file)'
      SELECT count(*), sum(length(note)) FROM copied;
      COPY copied (id) FROM STDIN;
      1
      not a number
      \\.
      COPY copied (id) TO STDOUT;
      PREPARE p AS SELECT $1::int + 1; EXECUTE p(4); DEALLOCATE p;
      SELECT $1::text \\bind 'bound' \\g
      \\encoding LATIN1
      SELECT 'm' || chr(252);

      """
    let path = server.folder.appending(path: "all.sql")
    try script.write(to: path, atomically: true, encoding: .utf8)
    let direct = try RunningGateway.client(
      "psql", ["-X", "-f", path.path], RunningGateway.environment(direct: server))
    let through = try RunningGateway.client("psql", ["-X", "-f", path.path], gateway.environment)
    #expect(direct.text.count > 3_000_000)
    #expect(through.text == direct.text)
    #expect(through.errors == direct.errors && direct.errors.contains("division by zero"))
    #expect(through.status == direct.status)
    try gateway.stop()
  }

  @Test func `what psql's commands ask the server comes back the same`() throws {
    let server = try ScratchPostgres()
    _ = try server.query(
      "CREATE SCHEMA app; CREATE TABLE app.people (id int PRIMARY KEY, born date CHECK (born > '1900-01-01'), "
        + "tag text COLLATE \"C\") PARTITION BY RANGE (id); "
        + "CREATE TABLE app.first PARTITION OF app.people FOR VALUES FROM (0) TO (100); "
        + "CREATE VIEW app.tags AS SELECT tag FROM app.people; "
        + "CREATE MATERIALIZED VIEW app.born AS SELECT born FROM app.people; "
        + "CREATE FUNCTION app.one() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE app.mood AS ENUM ('sad', 'ok'); "
        + "CREATE DOMAIN app.small AS int CHECK (VALUE < 9); CREATE STATISTICS app.s ON id, born FROM app.people; "
        + "COMMENT ON TABLE app.people IS 'who'; ALTER TABLE app.people ENABLE ROW LEVEL SECURITY; "
        + "CREATE PUBLICATION p FOR TABLE app.people; CREATE ROLE reader; GRANT SELECT ON app.people TO reader; "
        + "INSERT INTO app.people SELECT g, date '2000-01-01' + g, 't' || g % 3 FROM generate_series(1, 20) g; "
        + "SELECT lo_from_bytea(4711, 'large')")
    let gateway = try RunningGateway(server)
    let catalog = [
      "a", "A", "b", "c", "C", "d", "D", "dp", "E", "es", "et", "eu", "ew", "F", "Fd", "Fp", "Ft", "g", "i", "l", "L",
      "m", "n", "o", "O", "p", "P", "rds", "Rp", "Rs", "s", "t", "T", "u", "v", "x", "X", "y", "AcC", "config",
    ]
    let file = server.folder.appending(path: "large").path
    let script =
      (catalog.map { "\\d\($0)" } + catalog.filter { !["A", "AcC", "config"].contains($0) }.map { "\\d\($0)+ app.*" })
      .joined(separator: "\n") + """

        \\d app.*
        \\d+ app.people
        \\dfS+ lower
        \\dConfig work_mem
        \\z app.*
        \\l+
        \\sf app.one
        \\sv app.tags
        \\lo_list
        \\lo_export 4711 \(file)
        \\lo_import \(file)
        \\lo_unlink 4711
        SELECT id, tag, born FROM app.people WHERE id < 4 \\crosstabview
        SELECT 1 AS one, 'x'::text AS two \\gdesc
        SELECT 'SELECT ' || g FROM generate_series(1, 3) g \\gexec
        SELECT 42 AS answer \\gset
        SELECT :answer \\gx
        SELECT 1 \\bind \\g
        SELECT 1/0;
        \\errverbose
        \\set FETCH_COUNT 7
        SELECT * FROM app.people;
        \\set AUTOCOMMIT off
        SELECT 1;
        \\set ON_ERROR_ROLLBACK on
        SELECT 1/0;
        SELECT 2;
        COMMIT;
        \\set ECHO_HIDDEN on
        \\d app.first
        """
    let path = server.folder.appending(path: "commands.sql")
    try (script + "\n").write(to: path, atomically: true, encoding: .utf8)
    let arguments = ["-X", "-f", path.path]
    // What makes objects of its own does so once on each side.
    let direct = try RunningGateway.client("psql", arguments, RunningGateway.environment(direct: server))
    _ = try server.query("SELECT lo_unlink(oid) FROM pg_largeobject_metadata; SELECT lo_from_bytea(4711, 'large')")
    let through = try RunningGateway.client("psql", arguments, gateway.environment)
    // A large object that was imported has a number of its own.
    func settled(_ text: String) -> String {
      text.replacing(#/lo_import \d+|^ +\d{5,} \|.*$/#.anchorsMatchLineEndings(), with: "")
    }
    #expect(direct.text.count > 50_000 && direct.text.contains("app") && direct.text.contains("lo_unlink 4711"))
    #expect(settled(through.text) == settled(direct.text))
    #expect(through.errors == direct.errors && direct.errors.contains("division by zero"))
    try gateway.stop()
  }

  private static let driver = "/usr/share/java/postgresql.jar"
  private static let hasJava =
    FileManager.default.fileExists(atPath: driver) && FileManager.default.isExecutableFile(atPath: "/usr/bin/java")

  @Test(.enabled(if: hasJava, "scripts/setup.sh --tests installs JDBC"))
  func `JDBC gets the same: prepared, binary, batches, COPY, large objects, cursors, cancels`() throws {
    let port = try Loopback.freePort()
    let server = try ScratchPostgres(settings: "listen_addresses = '127.0.0.1'\n", port: port)
    let gateway = try RunningGateway(server: "\(server.folder.path):\(port)")
    let program = Checkout.root.appending(path: "Tests/Live/Gateway.java").path
    func run(_ port: Int, _ user: String, _ password: String) throws -> ScratchPostgres.Output {
      try ScratchPostgres.run(
        "/usr/bin/timeout",
        ["240", "/usr/bin/java", "-cp", Self.driver, program, "127.0.0.1", String(port), user, password],
        environment: ["HOME": "/tmp", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"])
    }
    let direct = try run(port, "postgres", "any")
    let through = try run(gateway.port, "agent", gateway.token.secret)
    #expect(direct.status == 0 && direct.text.utf8.count > 3_000, "\(direct.errors)")
    #expect(through.status == 0, "\(through.errors)")
    #expect(through.text == direct.text)
    try gateway.stop()
  }

  @Test func `a notification reaches who listens`() throws {
    let server = try ScratchPostgres()
    let gateway = try RunningGateway(server)
    let output = try gateway.run("LISTEN news", "NOTIFY news, 'it rains'", "SELECT 1")
    #expect(output.text.contains("Asynchronous notification \"news\" with payload \"it rains\""), "\(output)")
    try gateway.stop()
  }

  @Test func `pgbench runs in every mode with several clients`() throws {
    let server = try ScratchPostgres()
    for durability in ["batched", "strict"] {
      let gateway = try RunningGateway(server, durability: durability)
      let made = try RunningGateway.client("pgbench", ["-q", "-i", "-s", "1"], gateway.environment)
      #expect(made.status == 0, "\(made.errors)")
      for mode in ["simple", "extended", "prepared"] {
        let run = try RunningGateway.client(
          "pgbench", ["-n", "-M", mode, "-c", "4", "-j", "2", "-t", "20"], gateway.environment)
        #expect(run.text.contains("processed: 80/80") && run.text.contains("failed transactions: 0"), "\(run)")
      }
      #expect(try server.query("SELECT count(*) FROM pgbench_history") == ["240"])
      try gateway.stop()
    }
  }

  @Test func `pg_dump writes the same, and pg_restore brings it back`() throws {
    let server = try ScratchPostgres()
    _ = try server.query(
      "CREATE TABLE t (id int PRIMARY KEY, at timestamptz, body bytea); CREATE INDEX ON t (at); "
        + "INSERT INTO t SELECT g, 'epoch'::timestamptz + g * interval '1 s', sha256(g::text::bytea) "
        + "FROM generate_series(1, 5000) g")
    let gateway = try RunningGateway(server)
    let plain = ["--no-sync", "--restrict-key=same"]
    let direct = try RunningGateway.client("pg_dump", plain, RunningGateway.environment(direct: server))
    let through = try RunningGateway.client("pg_dump", plain, gateway.environment)
    #expect(direct.status == 0 && direct.text.utf8.count > 400_000, "\(direct.errors)")
    #expect(through.text == direct.text)
    let file = server.folder.appending(path: "t.dump").path
    let packed = try RunningGateway.client("pg_dump", ["-Fc", "-f", file], gateway.environment)
    #expect(packed.status == 0, "\(packed.errors)")
    let before = try server.query("SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM t")
    let restored = try RunningGateway.client(
      "pg_restore", ["--clean", "-d", "scratch", file], gateway.environment)
    #expect(restored.status == 0, "\(restored.errors)")
    #expect(try server.query("SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM t") == before)
    try gateway.stop()
  }

  private static let hasPython = FileManager.default.isExecutableFile(atPath: RunningGateway.python)

  @Test(.enabled(if: hasPython, "scripts/setup.sh --tests sets psycopg up"))
  func `psycopg, asyncpg and SQLAlchemy get the same: pipelines, binary, COPY, cursors, asynchronous`() throws {
    let server = try ScratchPostgres()
    let gateway = try RunningGateway(server)
    let script = Checkout.root.appending(path: "Tests/Live/gateway_client.py").path
    func run(_ environment: [String: String]) throws -> ScratchPostgres.Output {
      try ScratchPostgres.run("/usr/bin/timeout", ["120", RunningGateway.python, script], environment: environment)
    }
    let direct = try run(RunningGateway.environment(direct: server))
    let through = try run(gateway.environment)
    #expect(direct.status == 0 && direct.text.utf8.count > 2_000, "\(direct.errors)")
    #expect(through.status == 0, "\(through.errors)")
    #expect(through.text == direct.text)
    try gateway.stop()
  }

  @Test func `an interrupt cancels the statement, and the session goes on`() throws {
    let server = try ScratchPostgres()
    let gateway = try RunningGateway(server)
    let script = server.folder.appending(path: "sleep.sql")
    try "SELECT pg_sleep(60);\nSELECT 'still here';\n".write(to: script, atomically: true, encoding: .utf8)
    // The interrupt goes to psql alone, which sends the key that the gateway gave it.
    let psql = (ScratchPostgres.binaries ?? URL(filePath: "/usr/bin")).appending(path: "psql").path
    let output = try ScratchPostgres.run(
      "/usr/bin/timeout", ["-s", "INT", "2", psql, "-X", "-A", "-t", "-v", "ON_ERROR_STOP=0", "-f", script.path],
      environment: gateway.environment)
    #expect(output.errors.contains("canceling statement due to user request"), "\(output)")
    #expect(
      try server.query(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND state = 'active' AND pid <> pg_backend_pid()"
      ) == ["0"])
    try gateway.stop()
  }

  @Test func `two hundred sessions lie idle, and one more works`() throws {
    let server = try ScratchPostgres(settings: "max_connections = 250\n")
    let gateway = try RunningGateway(server, limits: "sessions-per-identity: 250")
    let idle = try (0..<200).map { _ in try RawClient(port: gateway.port, token: gateway.token) }
    #expect(try server.query("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'") == ["201"])
    #expect(try gateway.run("SELECT 40 + 2").text == "42\n")
    #expect(idle.count == 200)
    try gateway.stop()
  }
}
