"""What people ask of the agents, and what the agents do then. Each topic draws its details from the conversation's generator."""

import random
from dataclasses import dataclass

import projects
import world
from steps import Compact, Delegate, Delegates, Edit, Live, Outside, Run, Settle, Together, Turn, Write


@dataclass
class Place:
    """What a topic may know of its conversation."""
    rng: random.Random
    number: int
    pg: int
    http: int
    https: int
    host: str
    files: dict
    databases: list
    round: int = 0

    def database(self) -> str:
        name = f"dev_{self.number}_{len(self.databases)}"
        self.databases.append(name)
        return name

    def psql(self) -> str:
        """The ways in which a command names the database: the environment, switches, an address, a variable."""
        return self.rng.choice((
            "psql", "psql", "psql shop", "psql -X -A -t", f"psql -h 127.0.0.1 -p {self.pg} -U agent -d shop",
            f'psql "postgresql://agent@127.0.0.1:{self.pg}/shop"', "psql $DATABASE_URL", "psql -v ON_ERROR_STOP=1 -d shop",
            f"PGDATABASE=shop psql -h 127.0.0.1 -p {self.pg}"))

    def url(self) -> str:
        return self.rng.choice((f"http://127.0.0.1:{self.http}", f"https://{self.host}:{self.https}", "$SHOP_URL"))

    def query(self, sql: str) -> str:
        return f'{self.psql()} -c "{sql}"'


def ask(p: Place, note="Ask the database") -> Run:
    return Run(p.query(world.read(p.rng)), "psql -c", note)


def change(p: Place, note="Change the data") -> Run:
    return Run(p.query(world.write(p.rng)), "psql -c", note)


def fetch(p: Place, note="Ask the shop's API") -> Run:
    base = p.url()
    path = p.rng.choice(world.COMMON_PATHS) if p.rng.random() < 0.4 else p.rng.choice(
        (f"/customers/{p.rng.randrange(1, 300)}", f"/orders/{p.rng.randrange(1, 900)}", f"/orders?customer={p.rng.randrange(1, 300)}"))
    return Run(f'curl -s "{base}{path}"', "curl", note)


# Topics

def inspect(p):
    return Turn("How many orders are waiting, and who placed the big ones?", [ask(p), ask(p), Run(p.query(
        f"{world.read(p.rng)}; {world.read(p.rng)}"), "psql -c", "Two questions at once")])


def repair(p):
    order, customer = p.rng.randrange(1, 900), p.rng.randrange(1, 300)
    wrong = f"UPDATE orders SET status = 'paid' WHERE id = {order}"
    right = f"UPDATE orders SET state = 'paid' WHERE id = {order}"
    return Turn(f"Order {order} of customer {customer} was paid by transfer, please correct it.", [
        Run(p.query(f"SELECT id, state FROM orders WHERE id = {order}"), "psql -c", "Look at the order"),
        Run(p.query(wrong), "psql -c", "Mark it as paid"),
        Run(p.query("SELECT column_name FROM information_schema.columns WHERE table_name = 'orders'"), "psql -c", "Find the column"),
        Run(p.query(right), "psql -c", "Mark it as paid"), change(p, "Note it down"),
        Run(p.query(f"SELECT id, state FROM orders WHERE id = {order}"), "psql -c", "Look again")])


def migrate(p):
    number, column = 40 + p.round, f"score_{p.number}_{p.round}"
    path = f"migrations/{number:04d}_{column}.sql"
    content = (f"BEGIN;\nALTER TABLE customers ADD COLUMN {column} int DEFAULT 0;\n"
               f"UPDATE customers SET {column} = {p.rng.randrange(2, 900)} WHERE id < {p.rng.randrange(10, 60)};\n"
               f"-- the report needs it\nCREATE INDEX ON customers ({column});\nCOMMIT;\n")
    return Turn(f"Customers need a column {column}; write a migration and apply it.", [
        Run("ls migrations 2>/dev/null || mkdir -p migrations", "local", "Look at the migrations", wire=False), Write(path, content),
        Run(f"{p.psql()} -f {path}", "psql -f", "Apply the migration"),
        Run(p.query(f"SELECT count(*) FROM customers WHERE {column} > 0"), "psql -c", "Check the column")])


