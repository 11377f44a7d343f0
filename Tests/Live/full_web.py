"""Fills the disk of a gateway's recording under load of HTTP and SSH and clears it again (Tests/Live/full_web.sh)."""

import argparse
import base64
import http.client
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

import recorded

MARK = re.compile(r"mark-[0-9]+-[0-9]+-[0-9]+-[a-z]+")


class Run:
    def __init__(self, options):
        self.options = options
        self.here = pathlib.Path(options.here)
        self.recording = self.here / "recording"
        self.filler = self.recording / "filler"
        self.ran = self.here / "ran"
        self.ends, self.web, self.shell, self.failures = [], 0, 0, []
        credentials = base64.b64encode(f"agent:{options.secret}".encode()).decode()
        self.fields = {"Authorization": f"Basic {credentials}"}

    def expect(self, holds, what):
        if not holds:
            self.failures.append(what)

    def ask(self, connection, mark):
        connection.request("GET", f"/orders/{mark}", headers=self.fields)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def run(self, command):
        keys = self.options.ssh
        return subprocess.run(
            ["timeout", "60", "ssh", "-F", "none", "-p", str(self.options.ssh_port), "-i", f"{keys}/client", "-o", "IdentitiesOnly=yes",
             "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
             "agent@127.0.0.1", command], capture_output=True, stdin=subprocess.DEVNULL).returncode

    def browse(self, worker, turn):
        connection = http.client.HTTPConnection("127.0.0.1", self.options.port, timeout=60)
        number = 0
        try:
            while True:
                number += 1
                status, content = self.ask(connection, f"mark-{turn}-{worker}-{number}-get")
                if status != 200:
                    return self.ends.append(f"{status} {b'not-recorded' in content}")
                self.web += 1
        except (http.client.HTTPException, ConnectionError):
            self.ends.append("closed")

    def work(self, worker, turn):
        number = 0
        while True:
            number += 1
            status = self.run(f"echo mark-{turn}-{worker}-{number}-run >> {self.ran}")
            if status != 0:
                return self.ends.append(f"ssh {status}")
            self.shell += 1

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
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def once(self, turn):
        self.ends = []
        threads = [threading.Thread(target=self.browse, args=(worker, turn), daemon=True) for worker in range(3)]
        threads += [threading.Thread(target=self.work, args=(worker, turn), daemon=True) for worker in (8, 9)]
        web, shell = self.web, self.shell
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 120
        while (self.web < web + 100 or self.shell < shell + 4) and time.monotonic() < deadline:
            time.sleep(0.01)
        self.fill()
        for thread in threads:
            thread.join(120)
        self.expect(not any(thread.is_alive() for thread in threads), "a client still works")
        known = {"503 True", "closed", "ssh 255"}
        self.expect(set(self.ends) <= known and self.ends.count("ssh 255") == 2, f"what clients were told: {self.ends}")
        for number in range(3):
            connection = http.client.HTTPConnection("127.0.0.1", self.options.port, timeout=60)
            status, content = self.ask(connection, f"mark-{turn}-7-{number}-refused")
            self.expect(status == 503 and b"not-recorded" in content, f"while it was full: {status} {content}")
            status = self.run(f"echo mark-{turn}-7-{number}-refused >> {self.ran}")
            self.expect(status == 255, f"while it was full a program ended with {status}")
        self.expect(self.health() == 503, "health is not 503")
        self.filler.unlink()
        deadline = time.monotonic() + 60
        while self.health() != 200 and time.monotonic() < deadline:
            time.sleep(0.05)
        connection = http.client.HTTPConnection("127.0.0.1", self.options.port, timeout=60)
        self.expect(self.ask(connection, f"mark-{turn}-6-1-after")[0] == 200, "no request goes on")
        self.expect(self.run(f"echo mark-{turn}-6-1-after >> {self.ran}") == 0, "no program goes on")

    def go(self):
        for turn in range(3):
            self.once(turn)
        os.kill(self.options.process, signal.SIGTERM)
        log = self.here / "log"
        deadline = time.monotonic() + 60
        while '"stopped"' not in log.read_text() and time.monotonic() < deadline:
            time.sleep(0.05)
        said = [json.loads(line).get("event") for line in log.read_text().splitlines() if line.startswith("{")]
        for what in ("recording failed", "recording goes on"):
            self.expect(said.count(what) == 3, f"the log says {what} {said.count(what)} times")
        key = next(line for line in (self.here / "log.vkey").read_text().splitlines() if "/gateway+" in line)
        verified = subprocess.run(
            [self.options.exhibit, "verify", str(self.recording), "--key", key], capture_output=True, text=True)
        self.expect(verified.returncode == 0, verified.stdout + verified.stderr)
        done = set(MARK.findall(pathlib.Path(self.options.served).read_text())) | set(MARK.findall(self.ran.read_text()))
        self.expect(not any(mark.endswith("refused") for mark in done), "what was refused was done")
        streams = b"".join(recorded.client_bytes(sorted(self.recording.glob("*.pcapng"))))
        kept = {mark.decode() for mark in re.findall(MARK.pattern.encode(), streams)}
        missing = sorted(done - kept)
        if self.options.durability == "strict":
            self.expect(not missing, f"not recorded: {missing}")
        print(f"full: {self.web} requests, {self.shell} programs, {len(missing)} not in the recording ({self.options.durability})")
        for failure in self.failures[:20]:
            print(f"full: {failure[:1000]}", file=sys.stderr)
        print(f"full: {1 - bool(self.failures)} passed, {int(bool(self.failures))} failed")
        return 1 if self.failures else 0


def main():
    parser = argparse.ArgumentParser()
    for name in ("exhibit", "here", "secret", "durability", "ssh", "served"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("port", "metrics", "process", "ssh-port"):
        parser.add_argument(f"--{name}", type=int, required=True)
    return Run(parser.parse_args()).go()


sys.exit(main())
