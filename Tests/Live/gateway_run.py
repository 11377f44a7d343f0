"""A gateway that is started and killed in the same folder, and what becomes of its recording (kills.py, web_kills.py)."""

import collections
import pathlib
import random
import re
import signal
import subprocess
import time


class GatewayRun:
    """`name` is the log's name behind `lab.example/`; the folder in the laboratory is called so too."""

    def __init__(self, options, name="gateway"):
        self.options = options
        self.here = pathlib.Path(options.lab) / name
        self.recording = self.here / "recording"
        self.key = next(
            line for line in (self.here / "log.vkey").read_text().splitlines() if line.startswith(f"lab.example/{name}+"))
        self.random = random.Random(options.seed)
        self.kills = []
        self.verdicts = collections.Counter()
        self.failures = []

    def start(self):
        with open(self.here / "log", "ab") as log:
            return subprocess.Popen(
                [self.options.exhibit, "gateway", "--config", str(self.here / "gateway.yaml")], stderr=log,
                stdin=subprocess.DEVNULL)

    def kill(self, process):
        self.kills.append(time.time())
        process.send_signal(signal.SIGKILL)
        process.wait()

    def verify(self, when):
        # What a recorder that runs has just begun is told of within a second.
        deadline = time.monotonic() + 20
        while True:
            done = subprocess.run(
                [self.options.exhibit, "verify", str(self.recording), "--key", self.key, "--state", str(self.here / "seen")],
                capture_output=True, text=True)
            if done.returncode == 0 or "unsigned-tail" not in done.stdout or time.monotonic() > deadline:
                break
            time.sleep(0.2)
        verdict = re.search(r"(intact-but-open|intact|truncated-after|forked|rolled-back|unsigned-tail|broken-at)", done.stdout)
        self.verdicts[f"{when}: {verdict.group(1) if verdict else done.stdout + done.stderr}"] += 1
        if done.returncode != 0:
            self.failures.append(f"{when} {len(self.kills)}: exit code {done.returncode}: {done.stdout}{done.stderr}")

    def lateness(self, at):
        """Seconds from when the server logged it to the kill; less than none for what lay in its socket by then."""
        return min((kill - at for kill in self.kills if kill >= at - 0.5), default=float("inf"))
