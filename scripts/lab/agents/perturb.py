#!/usr/bin/env python3
"""Makes a run of the laboratory harder, as evidence is in practice; the labels stay true.

    perturb.py IN OUT [--skew S] [--skew-capture S] [--skew-each S] [--merge N] [--drop-lines P] [--no-results] [--redact-ids [P]] [--seed N]

    --skew S           the transcripts' clock is S seconds ahead (behind, if negative)
    --skew-each S      each developer's machine has a clock of its own, up to S seconds off
    --skew-capture S   the capture's clock is S seconds ahead
    --merge N          N conversations of one agent and developer become one file: Claude Code's as one session, Codex's as one rollout
                       (those whose items do not name their turn one behind the other, as a resumed session has them)
    --drop-lines P     each line is lost with probability P
    --no-results       results of tools are lost: what a call gave back, and when
    --redact-ids [P]   ids of calls read REDACTED, each with probability P (1)

A call whose line was lost is `known: false` in labels.jsonl, and so is each action's owner; one whose prompt was lost is
`prompt_known: false`. The evaluation asks for no answer there, and counts a wrong one. Calls tell as `asked_ns` when the transcript
says that they were made: a redacted call is found by it.
"""

import argparse
import calendar
import collections
import json
import pathlib
import random
import re
import shutil
import struct
import time

ISO = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{3})Z$")
REDACTED = "REDACTED"


def nanoseconds(text: str) -> int:
    found = ISO.match(text)
    return calendar.timegm(time.strptime(found[1], "%Y-%m-%dT%H:%M:%S")) * 1_000_000_000 + int(found[2]) * 1_000_000


