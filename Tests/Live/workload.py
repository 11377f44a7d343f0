#!/usr/bin/env python3
"""What clients do to a PostgreSQL server, all of it, through real drivers.

    workload.py --dsn "host=127.0.0.1 port=5432 user=postgres dbname=postgres" --statements 2000 --seed 7
    workload.py --dsn … --once                 every scene one time, in order, with small rows
    workload.py --dsn … --once --only pipeline --only copy

Scenes by psycopg (libpq), asyncpg (its own protocol code: named portals, partial fetches, Flush) and psql (large
objects by function call) run until at least --statements statements were asked for. The same seed asks the same in the
same order; the server's log is the account of it. At the end one line of JSON tells what ran.
"""

import argparse
import asyncio
import collections
import contextlib
import datetime as dt
import decimal
import ipaddress
import json
import logging
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import uuid

import asyncpg
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.enum import EnumInfo, register_enum
from psycopg.types.json import Json, Jsonb
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

SCHEMA = """
DROP SCHEMA IF EXISTS live CASCADE;
CREATE SCHEMA live;
CREATE TYPE live.mood AS ENUM ('calm', 'busy', 'très occupé');
CREATE DOMAIN live.percent AS numeric CHECK (VALUE BETWEEN 0 AND 100);
CREATE TABLE live.items (
  id bigserial PRIMARY KEY, b boolean, i2 smallint, i4 integer, i8 bigint, f4 real, f8 double precision, n numeric,
  t text, v varchar(200), c char(8), ba bytea, u uuid, d date, tm time, tz timetz, ts timestamp, tstz timestamptz,
  iv interval, j json, jb jsonb, ia integer[], ta text[], r int4range, mr int4multirange, ip inet, net cidr,
  mac macaddr, m live.mood, p live.percent, bits varbit, pt point, o oid, ref integer
);
-- For values sent as text: the server logs them in its own spelling, not in the client's.
CREATE TABLE live.items_as_text (LIKE live.items INCLUDING ALL);
CREATE TABLE live.log (id serial PRIMARY KEY, at timestamptz DEFAULT now(), line text);
CREATE TABLE live.accounts (id integer PRIMARY KEY, owner text NOT NULL, balance numeric NOT NULL CHECK (balance >= 0));
INSERT INTO live.accounts SELECT n, 'owner ' || n, 1000 FROM generate_series(1, 50) AS n;
CREATE FUNCTION live.note(what text) RETURNS integer LANGUAGE plpgsql AS $body$
DECLARE made integer;
BEGIN
  INSERT INTO live.log (line) VALUES (what) RETURNING id INTO made;
  RAISE NOTICE 'noted: %', what;
  RETURN made;
END $body$;
CREATE PROCEDURE live.move(sender integer, receiver integer, amount numeric) LANGUAGE sql AS $body$
  UPDATE live.accounts SET balance = balance - amount WHERE id = sender;
  UPDATE live.accounts SET balance = balance + amount WHERE id = receiver;
$body$;
"""

WORDS = ["order", "Grüße", "日本語", "🚚 sent", "it's", "a\nb\r\nc", "tab\there", "back\\slash", "$2 = 'x', $3 = NULL",
         "", " ", "%", "'; DROP TABLE live.log; --", '"quoted"', "ﬀ ligature", "עברית", "\u0007 bell", "\u202e flipped"]


class Mood(str):
    """Sent with an unknown type: the server takes it as an enum."""


