#!/usr/bin/env python3
"""Checks a run of the laboratory against itself and against tshark.

    check.py OUT [--conversations N] [--actions N] [--like OTHER]

--like compares with another run of the same seed: who was asked what and ran which commands has to be the same.
"""

import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys

SLACK = 20_000_000


def values(path: pathlib.Path):
    """The JSON values of a file of lines; two may share a line, as the program's write race leaves them."""
    decoder = json.JSONDecoder()
    for line in path.read_text(encoding="utf-8").splitlines():
        place = 0
        while place < len(line):
            value, place = decoder.raw_decode(line, place)
            yield value


class Transcripts:
    def __init__(self, root: pathlib.Path):
        self.calls, self.results, self.prompts, self.conversations = collections.Counter(), collections.Counter(), set(), set()
        self.lines, self.orphans, self.backwards = 0, 0, 0
        for path in sorted(root.glob("claude/**/*.jsonl")):
            self.claude(path)
        for path in sorted(root.glob("codex/**/*.jsonl")):
            self.codex(path)

    def claude(self, path):
        known, subagent = set(), "subagents" in path.parts
        if subagent:
            meta = json.loads(path.with_suffix("").with_suffix(".meta.json").read_text())
            assert meta["toolUseId"] in self.calls or meta["toolUseId"], path
        for record in values(path):
            self.lines += 1
            self.conversations.add(record.get("sessionId"))
            if "uuid" in record:
                parent = record.get("parentUuid")
                if parent is not None and parent not in known:
                    self.orphans += 1
                known.add(record["uuid"])
            if record["type"] == "progress" and record["data"]["type"] == "agent_progress":
                # The same as the sub-agent's own file says, where there is one.
                if record["version"] == "2.1.39":
                    self.content(record["data"]["message"]["message"])
                continue
            if record["type"] == "queue-operation":
                # All that some versions tell of what was typed in the middle of a turn.
                self.prompts.add(record.get("content"))
            elif record["type"] == "attachment":
                self.prompts.add(record["uuid"])
            if record["type"] not in ("user", "assistant"):
                continue
            content = record["message"]["content"]
            if record["type"] == "user" and isinstance(content, str):
                self.prompts |= {record["uuid"], record.get("promptId")}
            self.content(record["message"])

    def content(self, message):
        for block in message["content"] if isinstance(message["content"], list) else ():
            if block["type"] == "tool_use":
                self.calls[block["id"]] += 1
            elif block["type"] == "tool_result":
                self.results[block["tool_use_id"]] += 1

    def codex(self, path):
        last = ""
        for record in values(path):
            self.lines += 1
            self.backwards += record["timestamp"] < last
            last = record["timestamp"]
            payload = record["payload"]
            if record["type"] == "session_meta":
                self.conversations.add(payload["id"])
            elif record["type"] == "turn_context":
                self.prompts.add(payload["turn_id"])
            elif record["type"] == "response_item" and payload["type"] in ("function_call", "custom_tool_call"):
                self.calls[payload["call_id"]] += 1
            elif record["type"] == "response_item" and payload["type"] in ("function_call_output", "custom_tool_call_output"):
                self.results[payload["call_id"]] += 1


