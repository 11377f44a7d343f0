#!/usr/bin/env python3
"""Plays the night of the story against the laboratory's server. Started by story.sh."""

import os
import random
import subprocess
import threading
import time

import psycopg

PORT = os.environ["PGPORT"]
SEED = 42
# The address by which each host of the story reaches the server; relocate.py turns it into the host's own.
HOSTS = {
    "APP1": "127.0.0.11", "APP2": "127.0.0.12", "CI": "127.0.0.17", "DBA": "127.0.0.21", "SEALED": "127.0.0.31",
    "BACKUP": "127.0.0.41",
}


def connect(user, application, source, **more):
    return psycopg.connect(
        host=HOSTS[source], port=PORT, dbname="shop", user=user, application_name=application,
        autocommit=True, **more,
    )


def app_pool(index, source, seconds):
    rng = random.Random(SEED + index)
    with connect("shop", "shop-api", source, sslmode="disable") as db:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            customer = rng.randrange(1, 201)
            db.execute("SELECT id, name, email, city FROM customers WHERE id = %s", (customer,)).fetchall()
            kind = rng.random()
            if kind < 0.55:
                db.execute(
                    "SELECT id, amount, state FROM orders WHERE customer_id = %s ORDER BY placed_at DESC LIMIT 10",
                    (customer,)).fetchall()
            time.sleep(0.02 + rng.random() * 0.12)


def checkout(source, seconds):
    """The only writer of the application: its role is allowed to by the production policy."""
    rng = random.Random(SEED)
    with connect("shop", "shop-checkout", source, sslmode="disable") as db:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with db.transaction():
                order = db.execute(
                    "INSERT INTO orders (customer_id, amount) VALUES (%s, %s) RETURNING id",
                    (rng.randrange(1, 201), round(rng.random() * 90 + 5, 2))).fetchone()[0]
                db.execute(
                    "INSERT INTO payments (order_id, method, paid_at) VALUES (%s, 'card', now())", (order,))
                db.execute("UPDATE orders SET state = 'paid' WHERE id = %s", (order,))
            time.sleep(0.4 + rng.random() * 0.6)


def contractor(source):
    """The CI job of a contractor: migration 0042, tried, rolled back, tried again, and what else it needed."""
    with connect("svc_migrate", "ci-runner migrate 0042", source, sslmode="disable") as db:
        db.execute("SELECT version FROM (VALUES (41)) AS schema_migrations(version)").fetchall()
        db.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'customers'").fetchall()
        time.sleep(0.7)
        try:
            with db.transaction():
                db.execute("ALTER TABLE customers ADD COLUMN card_pan varchar(16) NOT NULL")
        except psycopg.Error:
            pass
        time.sleep(0.9)
        with db.transaction():
            db.execute("ALTER TABLE customers ADD COLUMN card_pan text, ADD COLUMN card_expiry text")
            db.execute("COMMENT ON COLUMN customers.card_pan IS 'migration 0042'")
        time.sleep(0.6)
        db.execute("UPDATE customers SET card_pan = '4111111111111111', card_expiry = '12/29' WHERE id <= 50")
        time.sleep(0.5)
        db.execute("UPDATE customers SET city = upper(city)")
        time.sleep(0.5)
        db.execute("CREATE INDEX customers_card_pan_idx ON customers (card_pan)")
        time.sleep(0.8)
        db.execute("GRANT SELECT ON customers TO reporting")
        time.sleep(0.4)
        db.execute("DROP TABLE IF EXISTS schema_lock")


def dba(source):
    environment = dict(os.environ, PGAPPNAME="psql", PGSSLMODE="disable", PGHOST=HOSTS[source])
    script = (
        "SELECT count(*) FROM orders WHERE state = 'open';\n"
        "EXPLAIN SELECT * FROM orders WHERE customer_id = 7;\n"
        "\\d customers\n"
        "ANALYZE customers;\n"
    )
    subprocess.run(
        ["psql", "-X", "-q", "-p", PORT, "-U", "dba", "shop"], input=script, text=True, env=environment, check=True,
        stdout=subprocess.DEVNULL)


def backup(source):
    environment = dict(os.environ, PGSSLMODE="disable", PGHOST=HOSTS[source])
    subprocess.run(
        ["pg_dump", "-p", PORT, "-U", "backup", "--no-owner", "-f", os.devnull, "shop"], env=environment, check=True)


def sealed(source):
    with connect("dba", "dbeaver", source, sslmode="require") as db:
        db.execute("SELECT count(*) FROM customers").fetchall()
        time.sleep(0.5)
        db.execute("SELECT name, email FROM customers ORDER BY id LIMIT 20").fetchall()


def main():
    seconds = 12
    threads = [
        threading.Thread(target=app_pool, args=(1, "APP1", seconds)),
        threading.Thread(target=app_pool, args=(2, "APP2", seconds)),
        threading.Thread(target=checkout, args=("APP2", seconds)),
    ]
    for thread in threads:
        thread.start()
    time.sleep(1.5)
    contractor("CI")
    dba("DBA")
    sealed("SEALED")
    backup("BACKUP")
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