class Workload:
    def __init__(self, dsn, seed, small):
        self.dsn, self.random, self.small = dsn, random.Random(seed), small
        self.asked = 0
        self.application = "workload"

    # MARK: Connections

    def connect(self, **more):
        settings = {"application_name": self.application, **more}
        connection = psycopg.connect(self.dsn, autocommit=True, **settings)
        info = EnumInfo.fetch(connection, "live.mood")
        if info is not None:
            register_enum(info, connection)
        return connection

    def run(self, connection, text, values=None, **options):
        self.asked += 1
        return connection.execute(text, values, **options)

    def refused(self, connection, text, values=None, **options):
        """A statement that the server must refuse."""
        self.asked += 1
        try:
            connection.execute(text, values, **options)
        except psycopg.Error as error:
            return error
        raise AssertionError(f"the server accepted: {text}")

    def word(self):
        return self.random.choice(WORDS)

    def words(self):
        return " ".join(self.word() for _ in range(self.random.randint(0, 6)))

    def maybe(self, value):
        return None if self.random.random() < 0.1 else value

    def values(self):
        """A value for every column of live.items, of the type that a program would have it in."""
        dice = self.random
        moment = dt.datetime(2026, 11, 20, 2, 14, tzinfo=dt.timezone.utc) + dt.timedelta(
            seconds=dice.randint(-10**9, 10**9), microseconds=dice.randint(0, 999_999))
        low = dice.randint(-1000, 1000)
        return {
            "b": self.maybe(dice.random() < 0.5),
            "i2": self.maybe(dice.choice([0, 1, -1, 32767, -32768])),
            "i4": self.maybe(dice.choice([0, 2**31 - 1, -(2**31), dice.randint(-10**6, 10**6)])),
            "i8": self.maybe(dice.choice([0, 2**63 - 1, -(2**63), dice.randint(-10**12, 10**12)])),
            "f4": self.maybe(dice.choice([0.0, -0.0, 1.5, float("inf"), float("nan"), 0.1])),
            "f8": self.maybe(dice.choice([0.0, 1e308, 5e-324, float("-inf"), float("nan"), dice.random()])),
            "n": self.maybe(decimal.Decimal(dice.choice(
                ["0", "0.00", "-1", "NaN", "Infinity", "1E+20", "12345678901234567890.0000000001", "10000", "0.0001",
                 "-99999999.99990000"]))),
            "t": self.maybe(self.words()),
            "v": self.maybe(self.word()),
            "c": self.maybe(dice.choice(["", "a", "eight888"])),
            "ba": self.maybe(dice.randbytes(dice.randint(0, 40))),
            "u": self.maybe(uuid.UUID(int=dice.getrandbits(128))),
            "d": self.maybe(dice.choice([moment.date(), dt.date(1, 1, 1), dt.date(9999, 12, 31)])),
            "tm": self.maybe(dice.choice([moment.time(), dt.time(0, 0), dt.time(23, 59, 59, 999_999)])),
            "tz": self.maybe(dt.time(12, 30, 15, 250, tzinfo=dt.timezone(dt.timedelta(hours=-3, minutes=-30)))),
            "ts": self.maybe(moment.replace(tzinfo=None)),
            "tstz": self.maybe(moment),
            "iv": self.maybe(dice.choice([dt.timedelta(0), dt.timedelta(days=-3, seconds=5, microseconds=7),
                                          dt.timedelta(hours=100)])),
            "j": self.maybe(Json({"word": self.word(), "n": [1, None, True, 2.5]})),
            "jb": self.maybe(Jsonb({"b": {"a": []}, "word": self.word()})),
            "ia": self.maybe(dice.choice([[], [1, 2, 3], [None, -1], [[1, 2], [3, 4]]])),
            "ta": self.maybe(dice.choice([["a", None, 'quo"te', "com,ma", "{brace}", "NULL", ""], []])),
            "r": self.maybe(dice.choice([Range(low, low + 5), Range(None, 9), Range(empty=True), Range(1, 4, "[]")])),
            "mr": self.maybe(Multirange([Range(1, 3), Range(7, 9)])),
            "ip": self.maybe(dice.choice([ipaddress.ip_address("10.1.2.3"), ipaddress.ip_interface("10.0.0.0/8"),
                                          ipaddress.ip_address("2001:db8::1")])),
            "net": self.maybe(dice.choice([ipaddress.ip_network("192.168.0.0/16"), ipaddress.ip_network("2001:db8::/32")])),
            "m": self.maybe(Mood(dice.choice(["calm", "busy", "très occupé"]))),
        }

    # MARK: Scenes: each is one thing that clients do

    def simple(self, connection):
        """Query messages: one statement, several, none, comments, and what the answer may look like."""
        for text in (
            "SELECT 1",
            "  SELECT 1 AS one, NULL AS nothing, 'it''s' AS quoted /* inside */ ; ",
            "SELECT",
            "SELECT * FROM live.items WHERE false",
            "",
            ";;",
            "-- only a comment",
            "VALUES (1, 'a'), (2, NULL)",
            "SELECT 1; SELECT 'two; not three'; SELECT $$four; five$$",
            "INSERT INTO live.log (line) VALUES ('a'); UPDATE live.log SET line = line || '!' WHERE line = 'a'; "
            "DELETE FROM live.log WHERE line = 'a!'; SELECT count(*) FROM live.log",
            "INSERT INTO live.log (line) VALUES ('kept') RETURNING id, line",
            "WITH gone AS (DELETE FROM live.log WHERE line LIKE 'kept%' RETURNING *) SELECT count(*) FROM gone",
            "EXPLAIN (COSTS off) SELECT * FROM live.accounts",
            "EXPLAIN ANALYZE DELETE FROM live.log WHERE false",
            "SELECT * INTO TEMP scratch FROM live.accounts; DROP TABLE scratch",
            "TABLE live.accounts",
            "SHOW server_version",
            "SET statement_timeout = '30s'",
            "RESET statement_timeout",
            "MERGE INTO live.accounts AS a USING (VALUES (1, 5)) AS n (id, more) ON a.id = n.id "
            "WHEN MATCHED THEN UPDATE SET balance = a.balance + n.more",
            "SELECT\n  'Grüße, 日本語, 🚚' AS unicode,\n  E'tab\\there' AS escaped\n",
        ):
            self.run(connection, text)

    def administration(self, connection):
        name = sql.Identifier("live", f"Extra {self.random.randint(0, 10**9)}")
        for text in (
            "CREATE TABLE {0} (id integer, \"Größe\" text)",
            "ALTER TABLE {0} ADD COLUMN more text DEFAULT 'x'",
            "CREATE INDEX ON {0} (more)",
            "COMMENT ON TABLE {0} IS 'made by the workload'",
            "GRANT SELECT ON {0} TO PUBLIC",
            "REVOKE ALL ON {0} FROM PUBLIC",
            "TRUNCATE {0}",
            "ANALYZE {0}",
            "DROP TABLE {0}",
        ):
            self.run(connection, sql.SQL(text).format(name).as_string(connection))

    def typed(self, connection, marks=("%s", "%t", "%b")):
        """Every type as a parameter, in text and in binary, and back the same ways."""
        for mark in marks:
            found = self.values()
            table = sql.Identifier("live", "items" if mark == "%b" else "items_as_text")
            if mark == "%b":
                # An enum has no binary form of its own in the driver, nor has text with an unknown type.
                found.pop("m")
            columns = sql.SQL(", ").join(map(sql.Identifier, found))
            places = sql.SQL(", ").join(sql.SQL(mark) for _ in found)
            statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING id").format(table, columns, places)
            row = self.run(connection, statement, list(found.values())).fetchone()
            for binary in (False, True):
                self.run(connection, sql.SQL("SELECT * FROM {} WHERE id = %s").format(table), row, binary=binary)
        self.run(
            connection,
            "UPDATE live.items SET mac = %s::macaddr, p = %s, bits = %s::varbit, pt = %s::point, o = %s::oid WHERE id = %s",
            ["08:00:2b:01:02:03", decimal.Decimal("99.5"), "10110", "(1.5,-2)", 4_000_000_000, row[0]],
        )
        self.run(connection, "SELECT mac, p, bits, pt, o FROM live.items WHERE id = %s", row, binary=True)
        self.run(connection, "SELECT %s::text IS NULL, %s", [None, self.words()])

    def prepared(self, connection):
        """A named statement used again and again, each time with its own parameters."""
        for _ in range(8):
            self.run(connection, "SELECT owner, balance FROM live.accounts WHERE id = %s", [self.random.randint(1, 60)],
                     prepare=True)
        for _ in range(7):
            # The sixth time the driver prepares by itself.
            self.run(connection, "UPDATE live.accounts SET balance = balance + %s WHERE id = %s",
                     [decimal.Decimal(self.random.randint(0, 500)) / 100, self.random.randint(1, 50)])
        self.run(connection, "PREPARE by_owner (text) AS SELECT id FROM live.accounts WHERE owner = $1")
        for _ in range(3):
            self.run(connection, f"EXECUTE by_owner ('owner {self.random.randint(1, 50)}')")
        self.run(connection, "DEALLOCATE by_owner")
        self.asked += 20
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO live.log (line) VALUES (%s)", [(self.words(),) for _ in range(20)])

    def pipeline(self, connection):
        """Many requests before the first answer; one fails, and all up to the Sync go unrun."""
        with connection.pipeline():
            for _ in range(10):
                self.run(connection, "SELECT %s::int, %s", [self.random.randint(0, 99), self.word()])
        with contextlib.suppress(psycopg.errors.DivisionByZero, psycopg.errors.PipelineAborted):
            with connection.pipeline() as pipe:
                self.run(connection, "INSERT INTO live.log (line) VALUES (%s)", ["before the error"])
                self.run(connection, "SELECT 1 / %s", [0])
                self.run(connection, "INSERT INTO live.log (line) VALUES (%s)", ["never run"])
                pipe.sync()
        with connection.pipeline() as pipe, connection.transaction():
            for number in range(3):
                self.run(connection, "INSERT INTO live.log (line) VALUES (%s)", [f"piped {number}"])
                pipe.sync()
        self.asked += 2

    def cursors(self, connection):
        """DECLARE and FETCH, forward and back, held over the end of the transaction."""
        with connection.transaction():
            with connection.cursor("reader") as cursor:
                cursor.execute("SELECT id, owner FROM live.accounts ORDER BY id")
                cursor.fetchmany(7)
                cursor.fetchone()
            with connection.cursor("walker", scrollable=True) as cursor:
                cursor.execute("SELECT n, n * n FROM generate_series(1, %s) AS n", [20], binary=True)
                cursor.fetchmany(3)
                cursor.scroll(5)
                cursor.fetchmany(3)
                cursor.scroll(-4)
                cursor.fetchone()
        with connection.cursor("held", withhold=True) as cursor:
            cursor.execute("SELECT owner FROM live.accounts")
            cursor.fetchmany(5)
        self.asked += 20

    def copy(self, connection):
        """COPY both ways, text, CSV and binary; one that the client gives up, one that the server refuses."""
        rows = [(number, self.word().replace("\0", ""), self.maybe(decimal.Decimal(number))) for number in range(1, 31)]
        self.run(connection, "CREATE TEMP TABLE IF NOT EXISTS loaded (id integer, word text, n numeric)")
        with connection.cursor() as cursor:
            with cursor.copy("COPY loaded (id, word, n) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            with cursor.copy("COPY loaded FROM STDIN (FORMAT binary)") as copy:
                copy.set_types(["int4", "text", "numeric"])
                for row in rows:
                    copy.write_row(row)
            with cursor.copy("COPY loaded FROM STDIN WITH (FORMAT csv, HEADER true)") as copy:
                copy.write("id,word,n\n1,\"a, b\",2.50\n2,\"line\nbreak\",\n")
            for text in (
                "COPY loaded TO STDOUT",
                "COPY (SELECT * FROM loaded ORDER BY id) TO STDOUT (FORMAT csv)",
                "COPY loaded TO STDOUT (FORMAT binary)",
            ):
                with cursor.copy(text) as copy:
                    collections.deque(copy, maxlen=0)
            with contextlib.suppress(psycopg.errors.QueryCanceled):
                with cursor.copy("COPY loaded FROM STDIN") as copy:
                    copy.write("1\tnot kept\t2\n")
                    raise psycopg.errors.QueryCanceled("the client changed its mind")
            with contextlib.suppress(psycopg.errors.InvalidTextRepresentation):
                with cursor.copy("COPY loaded FROM STDIN") as copy:
                    copy.write("1\tfine\t2\nnot a number\tx\t3\n")
        self.run(connection, "DROP TABLE loaded")
        self.asked += 8

    def errors(self, connection):
        for text, values in (
            ("SELEC 1", None),
            ("SELECT * FROM live.nothing", None),
            ("SELECT 1 / 0", None),
            ("SELECT 1; SELECT 1 / 0; SELECT 'never run'", None),
            ("INSERT INTO live.accounts VALUES (1, 'taken', 0)", None),
            ("UPDATE live.accounts SET balance = -1 WHERE id = %s", [2]),
            ("SELECT %s::int", ["no number"]),
            ("SELECT %s::uuid, missing", [uuid.UUID(int=7)]),
            ("SELECT pg_catalog.no_such_function(%s)", [1]),
        ):
            self.refused(connection, text, values)
        self.run(connection, "SET statement_timeout = '20ms'")
        self.refused(connection, "SELECT pg_sleep(30)")
        self.run(connection, "SET statement_timeout = 0")

    def transactions(self, connection):
        """Committed, rolled back, failed and left, and savepoints inside them."""
        self.asked += 22
        amount = decimal.Decimal(self.random.randint(1, 100))
        with connection.transaction():
            connection.execute("UPDATE live.accounts SET balance = balance - %s WHERE id = 3", [amount])
            connection.execute("UPDATE live.accounts SET balance = balance + %s WHERE id = 4", [amount])
        with connection.transaction(force_rollback=True):
            connection.execute("DELETE FROM live.accounts WHERE id > 10")
            connection.execute("SELECT count(*) FROM live.accounts")
        with connection.transaction():
            connection.execute("INSERT INTO live.log (line) VALUES ('outer')")
            with contextlib.suppress(psycopg.errors.UniqueViolation), connection.transaction("inner"):
                connection.execute("INSERT INTO live.accounts VALUES (5, 'twice', 0)")
            with connection.transaction():
                connection.execute("INSERT INTO live.log (line) VALUES ('released')")
        connection.execute("BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY")
        self.refused(connection, "INSERT INTO live.log (line) VALUES ('read only')")
        self.refused(connection, "SELECT 1")
        self.refused(connection, "SELECT %s", [1])
        connection.execute("ROLLBACK")
        connection.execute("BEGIN; INSERT INTO live.log (line) VALUES ('one string'); COMMIT")
        connection.execute("BEGIN")
        connection.execute("SAVEPOINT \"save Point\"")
        connection.execute("UPDATE live.accounts SET owner = 'nobody'")
        connection.execute("ROLLBACK TO \"save Point\"")
        connection.execute("END")

    def notifications(self, connection):
        self.run(connection, "LISTEN news")
        with self.connect() as other:
            self.run(other, "NOTIFY news, 'first'")
            self.run(other, "SELECT pg_notify(%s, %s)", ["news", self.words()])
        for _ in zip(range(2), connection.notifies(timeout=20)):
            pass
        self.run(connection, "NOTIFY news")
        self.run(connection, "UNLISTEN *")

    def cancel(self, connection):
        """A CancelRequest on a connection of its own, once the server is seen to be busy."""
        with self.connect() as watcher:
            failures = []

            def sleeper():
                failures.append(self.refused(connection, "SELECT pg_sleep(600) /* to be cancelled */"))

            thread = threading.Thread(target=sleeper)
            thread.start()
            busy = False
            while not busy:
                busy = self.run(watcher, "SELECT state = 'active' AND wait_event = 'PgSleep' FROM pg_stat_activity "
                                "WHERE pid = %s", [connection.info.backend_pid]).fetchone()[0]
            connection.cancel_safe(timeout=20)
            thread.join()
            assert isinstance(failures[0], psycopg.errors.QueryCanceled)
        self.run(connection, "SELECT 'still here'")

    def terminated(self, connection):
        """One client ends another's session; a third just goes away."""
        with self.connect() as victim:
            self.run(victim, "BEGIN")
            self.run(victim, "UPDATE live.accounts SET owner = 'lost' WHERE id = 9")
            self.run(connection, "SELECT pg_terminate_backend(%s)", [victim.info.backend_pid])
            with contextlib.suppress(psycopg.errors.AdminShutdown, psycopg.OperationalError):
                victim.execute("SELECT 'too late'")
        gone = self.connect()
        self.run(gone, "BEGIN; DELETE FROM live.log")
        # A Terminate message never comes: the socket is shut below the driver.
        descriptor = os.dup(gone.fileno())
        with socket.socket(fileno=descriptor) as line:
            line.shutdown(socket.SHUT_RDWR)
        gone.close()

    def code(self, connection):
        """DO blocks, functions with effects, procedures, notices."""
        self.run(connection, "DO $do$ BEGIN UPDATE live.accounts SET balance = balance + 1 WHERE id = 7; "
                 "RAISE WARNING 'inside'; END $do$")
        self.run(connection, "SELECT live.note(%s)", [self.words()])
        self.run(connection, "CALL live.move(%s, %s, %s)", [11, 12, decimal.Decimal("0.50")])
        self.run(connection, "SELECT live.note('a'), live.note('b')")
        self.run(connection, "CREATE OR REPLACE FUNCTION live.late() RETURNS int LANGUAGE sql AS 'SELECT 1; SELECT 2'")
        self.run(connection, "SELECT live.late() FROM generate_series(1, 3)")
        self.run(connection, "DO 'BEGIN PERFORM live.late(); END'")

    def large(self, connection):
        """Rows longer than a segment, results longer than a window, statements longer than both."""
        most = 4_000 if self.small else 300_000
        self.run(connection, "SELECT repeat(%s, %s)", ["x", self.random.randint(most // 2, most)])
        self.run(connection, "SELECT n, repeat('row ', %s) FROM generate_series(1, %s) AS n",
                 [self.random.randint(1, 40), 30 if self.small else 2_000])
        self.run(connection, "SELECT octet_length(%s)", [self.random.randbytes(most // 8)])
        self.run(connection, "SELECT " + ", ".join(f"{n} AS c{n}" for n in range(150)))
        self.run(connection, "SELECT " + " + ".join(["%s::bigint"] * 100), list(range(100)))
        self.run(connection, "SELECT '" + "long literal " * (most // 26) + "' AS it")

    def raw(self, connection):
        """The client library's own calls, as other languages' drivers make them."""
        lib = connection.pgconn
        lib.prepare(b"raw_one", b"SELECT $1::int4 + $2::int4", [23, 23])
        lib.describe_prepared(b"raw_one")
        for number in range(4):
            self.asked += 1
            lib.exec_prepared(b"raw_one", [number.to_bytes(4, "big"), b"5"], [1, 0], number % 2)
        self.asked += 2
        lib.exec_params(b"SELECT $1, $2::text", [b"unknown type", None], None, None, 0)
        lib.exec_params(b"", [], None, None, 0)
        lib.exec_(b"DEALLOCATE raw_one")

    def negotiated(self, _):
        """Protocol 3.2, which an older server talks down to 3.0."""
        if psycopg.pq.version() < 180000:
            return
        with self.connect(max_protocol_version="latest") as newest:
            self.run(newest, "SELECT 'hello'")
            self.run(newest, "SELECT %s", [self.word()])

    def client_side(self, _):
        """A driver that writes the values into the statement: simple queries only."""
        with psycopg.connect(self.dsn, autocommit=False, application_name=self.application,
                             cursor_factory=psycopg.ClientCursor) as connection:
            for _ in range(3):
                self.run(connection, "INSERT INTO live.log (line) VALUES (%s)", [self.words()])
            self.run(connection, "SELECT * FROM live.accounts WHERE id = %s AND owner <> %s", [1, self.word()])
            connection.rollback()
        self.asked += 2

    def asynchronous(self, _):
        """asyncpg: everything binary, named portals, partial fetches, Flush instead of Sync."""
        asyncio.run(self.with_asyncpg())

    async def with_asyncpg(self):
        parts = conninfo_to_dict(self.dsn)
        connection = await asyncpg.connect(
            host=parts["host"], port=int(parts["port"]), user=parts["user"], database=parts["dbname"], ssl=False,
            server_settings={"application_name": f"{self.application} asyncpg"})
        try:
            self.asked += 60
            statement = await connection.prepare("SELECT id, owner, balance FROM live.accounts WHERE id > $1 ORDER BY id")
            for _ in range(3):
                await statement.fetch(self.random.randint(0, 45))
            async with connection.transaction():
                cursor = await statement.cursor(self.random.randint(0, 5))
                await cursor.fetch(4)
                await cursor.forward(2)
                await cursor.fetchrow()
                await cursor.fetch(100)
                async for _ in connection.cursor("SELECT n FROM generate_series(1, $1) AS n", 23, prefetch=10):
                    pass
                # Left in the middle: its portal is suspended and then closed.
                async for record in connection.cursor("SELECT n FROM generate_series(1, 1000) AS n", prefetch=50):
                    if record["n"] > 60:
                        break
            await connection.executemany(
                "INSERT INTO live.log (line) VALUES ($1)", [(self.words(),) for _ in range(25)])
            await connection.execute("SELECT 1; SELECT 2")
            await connection.fetchval("SELECT $1::jsonb || $2::jsonb", json.dumps({"a": self.word()}), '{"b": null}')
            await connection.fetchrow(
                "SELECT $1::numeric, $2::timestamptz, $3::interval, $4::inet, $5::text[], $6::int4range, $7::bool",
                decimal.Decimal("1.10"), dt.datetime(2026, 11, 20, tzinfo=dt.timezone.utc), dt.timedelta(days=1, hours=2),
                ipaddress.ip_address("10.0.0.1"), ["a", None], asyncpg.Range(1, 5), True)
            with contextlib.suppress(asyncpg.UniqueViolationError):
                async with connection.transaction():
                    await connection.execute("INSERT INTO live.accounts VALUES ($1, $2, $3)", 1, "again", 0)
            await connection.execute("CREATE TEMP TABLE IF NOT EXISTS loaded (id integer, word text)")
            await connection.copy_records_to_table("loaded", records=[(n, self.word()) for n in range(12)])
            with tempfile.TemporaryFile() as file:
                await connection.copy_from_query("SELECT * FROM loaded WHERE id > $1", 3, output=file)
            await connection.execute("DROP TABLE loaded")
        finally:
            await connection.close()

    def terminal(self, _):
        """psql: a script in one transaction, large objects by function call, \\copy, a failed script."""
        script = r"""
SELECT 'from a script' AS where_from;
\set name 'owner 5'
SELECT * FROM live.accounts WHERE owner = :'name';
SELECT format('SELECT %L', n) FROM generate_series(1, 3) AS n \gexec
SELECT 1 AS one \gdesc
\echo nothing is sent for this
\copy (SELECT id, owner FROM live.accounts LIMIT 3) TO '/dev/null'
\lo_import 'FILE'
\lo_unlink :LASTOID
INSERT INTO live.log (line)
  VALUES ('several
lines');
"""
        self.asked += 14
        with tempfile.NamedTemporaryFile() as file:
            file.write(self.random.randbytes(5_000))
            file.flush()
            subprocess.run(["psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-d", self.dsn, "-f", "-"],
                           input=script.replace("FILE", file.name).encode(), check=True, stdout=subprocess.DEVNULL)
        failed = subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.dsn, "-c", "SELECT 1",
                                 "-c", "SELECT nonsense", "-c", "SELECT 'never sent'"], capture_output=True)
        assert failed.returncode == 1, failed.stderr

    # MARK: The play

    SCENES = [simple, administration, typed, prepared, pipeline, cursors, copy, errors, transactions, notifications, cancel,
              terminated, code, large, raw, negotiated, client_side, asynchronous, terminal]

    def play(self, statements, once, only):
        scenes = [scene for scene in self.SCENES if not only or scene.__name__ in only]
        played = collections.Counter()
        with psycopg.connect(self.dsn, autocommit=True, application_name="workload set-up") as setup:
            setup.execute(SCHEMA)
        pool = [self.connect() for _ in range(1 if once else 4)]
        try:
            while True:
                order = list(scenes)
                if not once:
                    self.random.shuffle(order)
                for scene in order:
                    scene(self, self.random.choice(pool))
                    played[scene.__name__] += 1
                    if not once and self.asked >= statements and len(played) == len(scenes):
                        return played
                if once:
                    return played
        finally:
            for connection in pool:
                connection.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dsn", required=True)
    parser.add_argument("--statements", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--only", action="append", default=[], choices=[scene.__name__ for scene in Workload.SCENES])
    parser.add_argument("--application", default="workload")
    options = parser.parse_args()
    # The pipeline that fails does so on purpose.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    workload = Workload(options.dsn, options.seed, small=options.once)
    workload.application = options.application
    played = workload.play(options.statements, options.once, options.only)
    json.dump({"seed": options.seed, "asked": workload.asked, "scenes": dict(sorted(played.items()))}, sys.stdout)
    print()


if __name__ == "__main__":
    main()