def iso(at_ns: int) -> str:
    milliseconds = at_ns // 1_000_000
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(milliseconds // 1000)) + f".{milliseconds % 1000:03d}Z"


def values(path: pathlib.Path):
    """Lists of the values that share a line."""
    decoder = json.JSONDecoder()
    for line in path.read_text(encoding="utf-8").splitlines():
        found, place = [], 0
        while place < len(line):
            value, place = decoder.raw_decode(line, place)
            found.append(value)
        if found:
            yield found


def shifted(value, by_ns: int):
    """Every time in a record, as the formats write them."""
    if isinstance(value, list):
        return [shifted(one, by_ns) for one in value]
    if not isinstance(value, dict):
        return value
    out = {}
    for key, one in value.items():
        if key == "timestamp" and isinstance(one, str) and ISO.match(one):
            one = iso(nanoseconds(one) + by_ns)
        elif key in ("started_at", "completed_at") and isinstance(one, int):
            one += by_ns // 1_000_000_000
        elif key in ("started_at_ms", "completed_at_ms") and isinstance(one, int):
            one += by_ns // 1_000_000
        elif key in ("startTimeUnixNano", "endTimeUnixNano"):
            one = str(int(one) + by_ns)
        else:
            one = shifted(one, by_ns)
        out[key] = one
    return out


def blocks(record):
    """The content blocks of a Claude Code record, those of a sub-agent's progress too."""
    message = record.get("message")
    if record.get("type") == "progress" and record["data"].get("type") == "agent_progress":
        message = record["data"]["message"]["message"]
    content = message.get("content") if isinstance(message, dict) else None
    return content if isinstance(content, list) else []


class Call:
    """What a record says of tool calls, for both formats."""

    @staticmethod
    def asked(record):
        for block in blocks(record):
            if block.get("type") == "tool_use":
                yield block["id"]
        payload = record.get("payload")
        if isinstance(payload, dict) and payload.get("type") in ("function_call", "custom_tool_call"):
            yield payload["call_id"]

    @staticmethod
    def is_result(record) -> bool:
        payload = record.get("payload")
        if isinstance(payload, dict):
            return payload.get("type") in ("function_call_output", "custom_tool_call_output", "item_completed", "patch_apply_end")
        return any(block.get("type") == "tool_result" for block in blocks(record))

    @staticmethod
    def redact(record, hidden: set):
        text = json.dumps(record, ensure_ascii=False)
        for call in set(re.findall(r"toolu_01[0-9A-Za-z]{22}|call_[0-9A-Za-z]{24}", text)) & hidden:
            text = text.replace(call, REDACTED)
        return json.loads(text)


class Perturbation:
    def __init__(self, given):
        self.given = given
        self.rng = random.Random(f"{given.seed}/perturb")
        self.files: dict[pathlib.Path, list] = {}
        self.session: dict[str, str] = {}

    def read(self, root: pathlib.Path):
        for path in sorted(root.glob("**/*.jsonl")):
            self.files[path.relative_to(root)] = list(values(path))

    @staticmethod
    def place(lines):
        """The working directory: it tells the developer."""
        for line in lines:
            for record in line:
                found = record.get("cwd") or (record.get("payload") or {}).get("cwd")
                if found:
                    return found
        return ""

    def skew(self):
        clocks = {}
        for path, lines in self.files.items():
            seconds = self.given.skew
            if self.given.skew_each:
                person = "/".join(self.place(lines).split("/")[:3])
                if person not in clocks:
                    clocks[person] = self.rng.uniform(-self.given.skew_each, self.given.skew_each)
                seconds += clocks[person]
            if seconds:
                by = round(seconds * 1000) * 1_000_000
                self.files[path] = [[shifted(record, by) for record in line] for line in lines]

    def lose(self):
        """Results first: a line that is lost anyway need not be drawn."""
        for path, lines in self.files.items():
            if path.parts[0] == "otel":
                continue
            if self.given.no_results:
                lines = [[record for record in line if not Call.is_result(record)] for line in lines]
            lines = [line for line in lines if not self.given.drop_lines or self.rng.random() >= self.given.drop_lines]
            self.files[path] = [line for line in lines if line]

    def redact(self, calls):
        hidden = {call for call in sorted(calls) if self.rng.random() < self.given.redact_ids}
        for path, lines in self.files.items():
            self.files[path] = [[Call.redact(record, hidden) for record in line] for line in lines]
        return hidden

    def merge(self):
        groups = collections.defaultdict(list)
        for path, lines in self.files.items():
            if path.parts[0] == "otel" or "subagents" in path.parts:
                continue
            named = path.parts[0] == "codex" and not any('"cli_version": "0.99' in json.dumps(record) for line in lines[:1] for record in line)
            person = "/".join(self.place(lines).split("/")[:3])
            groups[path.parts[0], person, named].append(path)
        for (agent, _, named), paths in sorted(groups.items()):
            for first in range(0, len(paths), self.given.merge):
                self.join(agent, named, paths[first:first + self.given.merge])

    def join(self, agent, named, paths):
        if len(paths) < 2:
            return
        lines = [line for path in paths for line in self.files.pop(path)]
        if agent == "claude":
            target = paths[0].stem
            for path in paths:
                self.session[path.stem] = target
                for other in [other for other in self.files if other.parent == path.with_suffix("") / "subagents"]:
                    moved = pathlib.Path(*paths[0].parts[:-1], target, "subagents", other.name)
                    self.files[moved] = [[record | {"sessionId": target} for record in line] for line in self.files.pop(other)]
            lines = [[record | ({"sessionId": target} if "sessionId" in record else {}) for record in line] for line in lines]
            lines.sort(key=lambda line: line[0].get("timestamp") or (line[0].get("snapshot") or {}).get("timestamp", ""))
        else:
            target = paths[0].stem[-36:]
            self.session |= {path.stem[-36:]: target for path in paths}
            if named:
                lines.sort(key=lambda line: line[0]["timestamp"])
        self.files[paths[0]] = lines

    def write(self, root: pathlib.Path):
        for path, lines in self.files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with open(target, "w", encoding="utf-8") as file:
                for line in lines:
                    file.write("".join(json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in line) + "\n")


def asked_times(files):
    """When each call was asked for, by its id: the earliest that any file says."""
    out = {}
    for lines in files.values():
        for line in lines:
            for record in line:
                at = record.get("timestamp")
                inner = (record.get("data") or {}).get("message") if record.get("type") == "progress" else None
                at = (inner or {}).get("timestamp", at)
                for call in Call.asked(record):
                    when = nanoseconds(at)
                    out[call] = min(out.get(call, when), when)
    return out


def prompts_left(files) -> set:
    """The native ids of the prompts whose words are still there; of those without an id the words."""
    out = set()
    for lines in files.values():
        turn = None
        for line in lines:
            for record in line:
                payload = record.get("payload") or {}
                if record.get("type") == "user" and isinstance(record["message"].get("content"), str):
                    out.add(record["uuid"])
                elif record.get("type") == "queue-operation":
                    out.add(record.get("content"))
                elif record.get("type") == "attachment":
                    out.add(record["uuid"])
                elif record.get("type") == "turn_context" or payload.get("type") == "task_started":
                    turn = payload.get("turn_id")
                elif payload.get("type") == "user_message":
                    out.add(turn)
    return out


def capture(source: pathlib.Path, target: pathlib.Path, by_ns: int):
    """A pcap file with every packet's time moved."""
    data = bytearray(source.read_bytes())
    magic = struct.unpack_from("<I", data)[0]
    unit = {0xA1B23C4D: 1, 0xA1B2C3D4: 1000}[magic]
    place = 24
    while place + 16 <= len(data):
        seconds, fraction, length = struct.unpack_from("<III", data, place)
        moved = seconds * 1_000_000_000 + fraction * unit + by_ns
        struct.pack_into("<II", data, place, moved // 1_000_000_000, moved % 1_000_000_000 // unit)
        place += 16 + length
    target.write_bytes(data)


def labels(source: pathlib.Path, target: pathlib.Path, asked: dict, left: set, hidden: set, session: dict, by_ns: int):
    def told(owner):
        if "conversation" not in owner:
            return owner
        call = owner["call"]
        return owner | {"conversation": session.get(owner["conversation"], owner["conversation"]), "known": call in asked,
                        "prompt_known": bool(left & set(owner["prompt"]["ids"] or [owner["prompt"]["text"]]))}

    with open(source, encoding="utf-8") as file, open(target, "w", encoding="utf-8") as out:
        for line in file:
            row = json.loads(line)
            if row["row"] == "call":
                row = told(row)
                row |= {"asked_ns": asked.get(row["call"]), "redacted": row["call"] in hidden}
            else:
                row["at_ns"] += by_ns
                row["owner"] = told(row["owner"])
            out.write(json.dumps(row) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", metavar="IN", type=pathlib.Path)
    parser.add_argument("target", metavar="OUT", type=pathlib.Path)
    for name in ("skew", "skew-each", "skew-capture", "drop-lines"):
        parser.add_argument(f"--{name}", type=float, default=0.0)
    parser.add_argument("--merge", type=int, default=1)
    parser.add_argument("--no-results", action="store_true")
    parser.add_argument("--redact-ids", type=float, nargs="?", const=1.0, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if given.target.exists() and any(given.target.iterdir()):
        parser.error(f"{given.target} is not empty")
    given.target.mkdir(parents=True, exist_ok=True)
    perturbation = Perturbation(given)
    perturbation.read(given.source / "transcripts")
    perturbation.skew()
    perturbation.lose()
    asked = asked_times(perturbation.files)
    left = prompts_left(perturbation.files)
    hidden = perturbation.redact(asked) if given.redact_ids else set()
    if given.merge > 1:
        perturbation.merge()
    perturbation.write(given.target / "transcripts")
    for meta in sorted((given.source / "transcripts").glob("**/*.meta.json")):
        # A sub-agent's file may have moved to another session's folder.
        relative = meta.relative_to(given.source / "transcripts")
        moved = next((path for path in perturbation.files if path.name == relative.name.replace(".meta.json", ".jsonl")), None)
        if moved is not None:
            value = json.loads(meta.read_text())
            if value["toolUseId"] in hidden:
                value["toolUseId"] = REDACTED
            (given.target / "transcripts" / moved).with_name(relative.name).write_text(json.dumps(value))
    by = round(given.skew_capture * 1000) * 1_000_000
    if by:
        capture(given.source / "capture.pcap", given.target / "capture.pcap", by)
    else:
        shutil.copy(given.source / "capture.pcap", given.target / "capture.pcap")
    shutil.copy(given.source / "keys.log", given.target / "keys.log")
    labels(given.source / "labels.jsonl", given.target / "labels.jsonl", asked, left, hidden, perturbation.session, by)
    facts = json.loads((given.source / "facts.json").read_text())
    facts["perturbed"] = {key: value for key, value in vars(given).items() if key not in ("source", "target") and value}
    facts["calls_known"] = len(asked)
    (given.target / "facts.json").write_text(json.dumps(facts, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
