import Model
import Testing

@testable import Policy

@Suite struct ExpanderTests {
  @Test func `a file that an earlier call wrote is what a later one runs`() throws {
    var expander = EffectExpander()
    #expect(
      expander.expand(
        Calls.make("Write", ["file_path": "/w/a.sql", "content": "update t set a = 1;\ndelete from u;\n"])
      ).isEmpty)
    let effects = expander.expand(Calls.make("Bash", ["command": "cd /w && psql -f a.sql"]))
    #expect(Calls.shown(effects) == ["sql?|update t set a = 1", "sql?|delete from u"])
    #expect(effects.allSatisfy { $0.evidence == .writtenFile })
    // The same text in the call itself is the call's.
    let own = expander.expand(Calls.make("Bash", ["command": "echo 'select 1' > b.sql; psql -f b.sql"]))
    #expect(own.map(\.evidence) == [.argument])
  }

  @Test func `edits are applied, and where they do not fit parts are unknown`() {
    var expander = EffectExpander()
    _ = expander.expand(Calls.make("Write", ["file_path": "/w/a.sql", "content": "select a from t;"]))
    _ = expander.expand(
      Calls.make("Edit", ["file_path": "/w/a.sql", "old_string": "a from t", "new_string": "b from u"]))
    #expect(Calls.shown(expander.expand(Calls.make("Bash", ["command": "psql -f a.sql"]))) == ["sql|select b from u"])
    _ = expander.expand(
      Calls.make("Edit", ["file_path": "/w/a.sql", "old_string": "gone", "new_string": "; select c from v;"]))
    let effects = Calls.shown(expander.expand(Calls.make("Bash", ["command": "psql -f a.sql"])))
    #expect(effects.contains("sql|select b from u") && effects.contains("sql|select c from v"))
    _ = expander.expand(
      Calls.make(
        "MultiEdit",
        [
          "file_path": "/w/b.sql",
          "edits": [["old_string": "", "new_string": "select 1;"], ["old_string": "1", "new_string": "2"]],
        ]))
    #expect(Calls.shown(expander.expand(Calls.make("Bash", ["command": "psql -f b.sql"]))) == ["sql|select 2"])
  }

  @Test func `patches add, change, move and delete files`() {
    var expander = EffectExpander()
    let patch = """
      *** Begin Patch
      *** Add File: a.sql
      +select 1
      +from t;
      *** Add File: b.sql
      +select 2;
      *** End Patch
      """
    _ = expander.expand(Calls.make("apply_patch", text: patch))
    let second =
      "*** Begin Patch\n*** Update File: a.sql\n*** Move to: c.sql\n@@\n select 1\n-from t;\n+from u;\n*** Delete File: b.sql\n*** End Patch"
    _ = expander.expand(Calls.make("shell", ["command": ["apply_patch", second]]))
    #expect(
      Calls.shown(expander.expand(Calls.make("shell", ["command": ["bash", "-lc", "psql -f c.sql; psql -f b.sql"]])))
        == ["sql|select 1\nfrom u", "connection|psql"])
  }

  @Test func `what is typed goes to the program that an earlier call started`() {
    var expander = EffectExpander()
    #expect(
      Calls.shown(expander.expand(Calls.make("exec_command", ["cmd": "psql -h db shop"], id: "a"))) == [
        "connection|psql"
      ])
    func type(_ text: String, _ id: String = "a") -> [ExpectedEffect] {
      expander.expand(Calls.make("write_stdin", ["session_id": 1, "chars": text], id: "x\(text.count)", continues: id))
    }
    let first = type("select 1\n")
    #expect(first.isEmpty)
    let second = type("from t;\n\\d users\n")
    #expect(second.first?.text == "select 1\nfrom t" && second.first?.evidence == .typed && second.first?.host == "db")
    #expect(second.count == 4)
    #expect(type("\u{3}").isEmpty && type("\\q\n").isEmpty)

    _ = expander.expand(Calls.make("exec_command", ["cmd": "ssh deploy@web"], id: "b"))
    #expect(Calls.shown(type("uptime\n", "b")) == ["command|uptime"])
    #expect(Calls.shown(type("psql shop\n", "b")) == ["command|psql shop", "connection?|psql"])
    #expect(Calls.shown(type("select 7;\n", "b")) == ["sql|select 7"])
    #expect(type("\\q\n", "b").isEmpty)
    #expect(Calls.shown(type("df -h\n", "b")) == ["command|df -h"])

    _ = expander.expand(Calls.make("exec_command", ["cmd": "bash"], id: "c"))
    #expect(Calls.shown(type("psql -c 'select 8'\n", "c")) == ["sql|select 8"])
    _ = expander.expand(Calls.make("exec_command", ["cmd": "python3"], id: "d"))
    #expect(Calls.shown(type("cur.execute('select 9 from t')\n", "d")) == ["sql|select 9 from t"])
  }

  @Test func `programs of other languages are read for their statements and requests`() {
    let python = """
      import psycopg, requests
      BASE = "http://h:8000"
      conn = psycopg.connect("host=db dbname=shop user=app")
      cur = conn.cursor()
      cur.execute("select * from users where id = %s", (5,))
      cur.execute(f"delete from {table} where id = 3")
      sql = \"\"\"
        insert into t (a, b)
        values (%s, %s)
      \"\"\"
      for row in rows:
          cur.execute("update t set a = %(a)s", row)
      requests.get(f"{BASE}/users/{uid}", timeout=3)
      requests.request("PATCH", BASE + "/x")
      print("Select the file from the list")
      """
    let effects = Calls.bash("python3 - <<'EOF'\n\(python)\nEOF")
    #expect(
      Calls.shown(effects) == [
        "connection|python3", "sql|select * from users where id = …", "sql|delete from … where id = 3",
        "sql|insert into t (a, b)\n  values (…, …)",
        "sql?*|update t set a = …", "http|GET http://h:8000/users/…", "http|PATCH http://h:8000/x",
      ])
    #expect(effects[1].host == "db" && effects[1].database == "shop" && effects[1].fingerprint != nil)
    #expect(effects[1].matches("select * from users where id = $1") == .pattern)

    let script = """
      import pg from 'pg'
      const rows = await client.query('SELECT id FROM orders WHERE total > $1', [10])
      await fetch(`http://api:3000/orders/${id}`, { method: 'DELETE' })
      const r = await fetch("https://api.example/health")
      """
    #expect(
      Calls.bashShown("cat > x.ts <<'EOF'\n\(script)\nEOF\nnpx tsx x.ts") == [
        "connection|tsx", "sql|SELECT id FROM orders WHERE total > $1", "http|DELETE http://api:3000/orders/…",
        "http|GET https://api.example/health",
      ])
    #expect(Calls.bashShown("ruby -e 'conn.exec(\"select 1 from t\")'") == ["sql|select 1 from t"])
    #expect(Calls.bashShown("python -c \"import os; os.system('curl http://h/x')\"") == ["http|GET http://h/x"])
    #expect(
      Calls.bashShown(
        "python3 -c \"from sqlalchemy import create_engine; e = create_engine('postgresql+psycopg://app@db/shop')\"")
        == ["connection|python3"])
  }

  @Test(arguments: ["python3 -", "ruby -", "node -"])
  func `a backtick after a literal is no end of the text`(_ program: String) {
    let code = "cur.execute('select 1 from t' `a` + b`c`)\nx = 'd' `e"
    let effects = Calls.bashShown("\(program) <<'EOF'\n\(code)\nEOF")
    #expect(effects.contains { $0.contains("select 1 from t") }, "\(effects)")
  }

  @Test func `drivers' parameters have the fingerprint of values`() throws {
    var sql = SQLClassifier()
    var context = SQLContext()
    let given = Calls.bash("python3 -c \"cur.execute('select * from users where id = %s and name = %(n)s', x)\"").first
    for text in ["select * from users where id = 5 and name = 'x'", "select * from users where id = $1 and name = $2"] {
      #expect(try #require(sql.classify(text, in: &context).first).classification.fingerprint == given?.fingerprint)
    }
  }

  @Test func `migration tools run what was written for them`() {
    var expander = EffectExpander()
    let migration = """
      def upgrade():
          op.create_table('orders', sa.Column('id', sa.Integer()))
          op.add_column('users', sa.Column('age', sa.Integer()))
          op.execute("UPDATE users SET age = 0")
      """
    _ = expander.expand(Calls.make("Write", ["file_path": "/w/alembic/versions/001_x.py", "content": migration]))
    let effects = expander.expand(Calls.make("Bash", ["command": "alembic upgrade head"]))
    #expect(
      Calls.shown(effects) == [
        "connection|alembic", "sql?|UPDATE users SET age = 0", "sql?|CREATE TABLE orders (…)",
        "sql?|ALTER TABLE users ADD COLUMN age …",
      ])
    #expect(
      effects[2].matches("\nCREATE TABLE orders (\n\tid SERIAL NOT NULL, \n\tPRIMARY KEY (id)\n)\n\n") == .pattern)
    #expect(Calls.bashShown("python manage.py migrate") == ["connection|django"])
    #expect(Calls.bashShown("npx prisma migrate deploy") == ["connection|prisma"])
    #expect(Calls.bashShown("bundle exec rails db:migrate") == ["connection|rails"])
    #expect(Calls.bash("dbmate --url postgres://u@db:5433/x up").first?.port == 5433)
  }

  @Test func `arguments of other tools are statements and requests`() {
    var expander = EffectExpander()
    let query = expander.expand(Calls.make("mcp__postgres__query", ["sql": "select * from users;"]))
    #expect(
      Calls.shown(query) == ["sql|select * from users"] && query.first?.evidence == .toolArgument
        && query.first?.fingerprint != nil)
    #expect(expander.expand(Calls.make("WebSearch", ["query": "select the best laptop from the list"])).isEmpty)
    #expect(expander.expand(Calls.make("mcp__docs__search", ["query": "update from 14 to 15"])).isEmpty)
    #expect(
      Calls.shown(expander.expand(Calls.make("WebFetch", ["url": "https://a.example/x", "prompt": "p"]))) == [
        "http|GET https://a.example/x"
      ])
    #expect(
      Calls.shown(
        expander.expand(Calls.make("mcp__http__request", ["url": "http://a/x", "method": "put", "body": "b"]))) == [
          "http|PUT http://a/x"
        ])
    #expect(
      Calls.shown(expander.expand(Calls.make("run_in_terminal", ["command": "psql -c 'select 1'"]))) == ["sql|select 1"]
    )
    #expect(
      Calls.shown(expander.expand(Calls.make("execute_ipython_cell", ["code": "cur.execute('select 1 from t')"]))) == [
        "sql|select 1 from t"
      ])
    #expect(
      Calls.shown(expander.expand(Calls.make("shell", ["command": ["psql", "-c", "select 'it''s'"]]))) == [
        "sql|select 'it''s'"
      ])
  }

  @Test func `directories and exported variables last from call to call`() {
    var expander = EffectExpander()
    _ = expander.expand(
      Calls.make("Bash", ["command": "export DATABASE_URL=postgres://app@db/shop PAGE=3; cd sub"], directory: "/w"))
    _ = expander.expand(Calls.make("Bash", ["command": "echo 'select 1;' > q.sql"], directory: nil))
    let effects = expander.expand(
      Calls.make("Bash", ["command": "psql $DATABASE_URL -f /w/sub/q.sql; curl h/$PAGE"], directory: nil))
    #expect(Calls.shown(effects) == ["sql|select 1", "http|GET http://h/3"])
    #expect(effects.first?.host == "db")
  }

  @Test func `programs that call tools are read for what they call`() {
    var expander = EffectExpander()
    let patch = "await tools.apply_patch(\"*** Begin Patch\\n*** Add File: a.sql\\n+select 3;\\n*** End Patch\");"
    #expect(expander.expand(Calls.make("exec", text: patch)).isEmpty)
    let code =
      "const [a, b] = await Promise.all([tools.exec_command({cmd: \"psql -c \\\"select 1\\\"\", workdir: '/w'}), tools.exec_command({\"cmd\": `psql -f a.sql; curl h/${x}`})]);"
    #expect(
      Calls.shown(expander.expand(Calls.make("exec", text: code))) == [
        "sql|select 1", "sql|select 3", "http|GET http://h/…",
      ])
  }

  @Test func `scripts that were written are run`() {
    var expander = EffectExpander()
    _ = expander.expand(
      Calls.make(
        "create_file",
        [
          "path": "/w/run.sh",
          "content": "#!/bin/bash\nfor t in a b; do psql -c \"select 1 from $t where x = '$1'\"; done\n",
        ]))
    _ = expander.expand(
      Calls.make(
        "Write",
        ["file_path": "/w/tools/load.py", "content": "#!/usr/bin/env python3\ncur.execute('select 2 from t')\n"]))
    let effects = expander.expand(
      Calls.make("Bash", ["command": "chmod +x run.sh; ./run.sh five; bash run.sh six; ./tools/load.py"]))
    #expect(
      Calls.shown(effects) == [
        "sql|select 1 from a where x = 'five'", "sql|select 1 from b where x = 'five'",
        "sql|select 1 from a where x = 'six'",
        "sql|select 1 from b where x = 'six'", "sql|select 2 from t",
      ])
    #expect(effects.allSatisfy { $0.evidence == .writtenFile })
  }

  @Test func `what is cut short, strange or served elsewhere is no trap`() {
    var expander = EffectExpander()
    var cut = Calls.make("Bash", text: "{\"command\": \"psql -c 'sel")
    cut.isCut = true
    #expect(expander.expand(cut).isEmpty)
    var server = Calls.make("WebFetch", ["url": "http://h/x"])
    server.isServerSide = true
    #expect(expander.expand(server).isEmpty)
    for text in [
      "", "{}", "[]", "null", "{\"command\":[]}", "{\"command\":{\"a\":1}}", "{\"file_path\":\"\",\"content\":\"\"}",
    ] {
      for tool in ["Bash", "Write", "Edit", "apply_patch", "write_stdin", "mcp__a__b", ""] {
        #expect(expander.expand(Calls.make(tool, text: text)).isEmpty)
      }
    }
  }
}
