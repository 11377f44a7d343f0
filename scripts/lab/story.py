#!/usr/bin/env python3
"""The people and programs of samples/story, played against real servers. scripts/lab/story.sh sets the stage.

    story.py --port 5432 --https 8443 --seconds 100 --bin /usr/lib/postgresql/15/bin --work DIRECTORY --transcripts DIRECTORY

Every actor reaches the servers by a loopback address of its own, by which scripts/lab/relocate.py later tells it from the
others. Moments are given in seconds of the story, which lasts 600 and is played in --seconds.
"""

import argparse
import datetime as dt
import decimal
import os
import pathlib
import random
import subprocess
import threading
import time

import psycopg
from psycopg.types.json import Jsonb

from story_agents import Assistant, Contractor

STORY = 600
STORY_START = dt.datetime(2026, 11, 20, 2, 14, tzinfo=dt.timezone.utc)
APP_ONE, APP_TWO = "127.0.0.11", "127.0.0.12"
RUNNER, BACKUP, BASTION, PAYMENTS, REPORTS = "127.0.0.21", "127.0.0.31", "127.0.0.41", "127.0.0.51", "127.0.0.61"

# Numbers that payment providers publish for testing: nobody's card.
TEST_CARDS = ["4242424242424242", "4000056655665556", "5555555555554444", "2223003122003222", "378282246310005",
              "6011111111111117"]
ITEMS = ["kettle", "toaster", "lamp", "desk fan", "blanket", "mug", "clock", "bookend", "doormat", "teapot"]


class Stage:
    def __init__(self, options):
        self.options = options
        self.start = time.monotonic()
        self.closing = threading.Event()
        self.failures = []

    def now(self):
        """Seconds of the story since it began."""
        return (time.monotonic() - self.start) * STORY / self.options.seconds

    def clock(self):
        return STORY_START + dt.timedelta(seconds=round(self.now(), 3))

    def until(self, moment):
        """The play's own pace, not a wait for anything."""
        time.sleep(max(0.0, (moment - self.now()) * self.options.seconds / STORY))

    def connect(self, host, user, application, **more):
        return psycopg.connect(
            host=host, port=self.options.port, dbname="shop", user=user, password=f"fake-{user}-password",
            application_name=application, **({"sslmode": "disable"} | more))

    def environment(self, host, user, application):
        return os.environ | {
            "PGHOST": host, "PGPORT": str(self.options.port), "PGDATABASE": "shop", "PGUSER": user, "PGSSLMODE": "disable",
            "PGPASSWORD": f"fake-{user}-password", "PGAPPNAME": application}

    def machine(self, name, host, user, application):
        """What programs on one of the hosts find in their environment. libpq takes its address from there, by whatever name."""
        home = os.path.join(self.options.work, name)
        found = {key: value for key, value in self.environment(host, user, application).items() if key not in ("PGHOST", "SSLKEYLOGFILE")}
        return found | {
            "PGHOSTADDR": host, "HOME": home, "PATH": f"{home}/bin:{os.environ['PATH']}:{self.options.bin}", "TERM": "xterm-256color", "LANG": "C.UTF-8",
            "PYTHONPATH": os.path.join(self.options.work, "pace"), "STORY_PACE": str(self.options.seconds / STORY)}

    def program(self, name):
        return os.path.join(self.options.bin, name)

    def play(self, actor, *cues):
        def run():
            try:
                actor(self, *cues)
            except BaseException as error:
                self.failures.append(f"{actor.__name__}: {error!r}")

        thread = threading.Thread(target=run)
        thread.start()
        return thread


