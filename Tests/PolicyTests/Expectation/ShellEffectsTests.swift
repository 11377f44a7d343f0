import Model
import Testing

@testable import Policy

@Suite struct ShellEffectsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var command: String
    var effects: [String]
    init(_ command: String, _ effects: [String]) { (self.command, self.effects) = (command, effects) }
    var testDescription: String { command }
  }

  static let psql: [Case] = [
    Case("psql -c 'SELECT 1'", ["sql|SELECT 1"]),
    Case(
      "psql -h db -U app shop -c \"select * from users where id = 5;\" -c 'select 2'",
      ["sql|select * from users where id = 5", "sql|select 2"]),
    Case("psql -c 'select 1; select 2'", ["sql|select 1", "sql|select 2"]),
    Case("echo 'select 1;' | psql shop", ["sql|select 1"]),
    Case("echo \"select $ID\" | psql", ["sql|select …"]),
    Case("ID=7; psql -c \"select $ID\"", ["sql|select 7"]),
    Case(
      "psql <<'EOF'\nselect 1;\n-- a note\nupdate t\n set a = 2;\nEOF", ["sql|select 1", "sql|update t\n set a = 2"]),
    Case("psql <<< 'select 3'", ["sql|select 3"]),
    Case("cat > q.sql <<'EOF'\nselect 4;\nEOF\npsql -f q.sql", ["sql|select 4"]),
    Case("cat > q.sql <<'EOF'\nselect 4;\nEOF\npsql < q.sql", ["sql|select 4"]),
    Case("printf 'select 5;\\n' > q.sql && psql -f ./q.sql", ["sql?|select 5"]),
    Case("echo 'select 6' | tee q.sql >/dev/null; psql -c \"$(cat q.sql)\"", ["sql|select 6"]),
    Case("sudo -u postgres psql -tAc 'select 1'", ["sql|select 1"]),
    Case("bash -lc \"PGHOST=db psql -c 'select 1'\"", ["sql|select 1"]),
    Case("timeout 5 env PGPASSWORD=x nohup psql -c 'select 1' &", ["sql|select 1"]),
    Case("time psql -c 'select 1'", ["sql|select 1"]),
    Case(
      "for t in a b; do psql -c \"select count(*) from $t\"; done",
      ["sql|select count(*) from a", "sql|select count(*) from b"]),
    Case(
      "for t in $(psql -Atc 'select n from l'); do psql -c \"select 1 from $t\"; done",
      ["sql|select n from l", "sql?*|select 1 from …"]),
    Case("while true; do psql -c 'select 1'; sleep 1; done", ["sql?*|select 1"]),
    Case("false && psql -c 'select 1' || psql -c 'select 2'", ["sql?|select 1", "sql?|select 2"]),
    Case("if x; then psql -c 'select 1'; fi", ["sql?|select 1"]),
    Case("q() { psql -c \"$1\"; }; q 'select 9'", ["sql|select 9"]),
    Case("echo a b | xargs -I{} psql -c \"select '{}'\"", ["sql*|select '…'"]),
    Case("psql", ["connection|psql"]),
    Case("psql -f missing.sql", ["connection|psql"]),
    Case("psql -c \"$SQL\"", ["connection|psql"]),
    Case("psql -1 -c 'select 1'", ["sql|BEGIN", "sql|select 1", "sql|COMMIT"]),
    Case("psql -c '\\copy users to out.csv csv header'", ["sql|COPY  users TO STDOUT csv header"]),
    Case(
      "psql -c \"\\copy t (a, b) from 'x.csv' with (format csv)\"", ["sql|COPY  t (a, b) FROM STDIN with (format csv)"]),
    Case("psql -v n=3 <<'E'\nselect :n, :'n', x::int from t;\nE", ["sql|select 3, '3', x::int from t"]),
    Case("docker exec -i db psql -U app -c 'select 1'", ["sql|select 1"]),
    Case("docker compose exec -T db psql -U app shop -c 'select 1'", ["sql|select 1"]),
    Case(
      "kubectl exec -n prod pg-0 -- psql -c 'select 1'",
      ["http|… …/api/v1/namespaces/prod/pods/pg-0/exec…", "sql|select 1"]),
    Case(
      "createdb -h db shop; dropdb --if-exists Shop",
      ["sql|CREATE DATABASE shop", "sql|DROP DATABASE IF EXISTS \"Shop\""]),
    Case("pg_dump -h db shop > out.sql", ["connection|pg_dump"]),
    Case("psql -f <(echo 'select 8')", ["sql|select 8"]),
    Case("cat a.sql | psql", ["connection|psql"]),
    Case("{ echo 'select 1;'; echo 'select 2;'; } | psql", ["sql|select 1", "sql|select 2"]),
    Case("sqlite3 x.db 'select 1'", []),
    Case("ls -la; grep psql README.md", []),
  ]

  @Test(arguments: psql) func `psql sends what it is given`(_ example: Case) {
    #expect(Calls.bashShown(example.command) == example.effects)
  }

  static let web: [Case] = [
    Case("curl http://a.example/x", ["http|GET http://a.example/x"]),
    Case("curl -s localhost:8080", ["http|GET http://localhost:8080/"]),
    Case(
      "curl -X POST https://a.example/api -H 'Content-Type: application/json' -d '{\"a\":1}'",
      ["http|POST https://a.example/api"]),
    Case("curl --json '{}' a.example", ["http|POST http://a.example/"]),
    Case("curl -G a.example/s -d q=1 --data-urlencode 'r=a b'", ["http|GET http://a.example/s?q=1&r=a%20b"]),
    Case(
      "curl -I a.example --next -T f.txt http://b.example/up/",
      ["http|HEAD http://a.example/", "http|PUT http://b.example/up/f.txt"]),
    Case("curl \"$BASE/users/$ID\"", ["http|GET …/users/…"]),
    Case("BASE=http://h:1; curl $BASE/users", ["http|GET http://h:1/users"]),
    Case("curl http://h/{a,b}", ["http|GET http://h/a", "http|GET http://h/b"]),
    Case("for i in 1 2; do curl -sf http://h/$i || true; done", ["http|GET http://h/1", "http|GET http://h/2"]),
    Case("wget -q --post-data 'a=1' http://h/x", ["http|POST http://h/x"]),
    Case("http POST :8000/items name=x", ["http|POST http://localhost:8000/items"]),
    Case("gh api repos/o/r/pulls", ["http|GET https://api.github.com/repos/o/r/pulls…"]),
    Case("kubectl get pods -n shop", ["http|GET …/api/v1/namespaces/shop/pods…"]),
    Case("kubectl delete deployment/web -n shop", ["http|DELETE …/apis/apps/v1/namespaces/shop/deployments/web…"]),
    Case("aws --region eu-west-1 s3 ls", ["connection|aws"]),
    Case("until curl -sf http://h/health; do sleep 1; done", ["http?*|GET http://h/health"]),
  ]

  @Test(arguments: web) func `clients of HTTP ask what they are told`(_ example: Case) {
    #expect(Calls.bashShown(example.command) == example.effects)
  }

  static let remote: [Case] = [
    Case("ssh web 'uptime; df -h'", ["command|uptime; df -h"]),
    Case("ssh -p 2222 -i k deploy@web \"psql -c 'select 1'\"", ["command|psql -c 'select 1'", "sql?|select 1"]),
    Case("ssh web ls -l  /tmp", ["command|ls -l /tmp"]),
    Case("ssh web \"cd /app && echo $TAG\"", ["command|cd /app && echo …"]),
    Case("ssh a \"ssh b 'id'\"", ["command|ssh b 'id'", "command?|id"]),
    Case(
      "ssh web <<'EOF'\nuptime\ndf -h | tail -1\nEOF",
      ["connection|ssh", "command?|uptime", "command?|df -h | tail -1"]),
    Case("ssh web bash -s <<'EOF'\ncurl http://h/x\nEOF", ["command|bash -s", "http?|GET http://h/x"]),
    Case("ssh web", ["connection|ssh"]),
    Case("scp a.txt deploy@web:/srv/", ["file|put /srv/a.txt"]),
    Case("scp -P 22 web:/var/log/x.log .", ["file|get /var/log/x.log"]),
    Case("scp a.txt web:b", ["file|put …b", "file?|put …b/a.txt"]),
    Case("rsync -az src/ web:/srv/app", ["command|rsync --server …. /srv/app"]),
    Case("sftp web <<'E'\ncd /srv\nput a.txt\nget b.txt\nE", ["file|put /srv/a.txt", "file|get /srv/b.txt"]),
    Case("git push origin main", ["repository|push …"]),
    Case(
      "git remote add origin git@git.internal:shop.git && git push -u origin main",
      ["repository?|push git.internal/shop.git", "command?|git-receive-pack 'shop.git'"]),
    Case(
      "git clone ssh://git@git.internal:2222/srv/shop.git",
      ["repository|fetch git.internal/srv/shop.git", "command|git-upload-pack '/srv/shop.git'"]),
    Case("git clone https://github.com/o/r.git", ["repository|fetch github.com/o/r.git"]),
    Case("git status && git log -3", []),
  ]

  @Test(arguments: remote) func `commands for other hosts are as those get them`(_ example: Case) {
    #expect(Calls.bashShown(example.command) == example.effects)
  }

  @Test func `connections have what options, addresses and variables say`() throws {
    let flags = try #require(Calls.bash("psql -h db1 -p 5433 -U app -d shop -c 'select 1'").first)
    #expect(flags.host == "db1" && flags.port == 5433 && flags.user == "app" && flags.database == "shop")
    let uri = try #require(Calls.bash("psql postgresql://app:pw@db2:6432/shop?sslmode=require -c 'select 1'").first)
    #expect(uri.host == "db2" && uri.port == 6432 && uri.user == "app" && uri.database == "shop")
    let words = try #require(Calls.bash("psql 'host=db3 dbname=shop user=app' -c 'select 1'").first)
    #expect(words.host == "db3" && words.user == "app" && words.database == "shop")
    let variables = try #require(Calls.bash("export PGHOST=db4; PGDATABASE=shop psql -c 'select 1'").first)
    #expect(variables.host == "db4" && variables.database == "shop")
    let wrapped = try #require(Calls.bash("env PGHOST=db5 psql -c 'select 1'").first)
    #expect(wrapped.host == "db5")
    let known = try #require(Calls.bash("DATABASE_URL=postgres://u@db6/x; psql \"$DATABASE_URL\" -c 'select 1'").first)
    #expect(known.host == "db6" && known.database == "x")
    let open = try #require(Calls.bash("psql \"$DATABASE_URL\" -c 'select 1'").first)
    #expect(open.host == nil && open.database == nil)
    let ssh = try #require(Calls.bash("ssh -p 2222 deploy@web uptime").first)
    #expect(ssh.host == "web" && ssh.port == 2222 && ssh.user == "deploy" && ssh.program == "ssh")
    let curl = try #require(Calls.bash("curl -u me:x https://a.example/x -d 'k=v' -d 'l=w'").first)
    #expect(curl.host == "a.example" && curl.port == 443 && curl.user == "me" && curl.body == "k=v&l=w")
  }

  @Test func `psql's own commands become what it sends for them`() throws {
    let effects = Calls.bash("psql -c '\\d users'")
    let seen = """
      SELECT c.oid,
        n.nspname,
        c.relname
      FROM pg_catalog.pg_class c
           LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relname OPERATOR(pg_catalog.~) '^(users)$' COLLATE pg_catalog.default
        AND pg_catalog.pg_table_is_visible(c.oid)
      ORDER BY 2, 3
      """
    #expect(try #require(effects.first).matches(seen) == .pattern)
    #expect(try #require(Calls.bash("psql -c '\\d orders'").first).matches(seen) == .none)
  }

  @Test func `fingerprints are those of the actions`() throws {
    var sql = SQLClassifier()
    var context = SQLContext()
    for text in [
      "SELECT * FROM users WHERE id = 5", "insert into t(a,b) values (1,'x')", "ALTER TABLE t ADD COLUMN c int",
    ] {
      let action = try #require(sql.classify(text, in: &context).first?.classification.fingerprint)
      #expect(Calls.bash("psql -c \"\(text);\"").first?.fingerprint == action)
    }
    let quoted = Calls.bash("psql -c \"select * from users where name = '$NAME'\"").first
    let plain = sql.classify("select * from users where name = 'Ada'", in: &context).first
    #expect(quoted?.fingerprint != nil && quoted?.fingerprint == plain?.classification.fingerprint)
    #expect(Calls.bash("psql -c \"select * from $TABLE\"").first?.fingerprint == nil)
  }
}