def tshark(capture, *arguments):
    done = subprocess.run(["tshark", "-n", "-r", str(capture), *arguments], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def plain(text: str) -> str:
    return re.sub(r"\\[ntr]|\s|\\", "", text)


def structure(calls):
    """What the seed gives, without times and the ids that hold them."""
    out = collections.defaultdict(list)
    for call in calls:
        out[call["conversation"]].append((call["prompt"]["text"], call["tool"], re.sub(r"\b\d{4,5}\b", "PORT", call["command"])))
    return sorted(sorted(one) for one in out.values())


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--conversations", type=int, default=0)
    parser.add_argument("--actions", type=int, default=0)
    parser.add_argument("--like", type=pathlib.Path)
    given = parser.parse_args()
    passed = failed = 0

    def check(what, holds, detail=""):
        nonlocal passed, failed
        passed, failed = passed + bool(holds), failed + (not holds)
        if not holds:
            print(f"check: FAILED: {what} {detail}")

    rows = list(values(given.out / "labels.jsonl"))
    facts = json.loads((given.out / "facts.json").read_text())
    connections, actions, calls = ([row for row in rows if row["row"] == kind] for kind in ("connection", "action", "call"))
    transcripts = Transcripts(given.out / "transcripts")

    # The transcripts.
    check("calls occur once", not [call for call, count in transcripts.calls.items() if count > 1])
    check("every call has one result", transcripts.calls == transcripts.results,
          str(list((transcripts.calls - transcripts.results) + (transcripts.results - transcripts.calls))[:4]))
    check("every parent was written before its child", transcripts.orphans == 0, str(transcripts.orphans))
    check("the times of a rollout do not go back", transcripts.backwards == 0, str(transcripts.backwards))
    check("labelled calls are in the transcripts", {call["call"] for call in calls} <= set(transcripts.calls))
    check("labelled prompts are in the transcripts", 
          not [call["prompt"] for call in calls if not transcripts.prompts & {*call["prompt"]["ids"], call["prompt"]["text"]}])
    check("labelled conversations are in the transcripts", {call["conversation"] for call in calls} <= transcripts.conversations)

    # The truth in itself.
    check("nothing was left without an owner", not facts["problems"], json.dumps(facts["problems"]))
    by_call = {call["call"]: call for call in calls}
    outside = [row for row in actions if "call" in row["owner"] and row["owner"]["call"] in by_call and not
               by_call[row["owner"]["call"]]["started_ns"] - SLACK <= row["at_ns"] <= by_call[row["owner"]["call"]]["ended_ns"] + SLACK]
    check("actions lie within their calls", not outside, json.dumps(outside[:2]))
    check("there are enough conversations", facts["conversations"] >= given.conversations, str(facts["conversations"]))
    check("there are enough labelled actions", facts["actions"] >= given.actions, str(facts["actions"]))

    if given.like:
        other = [row for row in values(given.like / "labels.jsonl") if row["row"] == "call"]
        check("a run of the same seed has the same structure", structure(calls) == structure(other))

    # The capture, as tshark sees it.
    capture = given.out / "capture.pcap"
    begun = collections.Counter(
        tuple(line.split("\t")) for line in tshark(
            capture, "-Y", "tcp.flags.syn == 1 && tcp.flags.ack == 0", "-T", "fields", "-e", "ip.src", "-e", "tcp.srcport", "-e", "ip.dst",
            "-e", "tcp.dstport"))
    there = collections.Counter({(f"{a}:{b}", f"{c}:{d}"): count for (a, b, c, d), count in begun.items()})
    told = collections.Counter((row["client"], row["server"]) for row in connections)
    check("every labelled connection is in the capture", not told - there, str(list(told - there)[:4]))
    check("every connection of the capture is labelled", not there - told, str(list(there - told)[:4]))
    pg = actions and next(row["server"] for row in actions if row["protocol"] == "postgres").rpartition(":")[2]
    queries = collections.defaultdict(set)
    for line in tshark(capture, "-d", f"tcp.port=={pg},pgsql", "-Y", "pgsql.query", "-T", "fields", "-E", "aggregator=\x1f", "-e", "ip.src",
                       "-e", "tcp.srcport", "-e", "pgsql.query"):
        host, port, texts = line.split("\t", 2)
        queries[f"{host}:{port}"] |= {plain(text) for text in texts.split("\x1f")}
    missing = [row for row in actions if row["protocol"] == "postgres" and plain(row["text"]) not in queries[row["client"]]]
    # A query over several packets is more than tshark puts into one field.
    missing = [row for row in missing if len(row["text"]) < 1000]
    check("every labelled statement is in the capture", not missing, json.dumps(missing[:2]))
    raw = capture.read_bytes()
    if not (given.out / "transcripts/otel").exists():
        found = [text for text in [*by_call, *{call["conversation"] for call in calls}] if text.encode() in raw]
        check("no id of a call or a conversation is on the wire", not found, str(found[:3]))
    else:
        check("ids are on the wire", b"traceparent" in raw and b"00-" in raw)
    print(f"agents: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
