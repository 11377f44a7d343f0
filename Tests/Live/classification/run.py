#!/usr/bin/env python3
"""Runs the statements of statements/*.sql and sees what they really change; then compares that with what was claimed.

    run.py run --socket DIRECTORY --files DIRECTORY --truth FILE     asks the server at PGHOST, PGPORT
    run.py compare --truth FILE --actions FILE [--all]               prints the table; exit code 1 if a write is called read

A statement ends with a semicolon at the end of a line. Lines before it that begin with `--|` say how it is run:
`before: SQL` in the same session first; `alone` outside of a transaction, committed; `undo: SQL` after that; `input: TEXT`
for COPY FROM STDIN; `fails`. THIS_DB, PORT, FOLDER and VICTIM stand for what is only known when it runs.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import sys
import threading
import time

import psycopg
from psycopg import pq

HERE = pathlib.Path(__file__).resolve().parent
TEMPLATE = "shop_template"
CHANGES = {"data", "schema", "privilege", "outside"}
HARMLESS = {"read", "session"}
# Catalogs whose rows are contents, and those that say who may do what.
CONTENTS = {"pg_largeobject", "pg_largeobject_metadata"}
PRIVILEGES = {"pg_authid", "pg_auth_members", "pg_db_role_setting", "pg_default_acl", "pg_parameter_acl", "pg_policy",
              "pg_user_mapping", "pg_seclabel", "pg_shseclabel", "pg_init_privs"}


class Case:
    def __init__(self, theme, text, options):
        self.theme, self.text = theme, text
        self.before = [value for name, value in options if name == "before"]
        self.undo = [value for name, value in options if name == "undo"]
        self.input = "\n".join(value for name, value in options if name == "input").replace("\\t", "\t")
        names = {name for name, _ in options}
        self.is_alone, self.fails = "alone" in names, "fails" in names
        self.is_hidden = "hidden" in theme


def ends_outside_of_quotes(text):
    """A line's last semicolon ends the statement unless a quote or a comment is still open."""
    position, depth = 0, 0
    while position < len(text):
        rest = text[position:]
        if rest.startswith("--"):
            end = rest.find("\n")
            if end < 0:
                return False
            position += end
        elif rest.startswith("/*"):
            depth, step = 1, 2
            while depth and step < len(rest):
                if rest.startswith("/*", step) or rest.startswith("*/", step):
                    depth += 1 if rest[step] == "/" else -1
                    step += 1
                step += 1
            if depth:
                return False
            position += step
        elif tag := re.match(r"\$(?:[A-Za-z_]\w*)?\$", rest):
            end = rest.find(tag.group(), tag.end())
            if end < 0:
                return False
            position += end + tag.end()
        elif rest[0] in "'\"":
            escapes = rest[0] == "'" and re.search(r"(?:^|\W)[eE]$", text[:position])
            string = re.match(r"'(?:[^'\\]|\\.|'')*'" if escapes else rf"{rest[0]}(?:[^{rest[0]}])*{rest[0]}", rest, re.S)
            if not string:
                return False
            position += string.end()
        else:
            position += 1
    return text.endswith(";")


def read_cases():
    for file in sorted((HERE / "statements").glob("*.sql")):
        options, text, is_first = [], "", True
        for line in file.read_text().splitlines():
            if line.startswith("--|") and not text:
                name, _, value = line[3:].partition(":")
                options.append((name.strip(), value.strip()))
            elif is_first and line.startswith("-- ") and not text:
                continue
            elif line or text:
                is_first = False
                text += ("\n" if text else "") + line
                if ends_outside_of_quotes(text):
                    yield Case(file.stem, text, options)
                    options, text = [], ""
        if text:
            raise SystemExit(f"{file}: the last statement does not end")


