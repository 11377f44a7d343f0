"""Kills a gateway of HTTP again and again under load, and compares its recording with the server's own log (Tests/Live/web_kills.sh).

    web_kills.py serve PORT LOG      a server of HTTP/1.1 that writes down what it was asked
    web_kills.py run …
"""

import argparse
import asyncio
import pathlib
import random
import re
import subprocess
import sys
import threading
import time

MARK = re.compile(rb"mark-[0-9]+-[0-9]+-[0-9]+-[a-z]+")
WORKERS = 6


async def serve(port, log):
    async def session(reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"(?i)\r\ncontent-length: *([0-9]+)", head)
                content = await reader.readexactly(int(length.group(1)) if length else 0)
                # Written down before it is answered: whatever a client was told is here.
                for mark in MARK.findall(head) + MARK.findall(content):
                    log.write(f"{time.time():.6f} {mark.decode()}\n".encode())
                answer = b"done " * random.randrange(1, 400)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass
        writer.close()

    server = await asyncio.start_server(session, "127.0.0.1", port, limit=1 << 20)
    await server.serve_forever()


class Load:
    """Clients that work until the gateway is gone; every request of theirs has a mark of its own."""

    def __init__(self, options, turn, seeds):
        self.options, self.turn = options, turn
        self.isOver = threading.Event()
        self.threads = [threading.Thread(target=self.work, args=(n, seeds[n])) for n in range(WORKERS)]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.isOver.set()
        for thread in self.threads:
            thread.join()

    def work(self, worker, seed):
        import httpx

        rng = random.Random(seed)
        number = 0
        # Every second one speaks HTTP/2.
        version = {"http1": False, "http2": True} if worker % 2 else {}
        while not self.isOver.is_set():
            try:
                with httpx.Client(
                    base_url=f"http://127.0.0.1:{self.options.gateway_port}", auth=("agent", self.options.secret), timeout=20, **version
                ) as client:
                    while not self.isOver.is_set():
                        number += 1
                        mark = f"mark-{self.turn}-{worker}-{number}"
                        if rng.random() < 0.5:
                            client.get(f"/orders/{mark}-get")
                        else:
                            padding = "x" * rng.randrange(1, rng.choice([100, 10_000, 200_000]))
                            client.post(f"/orders/{mark}-post", content=f"{padding} {mark}-body")
            except (httpx.HTTPError, OSError):
                # It is dead, or not there yet: this is what the load is for.
                time.sleep(0.01)


def run(options):
    from gateway_run import GatewayRun

    import recorded

    gateway = GatewayRun(options, "web")

    def begin():
        log = gateway.here / "log"
        before = log.read_text().count('"listening"') if log.exists() else 0
        process = gateway.start()
        deadline = time.monotonic() + 60
        while log.read_text().count('"listening"') <= before:
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"kills: the gateway did not start again:\n{log.read_text()[-2000:]}")
            time.sleep(0.02)
        return process

    for turn in range(options.count):
        process = begin()
        gateway.verify("after the start")
        load = Load(options, turn, [gateway.random.random() for _ in range(WORKERS)])
        time.sleep(gateway.random.uniform(0.1, 1.5))
        gateway.kill(process)
        load.stop()
    process = begin()
    process.terminate()
    process.wait(60)
    gateway.verify("at the end")

    time.sleep(0.5)
    served = {}
    for line in pathlib.Path(options.served).read_text().splitlines():
        at, mark = line.split()
        served[mark] = float(at)
    streams = recorded.client_bytes(sorted(gateway.recording.glob("*.pcapng")))
    found = {mark.decode() for stream in streams for mark in MARK.findall(stream)}
    missing = sorted(set(served) - found)
    lateness = [gateway.lateness(served[mark]) for mark in missing]
    case = gateway.here / "case.exhibit"
    subprocess.run(
        [options.exhibit, "ingest", str(gateway.recording), "--case", str(case), "--quiet", "--log-key", gateway.key],
        check=True, stdout=subprocess.DEVNULL)
    listed = subprocess.run(
        [options.exhibit, "actions", "--case", str(case), "--format", "json"], check=True, capture_output=True)
    told = {mark.decode() for mark in MARK.findall(listed.stdout)}
    asked = {mark for mark in found if not mark.endswith("-body")}
    print(f"kills: {len(gateway.kills)} with {options.durability}, seed {options.seed}; verdicts {dict(gateway.verdicts)}")
    print(f"kills: the server was asked {len(served)} marks; the recording has {len(found)} in {len(streams)} connections, its case {len(told)}")
    print(f"kills: not in the recording: {len(missing)}" + (f"; served at most {max(lateness):.3f} s before a kill" if lateness else ""))
    if not served:
        gateway.failures.append("nothing was asked")
    gateway.failures += [f"recorded and in no action: {mark}" for mark in sorted(asked & set(served) - told)]
    if options.durability == "strict":
        gateway.failures += [f"not recorded: {mark}" for mark in missing]
    elif lateness and max(lateness) > 1:
        gateway.failures.append("more is missing than the second that is stated")
    for failure in gateway.failures[:20]:
        print(f"kills: {failure[:1000]}", file=sys.stderr)
    print(f"kills: {1 - bool(gateway.failures)} passed, {int(bool(gateway.failures))} failed")
    return 1 if gateway.failures else 0


def main():
    if sys.argv[1] == "serve":
        return asyncio.run(serve(int(sys.argv[2]), open(sys.argv[3], "ab", buffering=0)))
    parser = argparse.ArgumentParser()
    for name in ("exhibit", "lab", "secret", "durability", "served"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--gateway-port", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    return run(parser.parse_args(sys.argv[2:]))


sys.exit(main())