def shop_api(stage, host, seed):
    """One connection of the pool: customers look, order and pay, on and on."""
    dice = random.Random(seed)
    stage.until(dice.uniform(0, 12))
    connection = stage.connect(host, "shop", "shop-api")
    while stage.now() < STORY - 6:
        try:
            one_request(stage, dice, connection)
        except psycopg.errors.FeatureNotSupported:
            # "cached plan must not change result type": a column came to a table under a prepared SELECT *. The pool
            # throws the connection away and opens another.
            connection.close()
            connection = stage.connect(host, "shop", "shop-api")
        stage.until(stage.now() + dice.expovariate(1 / 7.5))
    connection.close()


def one_request(stage, dice, connection):
    customer = dice.randint(1, 120)
    kind = dice.random()
    with connection.transaction():
        if kind < 0.35:
            connection.execute("SELECT * FROM customers WHERE id = %s", [customer], prepare=True).fetchone()
            connection.execute(
                "SELECT id, status, total FROM orders WHERE customer_id = %s ORDER BY id DESC LIMIT 5", [customer],
                prepare=True).fetchall()
        elif kind < 0.6:
            connection.execute(
                "SELECT id, sku, price FROM products WHERE name ILIKE %s ORDER BY price LIMIT 10",
                [f"%{dice.choice(ITEMS)}%"], prepare=True).fetchall()
        elif kind < 0.85:
            total = decimal.Decimal(dice.randint(900, 19_900)) / 100
            order = connection.execute(
                "INSERT INTO orders (customer_id, status, total, placed_at) VALUES (%s, 'placed', %s, %s) RETURNING id",
                [customer, total, stage.clock()], prepare=True).fetchone()[0]
            connection.execute(
                "INSERT INTO payments (order_id, amount, token, provider) VALUES (%s, %s, %s, %s)",
                [order, total, f"tok_{dice.getrandbits(48):012x}", Jsonb({"network": "visa", "last4": "4242"})],
                prepare=True)
            connection.execute("UPDATE orders SET status = 'paid' WHERE id = %s", [order], prepare=True)
        elif kind < 0.99:
            connection.execute(
                "UPDATE orders SET status = %s WHERE id = %s AND status = %s",
                ["shipped", dice.randint(1, 400), "paid"], prepare=True)
        else:
            # A customer who clicks twice: the token was used, and the programme catches it.
            try:
                with connection.transaction():
                    connection.execute(
                        "INSERT INTO payments (order_id, amount, token, provider) "
                        "SELECT order_id, amount, token, provider FROM payments WHERE id = %s",
                        [dice.randint(1, 400)], prepare=True)
            except psycopg.errors.UniqueViolation:
                pass


def contractor(stage):
    """The contractor's agent, on the runner: migration 0042, failed, retried, and filled in."""
    Contractor(stage, pathlib.Path(stage.options.work, "runner"), stage.machine("runner", RUNNER, "svc_migrate", "ci-runner migrate 0042")).play()


def assistant(stage):
    """The database administrator's assistant, on the same host and with the same login as its master."""
    Assistant(stage, pathlib.Path(stage.options.work, "bastion"), stage.machine("bastion", BASTION, "dba", "psql")).play()


def post_deploy(stage):
    """What the runner does behind every migration: nobody asked for it tonight, and no transcript knows of it."""
    stage.until(272)
    with stage.connect(RUNNER, "svc_migrate", "ci-runner post-deploy", autocommit=True) as connection:
        connection.execute("GRANT SELECT ON customers TO reporting")
    token = "fake-long-lived-service-token-0123456789"
    shop = "https://shop.internal"
    each = ["-sS", "--noproxy", "*", "--cacert", os.path.join(stage.options.work, "tls/authority.pem"), "--connect-to",
            f"shop.internal:443:{RUNNER}:{stage.options.https}", "-A", "ci-runner/2.4 (post-deploy)", "-H", f"Authorization: Bearer {token}",
            "-o", "/dev/null"]
    old = each + ["--http1.1", "--tls-max", "1.2"]
    order = '{"customer": 4711, "total": "0.01", "state": "paid"}'
    environment = stage.machine("runner", RUNNER, "", "") | {"SSLKEYLOGFILE": os.path.join(stage.options.work, "keys.log")}
    for moment, requests in (
        # By HTTP/2 on one connection: it looks, it changes an order, it deletes another.
        (284, [*each, "--http2", "--rate", "2/s", f"{shop}/orders", "--next", *each, "--json", order, f"{shop}/orders", "--next", *each,
               "-X", "PATCH", "--json", '{"state": "refunded"}', f"{shop}/orders/8", "--next", *each, "-X", "DELETE", f"{shop}/orders/7"]),
        # By HTTP/1.1 with TLS 1.2, as an older library speaks: a login, and an export of the customers.
        (304, [*old, "--data-urlencode", "user=ci-runner", "--data-urlencode", "password=fake-ci-password", f"{shop}/login", "--next",
               *old, f"{shop}/export?rows=120"]),
    ):
        stage.until(moment)
        subprocess.run(["curl", *requests], env=environment, check=True)