class Session:
    """A connection that sends each text as one simple query, over TCP, so that it is captured."""

    def __init__(self, database, name):
        self.conn = pq.PGconn.connect(
            f"host={os.environ['PGHOST']} port={os.environ['PGPORT']} user=postgres dbname={database} application_name={name}".encode())
        if self.conn.status != pq.ConnStatus.OK:
            raise SystemExit(self.conn.error_message.decode())
        self.conn.notice_handler = None
        self.sent = []

    def run(self, text, copied=""):
        """The error, or None."""
        self.sent.append(text)
        return self.ask(text, copied)[1]

    def ask(self, text, copied=""):
        value, error = None, None
        self.conn.send_query(text.encode())
        while (result := self.conn.get_result()) is not None:
            if result.status == pq.ExecStatus.COPY_OUT:
                while self.conn.get_copy_data(0)[0] > 0:
                    pass
            elif result.status == pq.ExecStatus.COPY_IN:
                if copied:
                    self.conn.put_copy_data((copied + "\n").encode())
                self.conn.put_copy_end()
            elif result.status == pq.ExecStatus.FATAL_ERROR:
                error = result.error_message.decode().strip().splitlines()[0]
            elif result.status == pq.ExecStatus.TUPLES_OK and result.ntuples and result.nfields:
                value = result.get_value(0, 0)
        return value, error

    def state(self):
        self.sent.append("SELECT lab.state()")
        value, error = self.ask("SELECT lab.state()")
        if error:
            raise SystemExit(f"the state cannot be asked for: {error}")
        return json.loads(value)

    @property
    def is_idle(self):
        return self.conn.transaction_status == pq.TransactionStatus.IDLE

    def close(self):
        self.conn.finish()


class Admin:
    """Asks over the socket, which is not captured."""

    def __init__(self, socket, database="postgres"):
        self.conn = psycopg.connect(
            f"host={socket} port={os.environ['PGPORT']} user=postgres dbname={database} application_name=lab", autocommit=True)

    def one(self, text):
        return self.conn.execute(text).fetchone()[0]

    def run(self, text):
        self.conn.execute(text)

    def close(self):
        self.conn.close()


def changed(before, after):
    """What kind of thing two states differ in, and where."""
    tables = {name for name in before["tables"].keys() | after["tables"].keys()
              if before["tables"].get(name) != after["tables"].get(name)}
    kinds = set()
    for table in tables:
        short = table.removeprefix("pg_catalog.")
        if short == table or short in CONTENTS:
            kinds.add("data")
        else:
            kinds.add("privilege" if short in PRIVILEGES else "schema")
    return kinds, sorted(tables)


