"""Runs what agents and people run, with what tells later whose connection was whose: nothing of it is on the wire."""

import fcntl
import json
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from dataclasses import dataclass

import world
from hooks import Hooks


@dataclass
class Outcome:
    code: int
    out: str
    err: str
    started: int
    ended: int

    @property
    def seconds(self) -> float:
        return (self.ended - self.started) / 1e9


class Shim:
    """The laboratory as one of its users sees it."""

    def __init__(self, settings: dict, with_ids: bool):
        self.lab = pathlib.Path(settings["lab"])
        self.ports = settings["ports"]
        self.with_ids = with_ids
        self.lock = threading.Lock()
        self.records: list[dict] = []
        self.live = 0
        self.base = {
            "PATH": f"{self.lab}/bin:{settings['pgbin']}:/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "dumb",
            "PGHOST": "127.0.0.1", "PGPORT": str(self.ports["pg"]), "PGUSER": "agent", "PGDATABASE": "shop", "PGSSLMODE": "disable",
            "PGGSSENCMODE": "disable", "PAGER": "cat", "PSQL_HISTORY": "/dev/null", "SSLKEYLOGFILE": str(self.lab / "keys.log"),
            "DATABASE_URL": f"postgresql://agent@127.0.0.1:{self.ports['pg']}/shop",
            "SQLALCHEMY_URL": f"postgresql+psycopg://agent@127.0.0.1:{self.ports['pg']}/shop",
            "SHOP_URL": f"https://{settings.get('host', 'shop.internal')}:{self.ports['https']}", "CURL_HOME": str(self.lab / "curl"),
            "GIT_SSH_COMMAND": str(self.lab / "bin/ssh"), "GIT_CONFIG_NOSYSTEM": "1", "PYTHONDONTWRITEBYTECODE": "1",
            "LD_PRELOAD": str(self.lab / "connections.so"), "LAB_CONNECTIONS": str(self.lab / "connections.jsonl"),
        } | settings.get("environment", {})
        self.hooks = {agent: Hooks(pathlib.Path(path), self) for agent, path in settings.get("hooks", {}).items()}

    # Paths: the developer's machine has /home where the laboratory has a directory of its own.

    def shown(self, text: str) -> str:
        return text.replace(f"{self.lab}/dev/", "/home/").replace(f"{self.lab}/home", "/home/deploy").replace(str(self.lab), "/opt")

    def hidden(self, text: str) -> str:
        return text.replace("/home/", f"{self.lab}/dev/")

    def home(self, person: str) -> pathlib.Path:
        return self.lab / "dev" / person

    def environment(self, owner: str, person: str, more: dict | None = None) -> dict:
        source = world.PEOPLE.get(person, person)
        home = str(self.home(person)) if person in world.PEOPLE else str(self.lab / "dev/cron")
        return self.base | {"LAB_CALL": owner, "LAB_SOURCE": source, "HOME": home} | (more or {})

    def start(self, owner, command, person, cwd, more=None) -> subprocess.Popen:
        return subprocess.Popen(
            ["bash", "-c", self.hidden(command)], cwd=cwd, env=self.environment(owner, person, more), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)

    def finish(self, process: subprocess.Popen, started: int, timeout=90) -> Outcome:
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            # A group of our own, started above.
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
        return Outcome(process.returncode, self.text(out), self.text(err), started, time.time_ns())

    def run(self, owner, command, person, cwd, more=None) -> Outcome:
        started = time.time_ns()
        return self.finish(self.start(owner, command, person, cwd, more), started)

    def text(self, raw: bytes) -> str:
        return self.shown(raw.decode("utf-8", "replace"))

    def record(self, **fields):
        with self.lock:
            self.records.append(fields)

    def save(self, path: pathlib.Path):
        path.write_text("".join(json.dumps(record) + "\n" for record in self.records))

    def next_live(self) -> str:
        with self.lock:
            self.live += 1
            return f"live:{self.live}"


class Terminal:
    """A program on a terminal of its own that is typed into. Which call typed when is written down with each input."""

    def __init__(self, shim: Shim, command: str, person: str, cwd, prompt: str, more: dict | None = None, before: str = ""):
        self.shim, self.prompt, self.owner = shim, re.compile(prompt), shim.next_live()
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
        self.process = subprocess.Popen(
            ["bash", "-c", before + "exec " + shim.hidden(command)], cwd=cwd, env=shim.environment(self.owner, person, more), stdin=slave,
            stdout=slave, stderr=slave, start_new_session=True)
        os.close(slave)

    def read(self, timeout=20.0) -> str:
        """What is shown until the prompt stands at the end and nothing follows it, or the program is gone."""
        shown, deadline = b"", time.monotonic() + timeout
        while time.monotonic() < deadline:
            ready, _, _ = select.select([self.master], [], [], 0.12)
            if ready:
                try:
                    piece = os.read(self.master, 65536)
                except OSError:
                    break
                if not piece:
                    break
                shown += piece
            elif self.prompt.search(shown.decode("utf-8", "replace").rstrip("\r\n") or ""):
                break
            elif self.process.poll() is not None:
                break
        return self.shim.text(shown)

    def begin(self, call, timeout=20.0) -> Outcome:
        """Waits for the first prompt; what the program does until then is that call's."""
        started = time.time_ns()
        self.shim.record(kind="typed", live=self.owner, call=call, at_ns=started, text="")
        out = self.read(timeout)
        return Outcome(0, out, "", started, time.time_ns())

    def type(self, call, chars) -> Outcome:
        started = time.time_ns()
        self.shim.record(kind="typed", live=self.owner, call=call, at_ns=started, text=chars)
        os.write(self.master, chars.encode())
        out = self.read()
        return Outcome(0, out, "", started, time.time_ns())

    def leave(self, call, chars) -> Outcome:
        started = time.time_ns()
        self.shim.record(kind="typed", live=self.owner, call=call, at_ns=started, text=chars)
        os.write(self.master, chars.encode())
        out = self.read(5)
        try:
            code = self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            code = self.process.wait()
        os.close(self.master)
        return Outcome(code, out, "", started, time.time_ns())
