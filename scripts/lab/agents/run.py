#!/usr/bin/env python3
"""Plays all conversations and the noise around them. Called by scripts/lab/agents.sh, which has the servers and the capture.

    run.py --settings FILE --out DIRECTORY [--seed N] [--conversations N] [--turns N] [--workers N] [--pace X] [--noise X] [--with-ids]
"""

import argparse
import json
import pathlib
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import psycopg.sql

from agents import player
from carriers import Carriers
from noise import Noise
from plan import plans
from shim import Shim


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--settings", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--conversations", type=int, default=48)
    parser.add_argument("--turns", type=int, default=4)
    parser.add_argument("--workers", type=int, default=14)
    parser.add_argument("--pace", type=float, default=1.6)
    parser.add_argument("--noise", type=float, default=1.0)
    parser.add_argument("--with-ids", action="store_true")
    given = parser.parse_args()
    settings = json.loads(given.settings.read_text())
    shim = Shim(settings, given.with_ids)
    transcripts = given.out / "transcripts"
    transcripts.mkdir(parents=True)
    made = plans(given.seed, given.conversations, settings["ports"], given.turns, settings.get("host", "shop.internal"))
    admin = f"host={shim.lab}/socket port={settings.get('server', shim.ports['pg'])} user=postgres dbname=postgres"
    with psycopg.connect(admin, autocommit=True) as connection:
        for plan in made:
            for name in plan.databases:
                connection.execute(psycopg.sql.SQL("CREATE DATABASE {} OWNER agent").format(psycopg.sql.Identifier(name)))
    carriers = Carriers(shim, transcripts, given.seed)
    noise = Noise(shim, given.seed, given.noise)
    started = time.monotonic()
    failures = []

    def play(plan):
        try:
            player(plan, shim, carriers, transcripts, given.seed, given.pace).play()
        except Exception as error:  # One conversation's trouble is told at the end, and is the run's failure.
            failures.append(f"conversation {plan.number}: {type(error).__name__}: {error}")
        finally:
            print(f"\ragents: {len([1 for r in shim.records if r['kind'] == 'call'])} calls", end="", file=sys.stderr)

    noise.start()
    try:
        with ThreadPoolExecutor(given.workers) as pool:
            for plan in made:
                pool.submit(play, plan)
        print(f"\ragents: the conversations are over after {time.monotonic() - started:.0f} s", file=sys.stderr)
    finally:
        noise.stop()
    calls = {record["call"]: record for record in shim.records if record["kind"] == "call"}
    carriers.write(calls)
    shim.save(shim.lab / "calls.jsonl")
    print(f"\ragents: {len(made)} conversations, {len(calls)} calls in {time.monotonic() - started:.0f} s", file=sys.stderr)
    for failure in failures:
        print(f"agents: {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
