"""What psycopg gets from the server that the environment names, on standard output."""

import asyncio
import hashlib

import psycopg


def say(*words):
    print(*words, flush=True)


def failed(work):
    try:
        work()
    except psycopg.Error as error:
        say(type(error).__name__, error.sqlstate, str(error))


with psycopg.connect("") as connection:
    # The process that the client is told is the server's own.
    say(connection.info.backend_pid == connection.execute("SELECT pg_backend_pid()").fetchone()[0])
    say(connection.execute("SELECT %s::int, %s::text, %b::bytea", (1, "\u00fc'x", b"\0\1")).fetchall())
    with connection.pipeline():
        cursors = [connection.execute("SELECT %s::int8", (number,), prepare=True) for number in range(500)]
        say([cursor.fetchone()[0] for cursor in cursors])
    with connection.cursor(binary=True) as cursor:
        cursor.execute("SELECT 1.5::numeric, '2026-01-02'::date, '{1,2}'::int[], 'a'::text, true, 'x'::bytea")
        say(cursor.fetchall())
    connection.execute("CREATE TEMP TABLE numbers (a int, b text)")
    with connection.cursor() as cursor:
        with cursor.copy("COPY numbers FROM STDIN") as copy:
            for number in range(10000):
                copy.write_row((number, f"row {number}"))
        with cursor.copy("COPY numbers TO STDOUT") as copy:
            say(hashlib.sha256(b"".join(bytes(block) for block in copy)).hexdigest())
        with cursor.copy("COPY numbers FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(["int4", "text"])
            for number in range(100):
                copy.write_row((number, f"binary {number}"))
        cursor.executemany("INSERT INTO numbers VALUES (%s, %s)", [(number, "many") for number in range(2000)])
        say(cursor.execute("SELECT count(*), sum(a) FROM numbers").fetchone())
    connection.commit()

    def division():
        with connection.transaction():
            connection.execute("SELECT 1/0")

    failed(division)
    with connection.cursor("named") as cursor:
        cursor.itersize = 100
        cursor.execute("SELECT generate_series(1, 1000)")
        say(sum(row[0] for row in cursor))

    def broken_pipeline():
        with connection.pipeline() as pipeline:
            connection.execute("SELECT 1")
            connection.execute("SELECT 1/0")
            connection.execute("SELECT 2")
            pipeline.sync()
            say(connection.execute("SELECT 3").fetchone())

    failed(broken_pipeline)
    connection.rollback()
    # More than are kept prepared, so that old ones are deallocated.
    say([connection.execute(f"SELECT {number} + %s", (number,), prepare=True).fetchone()[0] for number in range(300)])
    say(connection.info.transaction_status.name)
    large = "z" * 20_000_000
    say(connection.execute("SELECT length(%s), md5(%s)", (large, large)).fetchone())


async def one(number):
    async with await psycopg.AsyncConnection.connect("") as connection:
        return await (await connection.execute("SELECT %s::text", (f"session {number}",))).fetchone()


async def many():
    say(await asyncio.gather(*[one(number) for number in range(20)]))


asyncio.run(many())


async def with_asyncpg():
    import asyncpg

    connection = await asyncpg.connect(ssl=False)
    await connection.execute("CREATE TEMP TABLE pairs (a int, b text, c jsonb)")
    say(await connection.fetchval("SELECT $1::int + $2::int", 40, 2))
    await connection.copy_records_to_table("pairs", records=[(number, f"b{number}", "{}") for number in range(1000)])
    async with connection.transaction():
        rows = [row["a"] async for row in connection.cursor("SELECT a FROM pairs ORDER BY a", prefetch=50)]
    say(len(rows), sum(rows))
    await connection.executemany("UPDATE pairs SET b = $2 WHERE a = $1", [(number, "x" * number) for number in range(300)])
    say(await connection.fetchrow("SELECT count(*), sum(length(b)) FROM pairs"))
    try:
        await connection.fetch("SELECT * FROM nowhere")
    except asyncpg.PostgresError as error:
        say(type(error).__name__, error.sqlstate)
    await connection.close()


asyncio.run(with_asyncpg())


def with_sqlalchemy():
    import sqlalchemy

    engine = sqlalchemy.create_engine("postgresql+psycopg://")
    metadata = sqlalchemy.MetaData()
    things = sqlalchemy.Table(
        "gateway_things", metadata, sqlalchemy.Column("id", sqlalchemy.Integer, primary_key=True),
        sqlalchemy.Column("name", sqlalchemy.String(40), index=True))
    metadata.drop_all(engine)
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(things.insert(), [{"name": f"thing {number}"} for number in range(50)])
    with engine.connect() as connection:
        say(connection.execute(sqlalchemy.select(sqlalchemy.func.count(), sqlalchemy.func.max(things.c.name))).fetchall())
    say([column["name"] for column in sqlalchemy.inspect(engine).get_columns("gateway_things")])
    metadata.drop_all(engine)


with_sqlalchemy()