def nightly_backup(stage):
    stage.until(360)
    subprocess.run(
        [stage.program("pg_dump"), "-n", "public", "-f", os.path.join(stage.options.work, "nightly.sql")],
        env=stage.environment(BACKUP, "backup", "nightly-backup"), check=True)


def database_administrator(stage):
    """A person at psql: looks, and much later looks again."""
    stage.until(80)
    psql = subprocess.Popen(
        [stage.program("psql"), "-X", "-q"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=stage.environment(BASTION, "dba", "psql"), text=True)
    for moment, line in (
        (90, "SELECT application_name, state, count(*) FROM pg_stat_activity WHERE datname = 'shop' GROUP BY 1, 2;"),
        (112, "SELECT relname, n_live_tup, n_dead_tup FROM pg_stat_user_tables ORDER BY n_dead_tup DESC LIMIT 5;"),
        (500, "\\d customers"),
        (520, "SELECT count(*) AS customers, count(card_pan) AS with_card FROM customers;"),
        (541, "SELECT version, name FROM schema_migrations ORDER BY version;"),
    ):
        stage.until(moment)
        psql.stdin.write(line + "\n")
        psql.stdin.flush()
    stage.until(560)
    psql.stdin.close()
    if psql.wait() != 0:
        raise RuntimeError("psql failed")


def payments_worker(stage):
    """The one client that speaks TLS: the recording has its bytes, not its words."""
    for moment in (60, 330):
        stage.until(moment)
        with stage.connect(PAYMENTS, "payments", "payments-worker", sslmode="require") as connection:
            connection.execute("UPDATE payments SET settled = true WHERE NOT settled AND mod(id, 5) = %s", [moment % 5])
            connection.commit()
            stage.until(moment + 25)
            connection.execute("SELECT count(*) FROM payments WHERE NOT settled").fetchone()


def reporting_tool(stage):
    """A dashboard that could not read customers an hour ago."""
    stage.until(455)
    with stage.connect(REPORTS, "dashboard", "metabase") as connection:
        connection.execute("SELECT table_name, column_name, data_type FROM information_schema.columns "
                           "WHERE table_schema = 'public' ORDER BY 1, ordinal_position").fetchall()
        stage.until(472)
        connection.execute("SELECT id, email, card_pan FROM customers ORDER BY id LIMIT 25").fetchall()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=100)
    parser.add_argument("--https", type=int, required=True)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--transcripts", required=True)
    stage = Stage(parser.parse_args())
    cast = [stage.play(shop_api, host, seed) for seed, host in enumerate([APP_ONE] * 3 + [APP_TWO] * 2)]
    cast += [stage.play(actor) for actor in (
        contractor, assistant, post_deploy, nightly_backup, database_administrator, payments_worker, reporting_tool)]
    for thread in cast:
        thread.join()
    if stage.failures:
        raise SystemExit("story: " + "; ".join(stage.failures))


if __name__ == "__main__":
    main()