def report(p):
    a, b, c = world.read(p.rng), world.read(p.rng), world.read(p.rng)
    return Turn("Put together the numbers for the weekly report.", [
        Run(f"{p.psql()} <<'SQL'\n{a};\n{b};\n{c};\nSQL", "psql heredoc", "Ask for the numbers"),
        Run(f'echo "{world.read(p.rng)};" | {p.psql()}', "psql pipe", "One more number"),
        Write("weekly.sql", f"{world.read(p.rng)};\n{world.read(p.rng)};\n"),
        Run(f"cat weekly.sql | {p.psql()}", "psql pipe", "Run the report"),
        Run(f"{p.psql()} < weekly.sql > weekly.txt && wc -l weekly.txt", "psql pipe", "Keep the report")])


def sweep(p):
    ids = p.rng.sample(range(1, 900), 4)
    product = p.rng.randrange(1, 80)
    return Turn("Check these orders one by one and restock what they need.", [
        Run(f"for id in {' '.join(map(str, ids))}; do\n  psql -At -c \"SELECT state FROM orders WHERE id = $id\"\ndone", "psql loop",
            "Check the orders"),
        Run(f"ID={product}; psql -c \"UPDATE products SET stock = stock + {p.rng.randrange(2, 40)} WHERE id = $ID\" && "
            f"psql -At -c \"SELECT stock FROM products WHERE id = $ID\"", "psql variable", "Restock"),
        Run(f"psql -At -c 'SELECT id FROM orders WHERE total > 205 ORDER BY id LIMIT 3' | "
            "xargs -I{} psql -At -c 'SELECT customer_id FROM orders WHERE id = {}'", "psql loop", "Follow up"),
        Run(f"{p.query(world.read(p.rng))} && {p.query(world.write(p.rng))} && {p.query(world.read(p.rng))}", "psql chain",
            "Check, change, check")])


def script(p):
    city, low = p.rng.choice(("Bonn", "Lyon", "Porto", "Oslo")), p.rng.randrange(1, 200)
    inline = ("python3 - <<'PY'\nimport psycopg\n\nwith psycopg.connect(\"dbname=shop\") as connection:\n"
              f"    rows = connection.execute(\"SELECT id, name FROM customers WHERE city = %s AND id > %s\", (\"{city}\", {low})).fetchall()\n"
              "    print(len(rows), rows[:2])\nPY")
    file = ("import psycopg\n\nwith psycopg.connect(\"dbname=shop\") as connection, connection.cursor() as cursor:\n"
            f"    for order in ({low}, {low + 3}, {low + 9}):\n"
            "        cursor.execute(\"SELECT sum(amount) FROM payments WHERE order_id = %s\", (order,))\n"
            "        paid = cursor.fetchone()[0] or 0\n"
            "        cursor.execute(\"INSERT INTO audit_log (actor, note) VALUES (%s, %s)\", (\"reconcile\", f\"order {order}: {paid}\"))\n")
    other = ("import asyncio\n\nimport asyncpg\n\n\nasync def main():\n    connection = await asyncpg.connect(database=\"shop\")\n"
             f"    rows = await connection.fetch(\"SELECT id, stock FROM products WHERE stock > $1 LIMIT 5\", {low})\n    print(rows)\n"
             f"    await connection.execute(\"UPDATE products SET stock = stock + $1 WHERE id = $2\", {p.rng.randrange(2, 30)}, {1 + low % 80})\n"
             "    await connection.close()\n\n\nasyncio.run(main())\n")
    return Turn(f"Reconcile the payments of our customers in {city}.", [
        Run(inline, "python inline", "Find the customers"), Write("reconcile.py", file), Run("python3 reconcile.py", "python file", "Reconcile"),
        Write("restock.py", other), Run("python3 restock.py", "python asyncpg", "Restock"), ask(p, "Check")])


def orm(p):
    low = p.rng.randrange(1, 250)
    source = ("import os\n\nfrom sqlalchemy import Integer, Numeric, String, create_engine, func, select\n"
              "from sqlalchemy.orm import DeclarativeBase, Session, mapped_column\n\n\nclass Base(DeclarativeBase):\n    pass\n\n\n"
              "class Order(Base):\n    __tablename__ = \"orders\"\n    id = mapped_column(Integer, primary_key=True)\n"
              "    customer_id = mapped_column(Integer)\n    total = mapped_column(Numeric)\n    state = mapped_column(String)\n\n\n"
              "engine = create_engine(os.environ[\"SQLALCHEMY_URL\"])\nwith Session(engine) as session:\n"
              f"    for order in session.scalars(select(Order).where(Order.customer_id == {low}).limit(3)):\n"
              "        order.state = \"shipped\"\n"
              f"    print(session.scalar(select(func.sum(Order.total)).where(Order.customer_id.between({low}, {low + 20}))))\n"
              f"    session.add(Order(customer_id={low}, total={p.rng.randrange(10, 400)}, state=\"new\"))\n    session.commit()\n")
    return Turn(f"Ship the open orders of customer {low} with the ORM models.", [
        Write("ship.py", source), Run("python3 ship.py", "sqlalchemy", "Ship the orders"), ask(p, "Check")])


