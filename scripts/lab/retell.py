#!/usr/bin/env python3
"""Moves transcripts to the hour of the story, as relocate.py moved the packets that were recorded with them.

    retell.py --clock clock.json DIRECTORY     in place

What is moved: times of records, the times within UUIDs of version 7, seconds and milliseconds since 1970 by their names,
durations, and the day and hour in the names of folders and files. Nothing else is touched.
"""

import argparse
import bisect
import calendar
import json
import pathlib
import re
import sys
import time

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
UUID7 = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b")
SECONDS, MILLISECONDS = ("started_at", "completed_at"), ("started_at_ms", "completed_at_ms")
DURATIONS = ("durationMs", "totalDurationMs", "duration_ms")
TODAY = re.compile(r"(?<=<current_date>)\d{4}-\d\d-\d\d(?=</current_date>)")
WALL = re.compile(r"(?<=Wall time: )(\d+\.\d+)(?= seconds)")
MILLION = 1_000_000


class Clock:
    """From the time that was to the time that is told: between two packets in proportion, outside of all as it was."""

    def __init__(self, recorded: list[int], told: list[int]):
        self.recorded, self.told = recorded, told

    def moved(self, at: int) -> int:
        place = bisect.bisect_right(self.recorded, at)
        if place in (0, len(self.recorded)):
            end = -1 if place else 0
            return self.told[end] + at - self.recorded[end]
        before, after = self.recorded[place - 1], self.recorded[place]
        return self.told[place - 1] + (self.told[place] - self.told[place - 1]) * (at - before) // (after - before)


def nanoseconds(stamp: str) -> int:
    clock, _, rest = stamp.partition(".")
    return calendar.timegm(time.strptime(clock, "%Y-%m-%dT%H:%M:%S")) * 1000 * MILLION + int(rest[:3]) * MILLION


def stamped(at: int) -> str:
    milliseconds = at // MILLION
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(milliseconds // 1000)) + f".{milliseconds % 1000:03d}Z"


class Retelling:
    def __init__(self, clock: Clock):
        self.clock = clock

    def uuid(self, found: re.Match) -> str:
        digits = found[0].replace("-", "")
        moved = f"{self.clock.moved(int(digits[:12], 16) * MILLION) // MILLION:012x}{digits[12:]}"
        return "-".join((moved[:8], moved[8:12], moved[12:16], moved[16:20], moved[20:]))

    def duration(self, ended: int, nanoseconds: int) -> int:
        return self.clock.moved(ended) - self.clock.moved(ended - nanoseconds)

    def text(self, text: str, ended: int) -> str:
        if STAMP.fullmatch(text):
            return stamped(self.clock.moved(nanoseconds(text)))
        text = TODAY.sub(stamped(self.clock.moved(ended))[:10], text)
        text = WALL.sub(lambda found: f"{self.duration(ended, int(float(found[1]) * 1e9)) / 1e9:.4f}", text)
        return UUID7.sub(self.uuid, text)

    def value(self, value, ended: int, key: str | None = None):
        if isinstance(value, dict):
            return {name: self.value(inner, ended, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.value(inner, ended) for inner in value]
        if isinstance(value, str):
            if key == "current_date":
                return stamped(self.clock.moved(ended))[:10]
            return self.text(value, ended)
        if isinstance(value, int) and key in SECONDS:
            return self.clock.moved(value * 1000 * MILLION) // (1000 * MILLION)
        if isinstance(value, int) and key in MILLISECONDS:
            return self.clock.moved(value * MILLION) // MILLION
        if isinstance(value, int) and key in DURATIONS:
            return self.duration(ended, value * MILLION) // MILLION
        return value

    def line(self, text: str) -> str:
        """The values of a line: there may be two of them."""
        decoder, place, out = json.JSONDecoder(), 0, []
        while place < len(text):
            record, place = decoder.raw_decode(text, place)
            at = record.get("timestamp") or record.get("snapshot", {}).get("timestamp")
            # A file beside a transcript may have no time, and then has none to move.
            ended = nanoseconds(at) if at else self.clock.recorded[-1]
            out.append(json.dumps(self.value(record, ended), ensure_ascii=False, separators=(",", ":")))
        return "".join(out)

    def name(self, path: pathlib.PurePath, lines: list[str]) -> pathlib.PurePath:
        """A rollout is called after the moment at which it began."""
        if not path.name.startswith("rollout-"):
            return path
        begun = json.loads(lines[0])["payload"]["timestamp"][:19]
        thread = UUID7.sub(self.uuid, path.name)[-len("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx.jsonl"):]
        return path.parents[3] / begun[:10].replace("-", "/") / f"rollout-{begun.replace(':', '-')}-{thread}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clock", required=True)
    parser.add_argument("directory", type=pathlib.Path)
    options = parser.parse_args()
    with open(options.clock) as file:
        told = json.load(file)
    retelling = Retelling(Clock(told["recorded"], told["told"]))
    paths = sorted(path for path in options.directory.rglob("*.jsonl"))
    for path in paths:
        lines = [retelling.line(line) for line in path.read_text().splitlines()]
        path.unlink()
        path = retelling.name(path, lines)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(line + "\n" for line in lines))
    for folder in sorted((path for path in options.directory.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
    print(f"retell: {len(paths)} transcripts")


if __name__ == "__main__":
    sys.exit(main())