class Laboratory:
    def __init__(self, options):
        self.socket, self.files = options.socket, pathlib.Path(options.files)
        self.truths, self.lock = {}, threading.Lock()

    def fill_in(self, text, database, victim=0):
        for name, value in (("THIS_DB", database), ("PORT", os.environ["PGPORT"]), ("FOLDER", str(self.files)), ("VICTIM", str(victim))):
            text = re.sub(rf"\b{name}\b", value, text)
        return text

    def clone(self, admin, database):
        admin.run(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        admin.run(f"CREATE DATABASE {database} TEMPLATE {TEMPLATE}")
        own = Admin(self.socket, database)
        own.run(f"ALTER SERVER here OPTIONS (SET dbname '{database}', SET port '{os.environ['PGPORT']}')")
        own.close()

    def record(self, number, case, session, kinds, where, error, notes=()):
        truth = {"number": number, "theme": case.theme, "text": case.text, "sent": session.sent[:session.place + 1], "place": session.place,
                 "truth": sorted(kinds), "where": where[:6], "error": error, "fails": case.fails, "hidden": case.is_hidden,
                 "ends": session.ends, "notes": list(notes)}
        with self.lock:
            self.truths[number] = truth

    def run_case(self, session, case, database, victim=0):
        for text in case.before:
            if error := session.run(self.fill_in(text, database, victim)):
                print(f"{case.theme}: {text}: {error}", file=sys.stderr)

    def in_transaction(self, number, case, database, baseline):
        session = Session(database, f"s{number}")
        session.run("BEGIN")
        before = baseline
        if case.before:
            self.run_case(session, case, database)
            before = session.state()
        files = self.listing()
        session.place, session.ends = len(session.sent), False
        error = session.run(self.fill_in(case.text, database), case.input)
        if error:
            session.run("ROLLBACK")
        session.ends = session.is_idle and not error
        after = session.state()
        kinds, where = changed(before, after)
        notes = []
        if not error and not session.ends:
            if (after["written"] or 0) > (before["written"] or 0) and not kinds:
                # A row that was written and is gone again, or one of a temporary table.
                notes.append("rows written")
            if after["xid"] and after["xid"] != before["xid"] and not kinds:
                notes.append("a transaction's number, and nothing written")
        if "FOLDER" in case.text and self.listing() != files:
            kinds.add("outside")
            where = where + ["files"]
            self.tidy()
        self.record(number, case, session, kinds, where, error, notes)
        if not session.is_idle:
            session.ask("ROLLBACK")
        # Sequences are not rolled back.
        baseline["tables"].update({k: v for k, v in after["tables"].items() if k.startswith("sequence") and k in baseline["tables"]})
        session.close()

    def listing(self):
        found = {}
        for path in self.files.rglob("*"):
            try:
                seen = path.stat()
            except FileNotFoundError:  # of another worker, gone since
                continue
            found[str(path)] = (seen.st_mtime_ns, seen.st_size)
        return found

    def tidy(self):
        for path in self.files.iterdir():
            if path.is_file() and path.name not in ("rows", "readable"):
                path.unlink()

    def worker(self, cases, database):
        session = Session(database, "baseline")
        session.ask("BEGIN")
        baseline = session.state()
        session.close()
        own = Admin(self.socket, database)
        deep = own.one("SELECT lab.state(true)")
        for number, case in cases:
            self.in_transaction(number, case, database, baseline)
        kinds, where = changed(
            *({"tables": {k: v for k, v in s["tables"].items() if not k.startswith("sequence")}} for s in (deep, own.one("SELECT lab.state(true)"))))
        if kinds:
            raise SystemExit(f"{database}: a transaction that was rolled back left something behind: {where}")
        own.close()

    def server(self, admin):
        """What is neither in a table nor in a catalog."""
        return {
            "files": self.listing(),
            "postgresql.auto.conf": admin.one("SELECT pg_read_file('postgresql.auto.conf')"),
            "settings read": admin.one("SELECT pg_conf_load_time()"),
            "slots": admin.one("SELECT jsonb_agg(to_jsonb(s) - 'active_pid' - 'safe_wal_size') FROM pg_replication_slots s"),
            "prepared": admin.one("SELECT array_agg(gid) FROM pg_prepared_xacts"),
            "counters": admin.one("SELECT array[(SELECT max(stats_reset) FROM pg_stat_database), (SELECT stats_reset FROM pg_stat_bgwriter), "
                                  "(SELECT stats_reset FROM pg_stat_wal), (SELECT max(stats_reset) FROM pg_stat_slru)]"),
            "WAL file": admin.one("SELECT pg_walfile_name(pg_current_wal_lsn())"),
            "victim": admin.one("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'victim'"),
        }

    def alone(self, cases, database):
        admin = Admin(self.socket)
        listener = Admin(self.socket)
        listener.run("LISTEN till")
        victim = Session("postgres", "victim")
        own = Admin(self.socket, database)
        before = own.one("SELECT lab.state()")
        for number, case in cases:
            session = Session(database, f"s{number}")
            self.run_case(session, case, database, victim.conn.backend_pid)
            before = own.one("SELECT lab.state()") if case.before else before
            server = self.server(admin)
            in_block = not session.is_idle
            session.place = len(session.sent)
            error = session.run(self.fill_in(case.text, database, victim.conn.backend_pid), case.input)
            session.ends = in_block and session.is_idle
            if error and "terminating" not in error and not session.is_idle:
                session.ask("ROLLBACK")
            after = own.one("SELECT lab.state()")
            kinds, where = changed(before, after)
            deadline = time.monotonic() + 0.3
            while (now := self.server(admin)) == server and not kinds and "pg_reload_conf" in case.text and time.monotonic() < deadline:
                time.sleep(0.02)
            different = [name for name in now if now[name] != server[name]]
            # A slot that decodes, and a file of the log, move on by what is written as data as well.
            if different and not (kinds and set(different) <= {"slots", "WAL file"}):
                kinds.add("outside")
                where = where + different
            # CREATE DATABASE and the like fill the log: a new file of it is no sign of its own then.
            notes = ["message"] if list(listener.conn.notifies(timeout=0)) else []
            self.record(number, case, session, kinds, where, error, notes)
            session.close()
            for text in case.undo:
                own.run(text)
            self.tidy()
            if not now["victim"]:
                victim.close()
                victim = Session("postgres", "victim")
            if kinds & {"data", "schema", "privilege"} or case.before:
                own.close()
                self.clone(admin, database)
                own = Admin(self.socket, database)
                before = own.one("SELECT lab.state()")
        own.close()
        victim.close()

    def prepare(self):
        admin = Admin(self.socket)
        admin.run((HERE / "roles.sql").read_text())
        admin.run(f"CREATE DATABASE {TEMPLATE}")
        own = Admin(self.socket, TEMPLATE)
        own.run((HERE / "fixture.sql").read_text())
        own.run((HERE / "state.sql").read_text())
        own.close()
        admin.close()


def run(options):
    lab = Laboratory(options)
    lab.prepare()
    cases = list(enumerate(read_cases()))
    if options.only:
        cases = [(n, c) for n, c in cases if re.search(options.only, c.theme + " " + c.text)]
    together = [(n, c) for n, c in cases if not c.is_alone]
    failures = []

    def guarded(work, *arguments):
        try:
            work(*arguments)
        except BaseException as error:
            failures.append(error)
            raise

    # What all databases share is asked for by one of the two, lest they wait for each other.
    shared = [(n, c) for n, c in together if c.theme.endswith(("server", "privileges")) or "FOLDER" in c.text]
    rest = [(n, c) for n, c in together if (n, c) not in shared]
    split = (len(rest) + len(shared)) // 2 - len(shared)
    parts = [shared + rest[:split], rest[split:]]
    admin = Admin(lab.socket)
    for database in ("shop_0", "shop_1", "shop_alone"):
        lab.clone(admin, database)
    admin.close()
    threads = [threading.Thread(target=guarded, args=(lab.worker, part, f"shop_{i}")) for i, part in enumerate(parts)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    middle = time.monotonic()
    if failures:
        raise SystemExit(str(failures[0]))
    lab.alone([(n, c) for n, c in cases if c.is_alone], "shop_alone")
    print(f"{len(together)} in transactions: {middle - start:.0f} s, {len(cases) - len(together)} alone: {time.monotonic() - middle:.0f} s", file=sys.stderr)
    with open(options.truth, "w") as out:
        for number in sorted(lab.truths):
            out.write(json.dumps(lab.truths[number]) + "\n")


def is_command(words, text):
    if words[-1] == "AS":
        return text[:len(words) - 1] == words[:-1] and "AS" in text
    return text[:len(words)] == words


def compare(options):
    truths = [json.loads(line) for line in open(options.truth)]
    sessions = collections.defaultdict(lambda: collections.defaultdict(list))
    for line in open(options.actions):
        action = json.loads(line)
        if action["kind"] != "login":
            sessions[action["application"]][action["packet"]].append(action)
    wrong, cautious, unknown, hidden, odd, unclear, numbered = [], [], [], [], [], [], []
    table = collections.Counter()
    verbs = set()
    for truth in truths:
        messages = [sorted(group, key=lambda a: a["seq"]) for _, group in sorted(sessions[f"s{truth['number']}"].items())]
        place = truth["place"]
        own = messages[place] if place < len(messages) else []
        if not own or own[0]["text"].strip()[:12] != truth["sent"][place].strip()[:12] and len(own) < 2 and "password" not in truth["text"].lower():
            unclear.append((truth, own[0]["text"] if own else "nothing"))
            continue
        if bool(truth["error"]) != truth["fails"]:
            odd.append(truth)
        verbs |= {action["verb"] for action in own}
        effects = {action["effect"] for action in own}
        # What ends a transaction is judged together with the statements of it.
        judged = effects | ({action["effect"] for message in messages[:place] for action in message} if truth["ends"] else set())
        # A row that is gone again was written all the same.
        is_change = bool(CHANGES & set(truth["truth"])) or "rows written" in truth["notes"]
        claims = judged - HARMLESS
        entry = (truth, effects)
        if truth["hidden"]:
            if is_change and not claims:
                hidden.append(entry)
            continue
        kind = "+".join(truth["truth"]) or ("message" if truth["notes"] == ["message"] else "error" if truth["error"] else "none")
        table[kind, next(iter(effects)) if len(effects) == 1 else "several"] += 1
        if is_change and not claims:
            wrong.append(entry)
        if not is_change and effects - HARMLESS:
            cautious.append(entry)
        if truth["notes"] and truth["notes"][0].startswith("a transaction") and not claims:
            numbered.append(entry)
        if "unknown" in effects:
            unknown.append(entry)
    own = [truth for truth in truths if not truth["hidden"]]
    # Without comments and parentheses in front.
    beginnings = [re.sub(r"^(?:\s|\(|--[^\n]*\n|/\*.*?\*/)+", "", truth["text"]).upper().rstrip(";").split() for truth in truths]
    commands = [line.split() for line in open(options.commands)] if options.commands else []
    missing = [" ".join(words) for words in commands if not any(is_command(words, text) for text in beginnings)]
    asked = len(own)
    figures = {
        "statements": asked, "verbs": len(verbs),
        "changes": sum(1 for t in own if CHANGES & set(t["truth"])), "writesCalledRead": len(wrong), "unknown": len(unknown),
        "unknownThatChange": sum(1 for t, _ in unknown if t["truth"]), "cautious": len(cautious), "failed": sum(1 for t in own if t["error"]),
        "unexpected": len(odd), "unmatched": len(unclear), "commandsMissing": len(missing), "hidden": sum(1 for t in truths if t["hidden"]), "hiddenCalledRead": len(hidden),
    }
    effects = sorted({effect for _, effect in table})
    print(f"{'really changed':<26}" + "".join(f"{effect:>10}" for effect in effects))
    for kind in sorted({kind for kind, _ in table}):
        print(f"{kind:<26}" + "".join(f"{table[kind, effect] or '·':>10}" for effect in effects))
    print()
    print(f"{asked} statements, {figures['verbs']} verbs; {figures['changes']} change something, {figures['failed']} fail")
    print(f"writes called read or session: {len(wrong)}")
    print(f"unknown: {len(unknown)} ({100 * len(unknown) / max(1, asked):.1f} %), of which {figures['unknownThatChange']} change something")
    print(f"called read or session, and a transaction's number was spent on it: {len(numbered)}")
    print(f"called a change, and nothing changed: {len(cautious)}")
    print(f"writes of which the text shows nothing: {figures['hidden']}, called read: {len(hidden)}")

    def show(title, entries):
        if entries:
            print(f"\n{title}:")
        for truth, effects in entries:
            text = " ".join(truth["text"].split())[:110]
            print(f"  {truth['number']:>4} {','.join(sorted(effects)):<16} {'+'.join(truth['truth']) or 'none':<14} {text}  {' '.join(truth['where'])}{truth['notes'] or ''}")

    if missing:
        print("commands without a statement: " + ", ".join(missing))
    show("WRITES CALLED READ", wrong)
    for truth in odd:
        print(f"UNEXPECTED {truth['theme']}: {truth['text'][:100]}: {truth['error']}")
    for truth, text in unclear:
        print(f"UNMATCHED {truth['number']} {truth['theme']}: {truth['text'][:80]} / {text[:80]}")
    if options.all:
        show("unknown", unknown)
        show("over-cautious", cautious)
        show("numbered", numbered)
        show("hidden", hidden)
    print("figures " + json.dumps(figures, sort_keys=True))
    return 1 if wrong or odd or unclear or missing else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("run")
    for name in ("--socket", "--files", "--truth"):
        command.add_argument(name, required=True)
    command.add_argument("--only")
    command = commands.add_parser("compare")
    command.add_argument("--truth", required=True)
    command.add_argument("--actions", required=True)
    command.add_argument("--commands", help="a list of commands, each of which has to occur")
    command.add_argument("--all", action="store_true")
    options = parser.parse_args()
    sys.exit(run(options) if options.command == "run" else compare(options))


main()
