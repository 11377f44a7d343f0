"""The account of the ends: what a client asked and saw, as JSON that LiveSSHTests.swift reads."""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import time


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Account:
    """Scenes, each with the connections that it made; they run one after another, so the server's log tells whose is whose."""

    def __init__(self, lab: pathlib.Path):
        self.log = lab / "ssh/sshd.log"
        self.scenes = []
        self.lab = lab

    def connections(self) -> list[str]:
        return [f"{host}:{port}" for host, port in re.findall(r"^Connection from (\S+) port (\d+)", self.log.read_text(), re.M)]

    def scene(self, name: str):
        return Scene(self, name)

    def write(self, path: str) -> None:
        pathlib.Path(path).write_text(json.dumps({"scenes": self.scenes}, indent=1))


class Scene:
    def __init__(self, account: Account, name: str):
        self.account = account
        self.told = {
            "name": name, "clients": [], "logins": [], "commands": [], "files": [], "forwardings": [], "repositories": [],
            "facts": {}, "statements": [], "calls": []}

    def __enter__(self):
        self.before = len(self.account.connections())
        return self

    def __exit__(self, kind, error, trace):
        if error is None:
            self.told["clients"] += self.account.connections()[self.before :]
            self.account.scenes.append(self.told)

    def __getattr__(self, name):
        return self.told[name]

    def command(self, text, exit, data=b"", output=None, error=None, **more):
        self.told["commands"].append({
            "text": text, "exit": str(exit), "input": digest(data), "output": digest(output), "error": digest(error), **more})

    def file(self, service, verb, path, content=None, other=None, ok=True):
        self.told["files"].append({
            "service": service, "verb": verb, "path": str(path), "other": other and str(other), "ok": ok,
            "content": digest(content)})

    def run(self, *words, data=b"", status=0, **options):
        """A program of the client's side; its status must be as expected."""
        done = subprocess.run([str(word) for word in words], input=data, capture_output=True, timeout=120, **options)
        if status is not None and done.returncode != status:
            raise SystemExit(f"{words} gave {done.returncode}, not {status}: {done.stdout[-800:]} {done.stderr[-2000:]}")
        return done

    def ssh(self, *words, data=b"", status=0, options=()):
        """`ssh` with a command; what it gave is noted as what the client saw."""
        done = self.run("ssh", *options, "app.internal", *words, data=data, status=status)
        self.command(" ".join(words), done.returncode, data, done.stdout, done.stderr)
        return done


def digest(data):
    """Size and SHA-256 of what is known; None of what is not."""
    return None if data is None else {"count": len(data), "sha256": sha(data)}


def until(what, test, seconds=30):
    deadline = time.monotonic() + seconds
    while not test():
        if time.monotonic() > deadline:
            raise SystemExit(f"gave up waiting for {what}")
        time.sleep(0.02)


def compressible(count: int) -> bytes:
    """Half noise, half text, so that compression has something to do and does not hide everything."""
    noise = os.urandom(count // 2)
    line = b"2026-11-20 02:16:39 migrate 0042 customers.card_pan\n"
    return noise + (line * (count // len(line) + 1))[: count - len(noise)]
