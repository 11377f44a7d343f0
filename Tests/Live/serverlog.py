#!/usr/bin/env python3
"""PostgreSQL's own account of what it was asked: its log as JSON lines, one for each thing that a client had it do.

    serverlog.py LOGFILE          a jsonlog (.json) or a csvlog (.csv), told apart by content

The server must log with: log_statement=all log_destination=jsonlog (or csvlog) logging_collector=on
log_parameter_max_length=-1 log_duration=off log_min_duration_statement=-1 log_connections=on log_disconnections=on
log_replication_commands=on lc_messages=C

Each line of output holds, in this order:
  pid, session      the backend; the session id is unique where a process id is not
  seq               rises by one per line of output within a session, from 1
  client            host:port of the client, null for a Unix socket
  user, database, application      as far as the server knew them then
  kind              simple | execute | fetch | fastpath | error | connect | disconnect | replication
  name, portal      of the prepared statement and portal; "" is the unnamed one; null where there is none
  text              the statement exactly as the client sent it; for an error its message
  parameters        list of strings and nulls in the order of $1, $2, …; null if the statement had none
  code              SQLSTATE, of an error
  line              of the log, from 1

How the server spells it (src/backend/tcop/postgres.c, PostgreSQL 15):
  simple query      LOG: "statement: " text          the whole string of the Query message, however many statements
  EXECUTE by SQL    the same; the DETAIL "prepare: PREPARE …" quotes what it prepared: not a parameter list
  extended query    LOG: "execute " name ["/" portal] ": " text   at the first Execute of a portal; Parse, Bind and
                    Describe are not logged by log_statement; DETAIL "parameters: $1 = 'it''s', $2 = NULL"
  further Execute   LOG: "execute fetch from " name ["/" portal] ": " text   of a suspended portal
  function call     LOG: 'fastpath function call: "name" (OID n)'
  never run         a Query with a syntax error, and whatever fails in Parse or Bind, appears only as an ERROR; a
                    statement after an error up to Sync, or in a failed transaction by extended query, not at all; by
                    simple query in a failed transaction it is logged and then refused
  nothing at all    an empty Query is logged as "statement: " with nothing after it, an empty Execute not at all
A quote inside a parameter is doubled and nothing else is escaped: a value may hold newlines, commas and "$2 = ".
Parameters are spelt by the output functions of their types, whatever the client sent: '1E+20' of a numeric appears as
100000000000000000000, [1,4] of an int4range as [1,5). What was sent in binary has one spelling only.
From version 16 on the DETAIL begins with capitals ("Parameters: ", "Prepare: "): both are read.
"""

import csv
import json
import re
import sys

# The columns of a csvlog, PostgreSQL 14 and later; earlier ones lack the last two.
COLUMNS = (
    "timestamp user dbname pid connection session_id line_num ps session_start vxid txid error_severity state_code "
    "message detail hint internal_query internal_position context statement cursor_position func application_name "
    "backend_type leader_pid query_id"
).split()

DURATION = re.compile(r"\Aduration: [0-9.]+ ms  (?=statement: |execute |fastpath function call: )")
FASTPATH = re.compile(r'\Afastpath function call: "(.*)" \(OID ([0-9]+)\)\Z', re.DOTALL)
ERRORS = {"ERROR", "FATAL", "PANIC"}


# A statement may be as long as a message may be: a gigabyte.
csv.field_size_limit(1 << 30)


class LogError(Exception):
    pass


def records(path):
    """The records of the log as dictionaries with jsonlog's keys; each with its `line`."""
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
        start = file.read(1)
        file.seek(0)
        if start in ("{", ""):
            for number, line in enumerate(file, 1):
                try:
                    record = json.loads(line)
                except ValueError as error:
                    raise LogError(f"{path}: line {number}: {error}") from error
                yield record | {"line": number}
        else:
            rows = csv.reader(file, strict=True)
            line = 1
            for row in rows:
                record = {key: value for key, value in zip(COLUMNS, row) if value != ""}
                # An empty field and a missing one look the same; of these a message can be truly empty.
                record.setdefault("message", "")
                record["pid"] = int(record["pid"])
                connection = record.pop("connection", "")
                if ":" in connection:
                    host, port = connection.rsplit(":", 1)
                    record |= {"remote_host": host, "remote_port": int(port)}
                yield record | {"line": line}
                line = rows.line_num + 1