def alembic(p):
    database, first, second = p.database(), f"{p.rng.getrandbits(48):012x}", f"{p.rng.getrandbits(48):012x}"
    p.files |= projects.alembic(p.pg, database, first)
    column = p.rng.choice(("points", "credit", "visits")) + f"_{p.number}"
    content = projects.ALEMBIC_NEXT.format(title=column, revision=second, before=first, column=column,
                                           default=p.rng.randrange(1, 9), value=p.rng.randrange(10, 99), limit=p.rng.randrange(3, 90))
    return Turn(f"Accounts need {column}: add an Alembic revision and bring {database} up to date.", [
        Write(f"alembic/versions/{second}_{column}.py", content), Run("alembic upgrade head", "alembic", "Upgrade"),
        Run(f"psql -d {database} -c \"SELECT version_num FROM alembic_version\"", "psql -c", "Check the version"),
        Run("alembic downgrade -1 && alembic upgrade head", "alembic", "See that it can be taken back")])


def django(p):
    database = p.database()
    p.files |= projects.django(p.pg, database)
    detail = {"field": p.rng.choice(("value", "worth", "level")), "default": p.rng.randrange(2, 500)}
    return Turn(f"Members earn rewards with a {detail['field']}: add the model and migrate {database}.", [
        Write("loyalty/models.py", projects.DJANGO_MODELS.format(**detail)),
        Write("loyalty/migrations/0002_reward.py", projects.DJANGO_NEXT.format(**detail)),
        Run("python3 manage.py migrate", "django", "Migrate"),
        Run("python3 manage.py shell -c \"from loyalty.models import Member; print(Member.objects.filter(points__gt=1).count())\"",
            "django", "Check the members")])


def api(p):
    customer = p.rng.randrange(1, 300)
    body = f'{{"customer": {customer}, "total": "{p.rng.randrange(10, 300)}.50"}}'
    base = p.url()
    return Turn(f"Customer {customer} ordered by telephone: enter it through the API.", [
        Run(f"curl -s {base}/customers/{customer}", "curl", "Look at the customer"),
        Run(f"curl -s -X POST {base}/orders -H 'Content-Type: application/json' -d '{body}'", "curl", "Enter the order"),
        fetch(p), Run(p.query(f"SELECT id, total FROM orders WHERE customer_id = {customer} ORDER BY id DESC LIMIT 1"), "psql -c", "Check it")])


def api_loop(p):
    ids = p.rng.sample(range(1, 300), 3)
    base, order = p.url(), p.rng.randrange(1, 900)
    return Turn("Compare what the API says of these customers with the database.", [
        Run(f"for c in {' '.join(map(str, ids))}; do curl -s {base}/customers/$c; echo; done", "curl loop", "Ask for each"),
        Run(f"curl -s -X PATCH {base}/orders/{order} --json '{{\"state\": \"paid\"}}' && curl -s {base}/orders/{order}", "curl chain",
            "Change and look"),
        Run(f"curl -sf {base}/orders/99{order}99", "curl", "Look at a missing order"), fetch(p),
        Run(p.query(f"SELECT name, email FROM customers WHERE id IN ({', '.join(map(str, ids))})"), "psql -c", "Ask the database")])


def remote(p):
    return Turn("The API is slow; see what the host says.", [
        Run(f"ssh app.internal '{p.rng.choice(world.REMOTE)}'", "ssh", "Look at the host"),
        Run(f"ssh app.internal {p.rng.choice(world.REMOTE)} && ssh app.internal \"grep -c 'request {p.rng.randrange(1, 99)} ' logs/shop-api.log\"",
            "ssh", "Look at the log"),
        Run(f"ssh app.internal 'bash -s' <<'EOF'\ntail -n {p.rng.randrange(2, 9)} logs/shop-api.log\nuptime\nEOF", "ssh heredoc", "Look closer"),
        Run(f"ssh app.internal \"psql -At -c \\\"{world.read(p.rng)}\\\"\"", "ssh psql", "Ask the database from there")])


