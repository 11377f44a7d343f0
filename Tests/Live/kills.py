"""Kills a gateway again and again under load, and compares its recording with the server's own log (Tests/Live/kills.sh)."""

import argparse
import collections
import datetime
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import threading
import time

import psycopg

import recorded
import serverlog
from gateway_run import GatewayRun

MARK = re.compile(rb"mark-[0-9]+-[0-9]+-[0-9]+-[a-z]+")
WORKERS = 6


class Load:
    """Clients that work until the gateway is gone; every statement of theirs has a mark of its own."""

    def __init__(self, options, turn, random_source):
        self.options, self.turn = options, turn
        self.dsn = (
            f"host=127.0.0.1 port={options.gateway_port} user=agent dbname=postgres password={options.secret} "
            "sslmode=disable connect_timeout=20"
        )
        self.isOver = threading.Event()
        self.done = 0
        seeds = [random_source.random() for _ in range(WORKERS)]
        self.threads = [threading.Thread(target=self.work, args=(n, seeds[n])) for n in range(WORKERS)]
        mode = ["simple", "extended", "prepared"][turn % 3]
        self.bench = subprocess.Popen(
            [os.environ["PGBIN"] + "/pgbench", "-n", "-M", mode, "-c", "4", "-T", "60", "-f", f"{options.lab}/load.sql",
             "-h", "127.0.0.1", "-p", str(options.gateway_port), "-U", "agent", "postgres"],
            env=os.environ | {"PGPASSWORD": options.secret, "PGOPTIONS": ""},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.isOver.set()
        for thread in self.threads:
            thread.join()
        # It ends by itself: its connections are gone.
        try:
            self.bench.wait(10)
        except subprocess.TimeoutExpired:
            self.bench.kill()
            self.bench.wait()

    def work(self, worker, seed):
        rng = random.Random(seed)
        number = 0

        def mark(kind):
            nonlocal number
            number += 1
            return f"mark-{self.turn}-{worker}-{number}-{kind}"

        while not self.isOver.is_set():
            try:
                with psycopg.connect(self.dsn, autocommit=True) as connection:
                    while not self.isOver.is_set():
                        self.one(connection, rng, mark)
                        self.done += 1
            except psycopg.Error:
                # It is dead, or not there yet: this is what the load is for.
                time.sleep(0.01)

    def one(self, connection, rng, mark):
        choice = rng.randrange(7)
        if choice == 0:
            connection.execute(f"INSERT INTO did VALUES ('{mark('simple')}')")
        elif choice == 1:
            connection.execute("INSERT INTO did VALUES (%s::text)", (mark("extended"),), prepare=False)
        elif choice == 2:
            connection.execute("INSERT INTO did VALUES (%s::text)", (mark("prepared"),), prepare=True)
        elif choice == 3:
            with connection.pipeline():
                for _ in range(rng.randrange(2, 12)):
                    connection.execute("INSERT INTO did VALUES (%s::text)", (mark("pipeline"),))
        elif choice == 4:
            with connection.transaction():
                connection.execute(f"INSERT INTO did VALUES ('{mark('transaction')}')")
                connection.execute(f"SELECT '{mark('read')}'")
        elif choice == 5:
            with connection.cursor() as cursor, cursor.copy(f"COPY did FROM STDIN /* {mark('copy')} */") as copy:
                for _ in range(rng.randrange(1, 300)):
                    copy.write_row((mark("row"),))
        else:
            padding = "x" * rng.randrange(1, rng.choice([1_000, 10_000, 200_000]))
            connection.execute(f"SELECT length('{padding}'), '{mark('long')}'")


class Run(GatewayRun):
    def await_listening(self, process):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            ready = subprocess.run(
                [os.environ["PGBIN"] + "/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.options.gateway_port)])
            if ready.returncode == 0:
                return
            if process.poll() is not None:
                break
            time.sleep(0.02)
        sys.exit(f"kills: the gateway did not start again:\n{(self.here / 'log').read_text()[-2000:]}")

    def go(self):
        for turn in range(self.options.count):
            process = self.start()
            if self.random.random() < 0.1:
                # While it starts: what it makes of the last run is half done then.
                time.sleep(self.random.uniform(0, 0.4))
                self.kill(process)
                continue
            self.await_listening(process)
            self.verify("after the start")
            load = Load(self.options, turn, self.random)
            time.sleep(self.random.uniform(0, 1.2))
            self.kill(process)
            load.stop()
        process = self.start()
        self.await_listening(process)
        process.terminate()
        process.wait(60)
        self.verify("at the end")
        return self.compare()

    def compare(self):
        # The server has done what it was sent before the connections broke.
        with psycopg.connect(f"host={self.options.lab}/socket user=postgres dbname=postgres", autocommit=True) as admin:
            deadline = time.monotonic() + 60
            others = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            while admin.execute(others).fetchone()[0] and time.monotonic() < deadline:
                time.sleep(0.05)
            committed = {row[0] for row in admin.execute("SELECT mark FROM did")}
            last = "the last of the log"
            admin.execute(f"SELECT '{last}'")
        log = pathlib.Path(self.options.lab) / "log" / "server.json"
        while last.encode() not in log.read_bytes():
            time.sleep(0.05)
        # What came through the gateway: the laboratory's own connections are by the socket.
        done, times = collections.Counter(), {}
        for record in serverlog.records(log):
            entry = serverlog.entry(record)
            if entry is None or "remote_port" not in record or entry[0] not in ("simple", "execute", "fetch"):
                continue
            _, _, _, text, parameters, _ = entry
            request = (text, tuple(parameters or ()))
            done[request] += 1
            at = datetime.datetime.strptime(record["timestamp"][:23], "%Y-%m-%d %H:%M:%S.%f")
            times[request] = at.replace(tzinfo=datetime.timezone.utc).timestamp()

        streams = recorded.client_bytes(sorted(self.recording.glob("*.pcapng")))
        marks = {mark.decode() for stream in streams for mark in MARK.findall(stream)}
        unrecorded_rows = {row for row in committed if row.startswith("mark-")} - marks

        case = self.here / "case.exhibit"
        subprocess.run(
            [self.options.exhibit, "ingest", str(self.recording), "--case", str(case), "--quiet", "--log-key", self.key],
            check=True, stdout=subprocess.DEVNULL)
        found, sources = collections.Counter(), collections.Counter()
        listed = subprocess.run(
            [self.options.exhibit, "actions", "--case", str(case), "--format", "json"], check=True, capture_output=True, text=True)
        for line in listed.stdout.splitlines():
            action = json.loads(line)
            given = action.get("parameters") or []
            given = json.loads(given) if isinstance(given, str) else given
            found[(action["text"], tuple(given))] += 1
        listed = subprocess.run(
            [self.options.exhibit, "sources", "--case", str(case), "--format", "json"], check=True, capture_output=True, text=True)
        for line in listed.stdout.splitlines():
            sources[json.loads(line).get("integrity")] += 1

        missing = done - found
        lateness = [self.lateness(times[request]) for request in missing]
        print(f"kills: {len(self.kills)} with {self.options.durability}, seed {self.options.seed}; verdicts {dict(self.verdicts)}")
        print(
            f"kills: the server ran {sum(done.values())} statements and kept {len(committed)} rows; the recording has "
            f"{sum(found.values())} actions, {len(streams)} connections, {sum(map(len, streams))} bytes of clients; "
            f"integrity {dict(sources)}")
        print(f"kills: not in the recording: {sum(missing.values())} statements, {len(unrecorded_rows)} rows"
              + (f"; logged at most {max(lateness):.3f} s before a kill" if lateness else ""))
        if set(sources) != {"intact"}:
            self.failures.append(f"integrity {dict(sources)}")
        if self.options.durability == "strict":
            self.failures += [f"not recorded: {request}" for request in missing]
            self.failures += [f"not recorded: row {row}" for row in sorted(unrecorded_rows)]
        else:
            if lateness and max(lateness) > 1:
                self.failures.append("more is missing than the second that is stated")
            losses = subprocess.run(
                [self.options.exhibit, "verify", str(self.recording), "--key", self.key, "--strict"], capture_output=True, text=True)
            if missing and losses.returncode != 1:
                self.failures.append(f"what is missing is not declared: {losses.stdout}")
        for failure in self.failures[:20]:
            print(f"kills: {failure[:1000]}", file=sys.stderr)
        print(f"kills: {1 - bool(self.failures)} passed, {int(bool(self.failures))} failed")
        return 1 if self.failures else 0


def main():
    parser = argparse.ArgumentParser()
    for name in ("exhibit", "lab", "secret", "durability"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--gateway-port", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    return Run(parser.parse_args()).go()


sys.exit(main())