def quoted_parameters(text):
    """`$1 = 'it''s', $2 = NULL` as ["it's", None]."""
    values, place = [], 0
    while place < len(text):
        label = f"${len(values) + 1} = "
        if not text.startswith(label, place):
            raise LogError(f"parameter list: expected {label!r} at {place} of {text!r}")
        place += len(label)
        if text.startswith("NULL", place):
            values.append(None)
            place += 4
        elif text.startswith("'", place):
            parts, place = [], place + 1
            while True:
                quote = text.find("'", place)
                if quote < 0:
                    raise LogError(f"parameter list: ${len(values) + 1} has no end in {text!r}")
                parts.append(text[place:quote])
                place = quote + 1
                if not text.startswith("'", place):
                    break
                place += 1
            values.append("'".join(parts))
        else:
            raise LogError(f"parameter list: neither NULL nor a quote at {place} of {text!r}")
        if place < len(text):
            if not text.startswith(", ", place):
                raise LogError(f"parameter list: no comma at {place} of {text!r}")
            place += 2
    return values


def parameters(record):
    detail = record.get("detail")
    if detail is not None and detail[:12].lower() == "parameters: ":
        return quoted_parameters(detail[12:])
    return None


def named(head):
    """`name`, `name/portal` or `<unnamed>` before the colon, as (name, portal)."""
    name, slash, portal = head.partition("/")
    return ("" if name == "<unnamed>" else name), (portal if slash else "")


def entry(record):
    """What the client had the server do by this record, or None: (kind, name, portal, text, parameters, code)."""
    severity, message = record.get("error_severity"), record.get("message", "")
    if severity in ERRORS:
        return "error", None, None, message, None, record.get("state_code")
    if severity != "LOG":
        return None
    message = DURATION.sub("", message)
    if message.startswith("statement: "):
        return "simple", None, None, message[11:], parameters(record), None
    for kind, prefix in (("fetch", "execute fetch from "), ("execute", "execute ")):
        if message.startswith(prefix):
            head, colon, text = message[len(prefix) :].partition(": ")
            if not colon:
                raise LogError(f"line {record['line']}: no statement in {message!r}")
            return kind, *named(head), text, parameters(record), None
    found = FASTPATH.match(message)
    if found:
        return "fastpath", None, None, found.group(1), [found.group(2)], None
    if message.startswith("received replication command: "):
        return "replication", None, None, message.split(": ", 1)[1], None, None
    if message.startswith(("connection authorized: ", "replication connection authorized: ")):
        return "connect", None, None, message.split(": ", 1)[1], None, None
    if message.startswith("disconnection: "):
        return "disconnect", None, None, message.split(": ", 1)[1], None, None
    return None


def entries(path):
    counts = {}
    for record in records(path):
        found = entry(record)
        if found is None or record.get("backend_type") not in ("client backend", "walsender", "not initialized", None):
            continue
        kind, name, portal, text, values, code = found
        session = record.get("session_id")
        counts[session] = counts.get(session, 0) + 1
        port = record.get("remote_port")
        yield {
            "pid": record["pid"],
            "session": session,
            "seq": counts[session],
            "client": f"{record['remote_host']}:{port}" if port else None,
            "user": record.get("user"),
            "database": record.get("dbname"),
            "application": record.get("application_name"),
            "kind": kind,
            "name": name,
            "portal": portal,
            "text": text,
            "parameters": values,
            "code": code,
            "line": record["line"],
        }


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    try:
        for found in entries(sys.argv[1]):
            if found["client"] is not None:
                # ensure_ascii keeps stray bytes of other encodings printable.
                print(json.dumps(found))
    except (OSError, LogError) as error:
        sys.exit(f"serverlog: {error}")


if __name__ == "__main__":
    main()
