"""Fills the disk of a gateway's recording under load and clears it again (Tests/Live/full.sh)."""

import argparse
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import psycopg

import recorded

WORKERS = 6


class Run:
    def __init__(self, options):
        self.options = options
        self.here = pathlib.Path(options.here)
        self.recording = self.here / "recording"
        self.filler = self.recording / "filler"
        self.dsn = (
            f"host=127.0.0.1 port={options.port} user=agent dbname=postgres password={options.secret} sslmode=disable "
            "connect_timeout=20"
        )
        self.codes, self.done, self.inside, self.failures = [], 0, [], []

    def expect(self, holds, what):
        if not holds:
            self.failures.append(what)

    def work(self, worker, turn):
        number, notices = 0, []
        try:
            with psycopg.connect(self.dsn, autocommit=True) as connection:
                # An end that comes right behind an answer finds libpq idle, and libpq makes a notice of it.
                connection.add_notice_handler(lambda notice: notices.append(notice.sqlstate))
                self.inside.append(worker)
                while True:
                    number += 1
                    connection.execute("INSERT INTO did VALUES (%s::text)", (f"mark-{turn}-{worker}-{number}-x",))
                    self.done += 1
        except psycopg.Error as error:
            self.codes.append(error.sqlstate or (notices[-1] if notices else str(error)))

    def fill(self):
        with open(self.filler, "ab", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                while True:
                    try:
                        if file.write(b"x" * size) < size:
                            break
                    except OSError:
                        break

    def health(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.options.metrics}/health", timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def once(self, turn):
        self.codes, self.inside = [], []
        threads = [threading.Thread(target=self.work, args=(worker, turn)) for worker in range(WORKERS)]
        idle = psycopg.connect(self.dsn, autocommit=True)
        for thread in threads:
            thread.start()
        before = self.done
        while self.done < before + 100 or len(self.inside) + len(self.codes) < WORKERS:
            time.sleep(0.01)
        self.fill()
        for thread in threads:
            thread.join(120)
        self.expect(not any(thread.is_alive() for thread in threads), "a client still works")
        self.expect(all(code == "58030" for code in self.codes), f"what clients were told: {self.codes}")
        try:
            idle.execute("SELECT 1")
            self.failures.append("an idle session went on")
        except psycopg.Error as error:
            self.expect("cannot record" in str(error), f"an idle session was told {error}")
        for _ in range(3):
            try:
                psycopg.connect(self.dsn).close()
                self.failures.append("somebody was let in")
            except psycopg.Error as error:
                self.expect("cannot record" in str(error), f"a login was told {error}")
            time.sleep(0.7)
        status, text = self.health()
        self.expect(status == 503 and "recording failed" in text, f"health: {status} {text}")
        self.filler.unlink()
        deadline = time.monotonic() + 60
        while self.health()[0] != 200 and time.monotonic() < deadline:
            time.sleep(0.05)
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(f"INSERT INTO did VALUES ('mark-{turn}-9-1-after')")

    def go(self):
        for turn in range(3):
            self.once(turn)
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            kept = {row[0] for row in connection.execute("SELECT mark FROM did")}
        os.kill(self.options.process, signal.SIGTERM)
        log = self.here / "log"
        deadline = time.monotonic() + 60
        while "\"stopped\"" not in log.read_text() and time.monotonic() < deadline:
            time.sleep(0.05)
        said = [json.loads(line).get("event") for line in log.read_text().splitlines() if line.startswith("{")]
        for what in ("recording failed", "recording goes on"):
            self.expect(said.count(what) == 3, f"the log says {what} {said.count(what)} times")
        key = next(line for line in (self.here / "log.vkey").read_text().splitlines() if "/gateway+" in line)
        verified = subprocess.run(
            [self.options.exhibit, "verify", str(self.recording), "--key", key], capture_output=True, text=True)
        verdict = re.search(r"intact-but-open|intact|truncated-after|forked|rolled-back|unsigned-tail|broken-at", verified.stdout)
        self.expect(verified.returncode == 0 and verdict and verdict.group(0) == "intact", verified.stdout + verified.stderr)
        strict = subprocess.run(
            [self.options.exhibit, "verify", str(self.recording), "--key", key, "--strict"], capture_output=True, text=True)
        self.expect(strict.returncode == 1, f"what is missing is not declared: {strict.stdout}")
        streams = b"".join(recorded.client_bytes(sorted(self.recording.glob("*.pcapng"))))
        missing = sorted(mark for mark in kept if mark.encode() not in streams)
        if self.options.durability == "strict":
            self.expect(not missing, f"not recorded: {missing}")
        print(f"full: {len(kept)} rows, {len(missing)} not in the recording ({self.options.durability}); "
              f"{len(list(self.recording.glob('*.pcapng')))} segments")
        for failure in self.failures[:20]:
            print(f"full: {failure[:1000]}", file=sys.stderr)
        print(f"full: {1 - bool(self.failures)} passed, {int(bool(self.failures))} failed")
        return 1 if self.failures else 0


def main():
    parser = argparse.ArgumentParser()
    for name in ("exhibit", "here", "secret", "durability"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("port", "metrics", "process"):
        parser.add_argument(f"--{name}", type=int, required=True)
    return Run(parser.parse_args()).go()


sys.exit(main())
