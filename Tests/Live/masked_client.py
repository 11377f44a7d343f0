"""What a client of a gateway sees of masked values: rows in both formats, COPY in three, prepared statements, cursors,
errors, notices and notifications. Prints everything as it came."""

import psycopg
from psycopg import pq


def show(name, value):
    print(name, repr(value), flush=True)


def said(notice):
    show("notice", [notice.message_primary, notice.message_detail, notice.message_hint])


with psycopg.connect("", autocommit=True) as connection:
    connection.add_notice_handler(said)
    raw = connection.pgconn
    for binary in (False, True):
        for query in (
            "SELECT * FROM staff ORDER BY id",
            "SELECT id, ssn AS x, upper(email) FROM staff ORDER BY id",
            "SELECT s.a, s.b FROM staff AS s (a, b, c, d, e, f, g, h) ORDER BY 1",
            "SELECT s FROM staff s",
            "SELECT row(s.*) FROM staff s",
            "SELECT array_agg(ssn), array_agg(email) FROM staff",
            "SELECT to_jsonb(s) FROM staff s",
            "SELECT name FROM staff UNION ALL SELECT ssn FROM staff",
            "SELECT note FROM staff",
            "SELECT concat('a', ssn) FROM staff",
            "SELECT lower(q.n) FROM (SELECT id, ssn FROM staff) AS q (i, n)",
            "SELECT lower(q.n) FROM (SELECT * FROM staff) AS q (i, n)",
            "TABLE staff",
            "SELECT jsonb_build_object('ssn', ssn, 'note', email) FROM staff",
            "SELECT ssn AS \"a b\", email FROM staff s WHERE s.id IN (SELECT id FROM staff) ORDER BY id",
            "SELECT * FROM shown",
            "SELECT count(*), max(id) FROM staff",
        ):
            cursor = connection.cursor(binary=binary)
            cursor.execute(query)
            show(f"{query} {binary}", cursor.fetchall())
        # Prepared once, run many times: described once.
        cursor = connection.cursor(binary=binary)
        for number in range(8):
            cursor.execute("SELECT id, ssn, card FROM staff WHERE id > %s ORDER BY id", (number % 2,), prepare=True)
            show(f"prepared {binary}", cursor.fetchall())
    # Named statements without a Describe of the portal.
    raw.prepare(b"one", b"SELECT email, ssn, card FROM staff ORDER BY id")
    show("described", raw.describe_prepared(b"one").nfields)
    for fmt in (0, 1):
        result = raw.exec_prepared(b"one", [], result_format=fmt)
        show("raw", [[result.get_value(r, c) for c in range(result.nfields)] for r in range(result.ntuples)])
    # SQL's own names.
    connection.execute("PREPARE two AS SELECT upper(ssn) AS y, id FROM staff")
    show("EXECUTE", connection.execute("EXECUTE two").fetchall())
    with connection.transaction():
        connection.execute("DECLARE three CURSOR FOR SELECT lower(ssn) AS z, ssn FROM staff")
        show("FETCH", connection.execute("FETCH ALL FROM three").fetchall())
        connection.execute("DECLARE four BINARY CURSOR FOR SELECT ssn, card FROM staff")
        show("FETCH binary", connection.execute("FETCH ALL FROM four").fetchall())
    with connection.transaction(), connection.cursor("five", binary=True) as cursor:
        cursor.execute("SELECT email, ssn FROM staff")
        show("cursor", cursor.fetchall())
    # COPY
    for query in (
        "COPY staff TO STDOUT",
        "COPY staff (ssn, email) TO STDOUT",
        "COPY staff TO STDOUT (FORMAT csv, HEADER)",
        "COPY staff TO STDOUT (FORMAT csv, FORCE_QUOTE *, QUOTE '''')",
        "COPY staff TO STDOUT (FORMAT binary)",
        "COPY staff (id, card, born, ssn) TO STDOUT (FORMAT binary)",
        "COPY (SELECT upper(ssn), id, note FROM staff) TO STDOUT",
        "COPY (SELECT ssn AS x FROM staff) TO STDOUT (FORMAT binary)",
        "COPY (SELECT * FROM staff) TO STDOUT",
    ):
        with connection.cursor() as cursor, cursor.copy(query) as copy:
            show(query, b"".join(bytes(block) for block in copy))
    # Messages
    for query in (
        "INSERT INTO staff SELECT * FROM staff",
        "INSERT INTO staff (id, ssn, born) SELECT 99, ssn, NULL FROM staff WHERE id = 1",
        "INSERT INTO staff (id, email) SELECT 98, NULL",
        "DO $$ DECLARE v text; BEGIN SELECT email INTO v FROM staff WHERE id = 1; "
        "RAISE NOTICE 'it is %', v USING DETAIL = v, HINT = v; RAISE EXCEPTION 'no: %', v; END $$",
        "SELECT email::int FROM staff",
    ):
        try:
            connection.execute(query)
        except psycopg.Error as error:
            show("error", [str(error), error.diag.message_detail])
    connection.execute("LISTEN news")
    connection.execute("SELECT pg_notify('news', email) FROM staff WHERE id = 1")
    for notification in connection.notifies(timeout=2, stop_after=1):
        show("notification", notification.payload)
    with connection.pipeline():
        cursors = [connection.execute("SELECT ssn, email FROM staff WHERE id = %s", (n,)) for n in (1, 2)]
        show("pipeline", [cursor.fetchall() for cursor in cursors])
    assert connection.info.transaction_status == pq.TransactionStatus.IDLE
