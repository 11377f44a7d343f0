"""What no transcript explains: people at their terminals, timers, other clients of the shop, threads that reuse an agent's login.

They work on the same hosts, with the same programs and often with the same words as the agents. Each has a kind:

    human-psql     someone at a psql prompt, under their own name or the agent's
    human-command  one-off psql and curl commands from a person's shell, many of them a repetition of what an agent just ran
    human-ssh      someone logged in on the host, with psql there
    cron           psql, curl and ssh at fixed intervals
    daemon         a program on a developer's machine that keeps a connection open under the agent's login
    browser        other clients of the shop; the application's SQL follows from their requests
    application    what the application does by itself, on the connections that requests use too (accounted for by shop.py)
"""

import http.client
import random
import subprocess
import threading
import time

import world
from shim import Shim, Terminal

DAEMON = """
import sys, time
import psycopg
connection = psycopg.connect("dbname=shop user=agent", autocommit=True)
statements = sys.stdin.read().split(chr(0))
while True:
    for statement in statements:
        connection.execute(statement)
        time.sleep(float(sys.argv[1]))
"""


class Noise:
    def __init__(self, shim: Shim, seed: int, amount: float):
        self.shim, self.seed, self.amount = shim, seed, amount
        self.over = threading.Event()
        self.threads: list[threading.Thread] = []

    def rng(self, name: str) -> random.Random:
        return random.Random(f"{self.seed}/noise/{name}")

    def rest(self, rng: random.Random, low: float, high: float) -> bool:
        """Whether to stop after a pause; more noise means shorter pauses."""
        return self.over.wait(rng.uniform(low, high) / max(self.amount, 0.05))

    def start(self):
        if self.amount <= 0:
            return
        people = list(world.PEOPLE)
        jobs = [(self.psql, "dana", "dana"), (self.psql, "omar", "agent"), (self.commands, "dana"), (self.commands, "lin"),
                (self.ssh, "lin"), (self.timer,), (self.browser, "a"), (self.browser, "b"), (self.daemon, people[0])]
        for job, *arguments in jobs:
            thread = threading.Thread(target=job, args=arguments)
            thread.start()
            self.threads.append(thread)

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def psql(self, person: str, user: str):
        rng = self.rng(f"psql-{person}")
        while not self.over.is_set():
            terminal = Terminal(self.shim, "psql", person, self.shim.home(person), r"shop[=*!]*[>#] $", {"PGUSER": user})
            terminal.begin("noise:human-psql")
            for _ in range(rng.randrange(4, 12)):
                if self.rest(rng, 0.5, 2.5):
                    break
                statement = world.read(rng) if rng.random() < 0.75 else world.write(rng)
                terminal.type("noise:human-psql", statement + ";\n")
            terminal.leave("noise:human-psql", "\\q\n")
            self.rest(rng, 0.5, 2)

    def ssh(self, person: str):
        rng = self.rng("ssh")
        while not self.over.is_set():
            terminal = Terminal(self.shim, "ssh -tt app.internal", person, self.shim.home(person), r"app:\S*\$ $")
            terminal.begin("noise:human-ssh")
            for _ in range(rng.randrange(3, 7)):
                if self.rest(rng, 1, 3):
                    break
                line = rng.choice(world.REMOTE) if rng.random() < 0.6 else f'psql -At -c "{world.read(rng)}"'
                terminal.type("noise:human-ssh", line + "\n")
            terminal.leave("noise:human-ssh", "exit\n")

    def commands(self, person: str):
        """The hardest of it: the very command that an agent ran, moments later, from the same host."""
        rng = self.rng(f"commands-{person}")
        while not self.rest(rng, 1, 4):
            with self.shim.lock:
                recent = [record for record in self.shim.records[-60:] if record["kind"] == "call" and record["tool"] in ("psql -c", "curl")]
            if recent and rng.random() < 0.4:
                command = rng.choice(recent[-12:])["command"]
            elif rng.random() < 0.7:
                command = f'psql -c "{world.read(rng) if rng.random() < 0.8 else world.write(rng)}"'
            else:
                command = f"curl -s http://127.0.0.1:{self.shim.ports['http']}{rng.choice(world.COMMON_PATHS)}"
            self.shim.run("noise:human-command", command, person, self.shim.home(person))

    def timer(self):
        rng = self.rng("cron")
        round = 0
        while not self.rest(rng, 2, 2):
            round += 1
            base = f"http://127.0.0.1:{self.shim.ports['http']}"
            for command in [f'psql -At -c "{world.COMMON[round % len(world.COMMON)]}"', f"curl -s {base}/health",
                            *(["ssh app.internal uptime"] if round % 4 == 0 else []),
                            *([f"curl -s {self.shim.base['SHOP_URL']}/reports/daily"] if round % 3 == 0 else [])]:
                self.shim.run("noise:cron", command, world.CRON, self.shim.lab, {"PGUSER": "cron"})

    def browser(self, name: str):
        # The process is the laboratory's own, whose connections are not logged by the shim: it says itself which they are.
        rng = self.rng(f"browser-{name}")
        connection = None
        while not self.rest(rng, 0.4, 2):
            if connection is None:
                connection = http.client.HTTPConnection("127.0.0.1", self.shim.ports["http"], timeout=10,
                                                        source_address=("127.0.0.61", 0))
                connection.connect()
                self.shim.record(kind="connection", call="noise:browser", at_ns=time.time_ns(),
                                 client="%s:%d" % connection.sock.getsockname()[:2],
                                 server="%s:%d" % connection.sock.getpeername()[:2])
            path = rng.choice(world.COMMON_PATHS) if rng.random() < 0.6 else f"/orders/{rng.randrange(1, 900)}"
            if rng.random() < 0.15:
                body = f'{{"customer": {rng.randrange(1, 300)}, "total": "{rng.randrange(5, 90)}.00"}}'
                connection.request("POST", "/orders", body, {"Content-Type": "application/json", "User-Agent": "Mozilla/5.0"})
            else:
                connection.request("GET", path, headers={"User-Agent": "Mozilla/5.0"})
            connection.getresponse().read()
            if rng.random() < 0.15:
                connection.close()
                connection = None
        if connection:
            connection.close()

    def daemon(self, person: str):
        rng = self.rng("daemon")
        source = "\0".join([world.COMMON[0], world.COMMON[6], "INSERT INTO audit_log (actor, note) VALUES ('agent', 'heartbeat')"])
        process = subprocess.Popen(
            [str(self.shim.lab / "bin/python3"), "-c", DAEMON, str(1.5 / max(self.amount, 0.05))], stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.shim.environment("noise:daemon", person), start_new_session=True)
        process.stdin.write(source.encode())
        process.stdin.close()
        self.over.wait()
        process.terminate()
        process.wait()