def deploy(p):
    release = 100 + p.number * 10 + p.round
    return Turn(f"Put release {release} onto the host.", [
        Write(f"release-{release}.conf", f"listen = 8080\nrelease = {release}\nworkers = {p.rng.randrange(2, 9)}\n"),
        Run(f"ssh app.internal mkdir -p releases/{release}", "ssh", "Make the folder"),
        Run(f"scp -q release-{release}.conf app.internal:releases/{release}/shop.conf", "scp", "Copy the configuration"),
        Run(f"ssh app.internal 'cat releases/{release}/shop.conf && ln -sfn {release} releases/current-{p.number}'", "ssh", "Switch"),
        Run(f"sftp -q -b - app.internal <<'EOF'\nget releases/{release}/shop.conf back-{release}.conf\nls releases\nEOF", "sftp", "Read it back")])


def repository(p):
    clone = f"shop-{p.number}-{p.round}"
    return Turn("Write the changed price into the repository.", [
        Run(f"git clone -q app.internal:git/shop.git {clone}", "git", "Clone"),
        Write(f"{clone}/price-{p.number}-{p.round}.txt", f"price = {p.rng.randrange(10, 99)}\n"),
        Run(f"cd {clone} && git checkout -q -b price-{p.number}-{p.round} && git add -A && git commit -q -m 'Price' && "
            f"git push -q origin price-{p.number}-{p.round}", "git", "Commit and push"),
        Run(f"cd {clone} && git fetch -q origin && git log --oneline -3", "git", "See that it arrived")])


def parallel(p):
    return Turn("Give me an overview: stock, orders, payments, and the API's health.", [
        Together([ask(p), ask(p), fetch(p)]), Together([ask(p), Run(f"ssh app.internal '{p.rng.choice(world.REMOTE)}'", "ssh", "The host"),
                                                         fetch(p), ask(p)]), ask(p)])


def twins(p):
    """The same statement twice at the same moment, and once more later: only order and connection tell them apart."""
    sql = world.read(p.rng)
    return Turn("Is that number stable?", [
        Together([Run(f'psql -c "{sql}"', "psql -c", "Once"), Run(f'psql -At -c "{sql}"', "psql -c", "Twice")]),
        Run(f'psql -c "{sql}"', "psql -c", "And again")])


def background(p):
    table = f"export_{p.number}_{p.round}"
    long = (f"for n in 1 2 3; do psql -c \"INSERT INTO audit_log (actor, note) VALUES ('{table}', 'part $n')\"; sleep 0.4; done; "
            f"psql -c \"CREATE TABLE {table} AS SELECT * FROM orders WHERE total > {p.rng.randrange(100, 190)}\"")
    return Turn("Export the big orders in the background, and look at the promotions meanwhile.", [
        Run(long, "psql background", "Export the orders", background=True), ask(p), change(p), fetch(p), Settle(),
        Run(f'psql -c "SELECT count(*) FROM {table}"', "psql -c", "Check the export")])


def patient(p):
    """A command that takes its time, in whose interval much else happens."""
    order = p.rng.randrange(1, 900)
    return Turn("Recompute the totals; it takes a while, wait for it.", [
        Run(f"psql -c 'SELECT pg_sleep(2.{p.rng.randrange(1, 9)})' -c \"UPDATE orders SET total = total + 0 WHERE id BETWEEN {order} AND {order + 9}\"",
            "psql slow", "Recompute"), ask(p), fetch(p)])


def swapped(p):
    customer = p.rng.randrange(1, 300)
    name = f"stale-{p.number}-{p.round}.sql"
    return Turn("List the stale promotions, do not change anything.", [
        Write(name, f"SELECT code, percent FROM promotions WHERE percent < {p.rng.randrange(6, 12)} ORDER BY code LIMIT 5;\n"),
        Outside(name, f"DELETE FROM promotions WHERE percent < {p.rng.randrange(2, 6)};\nUPDATE customers SET city = NULL WHERE id = {customer};\n"),
        Run(f"psql -f {name}", "psql -f", "List them", mismatch=True), ask(p)])


def silent(p):
    return Turn("Check that the reporting database answers.", [
        Run("psql -h reports.shop.invalid -c 'SELECT 1'", "psql -c", "Ask it", wire=False),
        Run("python3 -c \"import psycopg, sys; sys.exit('no configuration'); psycopg.connect()\"", "python inline", "Try the driver", wire=False),
        Run(f"curl -s http://shop.invalid/orders/{p.rng.randrange(1, 99)}", "curl", "Try the API", wire=False),
        Run("ssh nowhere.invalid uptime", "ssh", "Try the host", wire=False), ask(p, "Ask the main database")])


def delegated(p):
    def agent(name):
        steps = [ask(p), Together([ask(p), ask(p)]), fetch(p)] if p.rng.random() < 0.5 else [ask(p), change(p), ask(p)]
        return Delegate(f"Look into {name}", f"Find out what is wrong with {name} in the shop's database. Report in two sentences.", steps)
    return Turn("Look into stock and payments side by side.", [
        Delegates([agent("stock"), agent("payments")]), ask(p), Delegates([agent("the promotions")])])


def edit(p):
    low, name = p.rng.randrange(100, 150), f"top-{p.number}-{p.round}.sql"
    old, new = f"WHERE total > {low}", f"WHERE total > {low + p.rng.randrange(10, 60)}"
    return Turn("The report of large orders shows too many: raise the limit.", [
        Write(name, f"SELECT id, total FROM orders\n{old}\nORDER BY total DESC LIMIT 3;\n"),
        Run(f"psql -f {name}", "psql -f", "As it is"), Edit(name, old, new), Run(f"psql -X -f {name}", "psql -f", "With the new limit")])


def summarize(p):
    return Turn("Go on with the list of customers to write to.", [ask(p), change(p), Compact(), ask(p), change(p), ask(p)])


def live_psql(p):
    inputs = [f"{world.read(p.rng)};\n", f"{world.write(p.rng)};\n", f"BEGIN;\n{world.write(p.rng)};\n", "COMMIT;\n", f"{world.read(p.rng)};\n"]
    script = "".join(inputs)
    return Turn("Open the database and go through the open questions with me.", [
        Live(p.rng.choice(("psql", f"psql -h 127.0.0.1 -p {p.pg} -U agent shop")), "psql live", inputs, r"shop[=*!]*[>#] $", "\\q\n",
             [Run(f"psql <<'SQL'\n{script}SQL", "psql heredoc", "Go through the questions")])])


def live_python(p):
    low = p.rng.randrange(1, 200)
    inputs = ["import psycopg; c = psycopg.connect('dbname=shop', autocommit=True)\n",
              f"c.execute('SELECT name FROM customers WHERE id = %s', ({low},)).fetchone()\n",
              f"[c.execute('SELECT stock FROM products WHERE id = %s', (n,)).fetchone() for n in ({1 + low % 80}, {1 + low % 70})]\n",
              f"c.execute('UPDATE products SET stock = stock + 1 WHERE id = %s', ({1 + low % 60},)).rowcount\n"]
    source = "import psycopg\nc = psycopg.connect('dbname=shop', autocommit=True)\n" + "".join(f"print({line.strip()})\n" for line in inputs[1:])
    return Turn("Explore the stock interactively.", [
        Live("python3 -q", "python live", inputs, r">>> $", "exit()\n",
             [Run(f"python3 - <<'PY'\n{source}PY", "python inline", "Explore the stock")])])


def live_ssh(p):
    inputs = [f"{p.rng.choice(world.REMOTE)}\n", f"grep -c 'request {p.rng.randrange(1, 99)} ' logs/shop-api.log\n",
              f"psql -At -c \"{world.read(p.rng)}\"\n", f"touch logs/seen-{p.number}-{p.round}\n"]
    return Turn("Log in to the host and look around.", [
        Live("ssh -tt app.internal", "ssh live", inputs, r"app:\S*\$ $", "exit\n",
             [Run(f"ssh app.internal \"{line.strip().replace(chr(34), chr(92) + chr(34))}\"", "ssh", "Look around") for line in inputs])])


# The first of a conversation is taken in turn, so that every topic occurs; the others are drawn.
TOPICS = (migrate, script, parallel, api, alembic, live_psql, delegated, remote, orm, background, report, django, live_ssh, swapped, sweep,
          deploy, api_loop, repair, live_python, repository, twins, silent, summarize, edit, inspect, patient)
COMMON = (inspect, repair, report, sweep, parallel, api, api_loop, remote, migrate, script, live_psql, edit, twins, delegated, live_ssh, live_python,
          background, summarize, swapped, silent)
